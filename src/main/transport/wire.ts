/** Values as the JSON of the browser door and the command line: byte arrays become `{ "$bytes": base64 }`. */

export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each instanceof Uint8Array
      ? { $bytes: Buffer.from(each.buffer, each.byteOffset, each.byteLength).toString('base64') }
      : each,
  )
}
