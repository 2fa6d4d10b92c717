/** How values cross the browser door as JSON: byte arrays travel as `{ "$bytes": base64 }`. */

/** A loop rather than `Uint8Array.from` with a function: a megabyte would hold a frame up. */
function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

/** Parses a reply or event; throws SyntaxError where the text is not JSON. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && '$bytes' in value && typeof value.$bytes === 'string')
      return bytesOf(value.$bytes)
    return value
  })
}
