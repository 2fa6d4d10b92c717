/**
 * NumPy element types ("<i8", "|u1", ">f4") and how their bytes become numbers. Shared by the `.npy` reader and the
 * pickle reader, so that both refuse the same things.
 */
import { LIMITS } from './limits'

export interface ElementType {
  kind: 'bool' | 'int' | 'uint' | 'float'
  bytes: 1 | 2 | 4 | 8
  littleEndian: boolean
}

/** An array as read: C order, still as bytes of its own element type. */
export interface RawArray {
  type: ElementType
  shape: number[]
  /** elements(shape) * type.bytes bytes. */
  data: Uint8Array
}

const KINDS = { b: 'bool', i: 'int', u: 'uint', f: 'float' } as const
const SIZES: Record<ElementType['kind'], readonly number[]> = {
  bool: [1],
  int: [1, 2, 4, 8],
  uint: [1, 2, 4, 8],
  float: [2, 4, 8],
}

/**
 * Parses a NumPy type string; null where it is none of (bool, int, uint, float16, float32, float64), objects included.
 */
export function parseElementType(descr: string): ElementType | null {
  const match = /^([<>|=]?)([biuf])(\d+)$/.exec(descr)
  if (!match) return null
  const kind = KINDS[match[2] as keyof typeof KINDS]
  const bytes = Number(match[3])
  if (!SIZES[kind].includes(bytes)) return null
  return { kind, bytes: bytes as ElementType['bytes'], littleEndian: match[1] !== '>' }
}

/** Product of the shape; 1 for a scalar. */
export const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** Whether these are sizes of an array; whether so much is there, its bytes tell. */
export function isShape(sizes: readonly unknown[]): sizes is number[] {
  if (sizes.length > LIMITS.npy.dimensions) return false
  if (!sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) return false
  // Without the zeros: an empty array may still name sizes whose product is beyond any number.
  return elements((sizes as number[]).filter((size) => size > 0)) <= Number.MAX_SAFE_INTEGER
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** One element as a number. 64-bit integers beyond 2^53 lose digits: no label or count comes near. */
function reader(type: ElementType, view: DataView): (offset: number) => number {
  const little = type.littleEndian
  const high = little ? 4 : 0
  const low = little ? 0 : 4
  if (type.kind === 'float') {
    if (type.bytes === 2) return (o) => float16(view.getUint16(o, little))
    return type.bytes === 4 ? (o) => view.getFloat32(o, little) : (o) => view.getFloat64(o, little)
  }
  const signed = type.kind === 'int'
  switch (type.bytes) {
    case 1:
      return signed ? (o) => view.getInt8(o) : (o) => view.getUint8(o)
    case 2:
      return signed ? (o) => view.getInt16(o, little) : (o) => view.getUint16(o, little)
    case 4:
      return signed ? (o) => view.getInt32(o, little) : (o) => view.getUint32(o, little)
    case 8:
      // Two halves instead of a BigInt an element: 100,000 counts are read in a millisecond.
      return signed
        ? (o) => view.getInt32(o + high, little) * 2 ** 32 + view.getUint32(o + low, little)
        : (o) => view.getUint32(o + high, little) * 2 ** 32 + view.getUint32(o + low, little)
  }
}

/** All elements as float64, in C order. */
export function toNumbers(array: RawArray): Float64Array {
  const { type, data } = array
  const values = new Float64Array(elements(array.shape))
  const read = reader(type, new DataView(data.buffer, data.byteOffset, data.byteLength))
  for (let i = 0; i < values.length; i++) values[i] = read(i * type.bytes)
  return values
}

/** "uint8 (12, 32, 32, 3)": an array's type and shape for a message. */
export const describeArray = ({ type, shape }: Pick<RawArray, 'type' | 'shape'>): string =>
  `${type.kind}${type.kind === 'bool' ? '' : type.bytes * 8} (${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

/** Reorders column-major (Fortran) bytes to row-major (C). `bytes` is the element's size. */
export function toRowMajor(data: Uint8Array, shape: readonly number[], bytes: number): Uint8Array {
  if (shape.length < 2) return data
  const out = new Uint8Array(data.length)
  const index = new Array<number>(shape.length).fill(0)
  const strides = shape.map((_, axis) => elements(shape.slice(0, axis)) * bytes)
  let from = 0
  for (let to = 0; to < data.length; to += bytes) {
    for (let b = 0; b < bytes; b++) out[to + b] = data[from + b] ?? 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1
      from += strides[axis] ?? 0
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break
      from -= (index[axis] ?? 0) * (strides[axis] ?? 0)
      index[axis] = 0
    }
  }
  return out
}
