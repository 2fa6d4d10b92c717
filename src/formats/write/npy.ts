/** Writing `.npy` files, byte for byte as NumPy writes them (format version 1.0, C order, little-endian). */
import { StudioError } from '../../domain/errors'
import { elements } from '../encodings/elements'
import { writeAll, writeAtomically } from './atomic'

export type NpyDtype = '|u1' | '<i4' | '<i8' | '<f4' | '<f8'

/** Header and its padding: the whole is a multiple of 64 bytes and ends with a line feed. */
function header(dtype: NpyDtype, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dict = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`
  // NumPy leaves room for the first axis to grow to 21 digits when a file is appended to in place.
  const growth = shape.length > 0 ? ' '.repeat(Math.max(0, 21 - String(shape[0]).length)) : ''
  const before = 10 + dict.length + growth.length + 1
  const text = `${dict}${growth}${' '.repeat((64 - (before % 64)) % 64)}\n`
  const out = Buffer.alloc(10 + text.length)
  out.write('\x93NUMPY\x01\x00', 'latin1')
  out.writeUInt16LE(text.length, 8)
  out.write(text, 10, 'latin1')
  return out
}

const WIDTH: Record<NpyDtype, number> = { '|u1': 1, '<i4': 4, '<i8': 8, '<f4': 4, '<f8': 8 }

function encode(dtype: NpyDtype, data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(data.length * WIDTH[dtype])
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number // i < length
    if (dtype === '|u1') view.setUint8(i, value)
    else if (dtype === '<i4') view.setInt32(i * 4, value, true)
    else if (dtype === '<f4') view.setFloat32(i * 4, value, true)
    else if (dtype === '<f8') view.setFloat64(i * 8, value, true)
    else {
      view.setUint32(i * 8, value >>> 0, true)
      view.setInt32(i * 8 + 4, Math.floor(value / 2 ** 32), true)
    }
  }
  return bytes
}

/** A `.npy` file as bytes. Throws bad-input where the data do not fill the shape. */
export function npyBytes(dtype: NpyDtype, shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  if (elements(shape) !== data.length) {
    throw new StudioError('bad-input', `${data.length} numbers do not fill the shape (${shape.join(', ')}).`)
  }
  const head = header(dtype, shape)
  const body = encode(dtype, data)
  const out = new Uint8Array(head.length + body.length)
  out.set(head)
  out.set(body, head.length)
  return out
}

/** Writes an array; `data` in C order. Integers must be exact (below 2^53). */
export async function writeNpy(
  path: string,
  dtype: NpyDtype,
  shape: readonly number[],
  data: ArrayLike<number>,
): Promise<void> {
  const bytes = npyBytes(dtype, shape, data)
  await writeAtomically(path, (file) => writeAll(file, bytes))
}
