/** Typed arrays as SQLite blobs: memory order, little-endian on every platform this runs on. */

export const toBlob = (array: Uint8Array | Int32Array | Uint32Array | Float64Array | Float32Array): Buffer =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength)

export const asBytes = (blob: Buffer | null | undefined): Uint8Array => new Uint8Array(blob ?? Buffer.alloc(0))

// Copies: a blob's own memory need not be aligned to the element size.
export const asUint32 = (blob: Buffer): Uint32Array => new Uint32Array(new Uint8Array(blob).buffer)
export const asInt32 = (blob: Buffer): Int32Array => new Int32Array(new Uint8Array(blob).buffer)
export const asFloat64 = (blob: Buffer): Float64Array => new Float64Array(new Uint8Array(blob).buffer)
