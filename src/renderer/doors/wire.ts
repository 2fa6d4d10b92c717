/** How values cross the browser door as JSON: byte arrays travel as `{ "$bytes": base64 }`. */

/** Parses a reply or event; throws SyntaxError where the text is not JSON. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && '$bytes' in value && typeof value.$bytes === 'string')
      return Uint8Array.from(atob(value.$bytes), (character) => character.charCodeAt(0))
    return value
  })
}
