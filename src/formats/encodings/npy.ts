/**
 * NumPy's `.npy` format, versions 1 to 3 (NumPy enhancement proposal 1): magic, version, length, a Python dict, then
 * the elements. Headers differ in length from file to file, so the offset is always taken from the header.
 */
import { badFile } from '../../domain/errors'
import type { ReadOptions } from './readOptions'
import { LIMITS } from './limits'
import { elements, isShape, parseElementType, toRowMajor, type ElementType, type RawArray } from './elements'
import { count } from '../../domain/text/numbers'
import { readAll, readHead, shown, statPath } from './files'
import { parseLiteral, type Literal } from './pythonLiteral'

export interface NpyHeader {
  type: ElementType
  shape: number[]
  fortranOrder: boolean
  /** Where the elements start. */
  offset: number
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Whether the bytes begin as a `.npy` file does. */
export const isNpy = (head: Uint8Array): boolean => MAGIC.every((byte, i) => head[i] === byte)

/** Parses a header. `head` holds at least the header; throws bad-file naming `path`. */
export function parseNpyHeader(path: string, head: Uint8Array): NpyHeader {
  if (!isNpy(head)) throw badFile(path, 'byte 0', 'It does not begin with the .npy magic.')
  const major = head[6] ?? 0
  const minor = head[7] ?? 0
  if (major < 1 || major > 3 || minor !== 0) {
    throw badFile(path, 'byte 6', `.npy version ${major}.${minor} is not known (1.0, 2.0 and 3.0 are).`)
  }
  const start = major === 1 ? 10 : 12
  if (head.length < start) throw badFile(path, `byte ${head.length}`, 'The file ends inside its header.')
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > LIMITS.npy.headerBytes) throw badFile(path, 'byte 8', `A header of ${count(length)} bytes is too long.`)
  const offset = start + length
  if (head.length < offset) throw badFile(path, `byte ${count(head.length)}`, 'The file ends inside its header.')
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(head.subarray(start, offset))
  return { ...parseFields(path, `byte ${start}`, text), offset }
}

function parseFields(path: string, place: string, text: string): Omit<NpyHeader, 'offset'> {
  let fields: Literal
  try {
    fields = parseLiteral(text)
  } catch (error) {
    throw badFile(path, place, `The header cannot be read: ${(error as Error).message}.`)
  }
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) {
    throw badFile(path, place, 'The header is not a dictionary.')
  }
  const { descr, fortran_order: fortranOrder, shape } = fields
  const type = typeof descr === 'string' ? parseElementType(descr) : null
  if (!type) {
    const name = typeof descr === 'string' ? descr : 'structured'
    throw badFile(path, place, `Elements of type ${shown(name)} cannot be read (integers and floats can).`)
  }
  if (typeof fortranOrder !== 'boolean') throw badFile(path, place, 'The header does not say fortran_order.')
  const sizes = Array.isArray(shape) ? shape : [NaN]
  if (!isShape(sizes)) throw badFile(path, place, 'The header gives no valid shape.')
  return { type, shape: sizes, fortranOrder }
}

/** Throws bad-file where the bytes after the header are not those of the array. */
function requireLength(path: string, header: NpyHeader, size: number): void {
  const wanted = elements(header.shape) * header.type.bytes
  const found = size - header.offset
  if (found < wanted) {
    throw badFile(path, `byte ${count(size)}`, `The file ends after ${count(found)} of ${count(wanted)} bytes of data.`)
  }
  if (found > wanted) {
    const place = `byte ${count(header.offset + wanted)}`
    throw badFile(path, place, `${count(found - wanted)} bytes follow the end of the array.`)
  }
}

/** Bytes that are enough for any header. */
export const NPY_HEAD = LIMITS.npy.headerBytes + 12

/**
 * The header of an array of `size` bytes by its first NPY_HEAD ones: what is truncated is refused before it is read.
 */
export function npyHeaderOf(path: string, head: Uint8Array, size: number): NpyHeader {
  const header = parseNpyHeader(path, head)
  requireLength(path, header, size)
  return header
}

/** As `npyHeaderOf`, of a file on disk. */
export async function readNpyHeader(path: string): Promise<NpyHeader> {
  return npyHeaderOf(path, await readHead(path, NPY_HEAD), (await statPath(path)).size)
}

/**
 * An array from all its bytes, in C order whatever its own order. Throws bad-file when truncated, overlong or
 * malformed.
 */
export function parseNpy(path: string, bytes: Uint8Array): RawArray {
  const { type, shape, fortranOrder, offset } = npyHeaderOf(path, bytes, bytes.length)
  const data = bytes.subarray(offset)
  return { type, shape, data: fortranOrder ? toRowMajor(data, shape, type.bytes) : data }
}

/** Reads an array from a file; its length is checked before it is read. */
export async function readNpy(path: string, label: string, options: ReadOptions = {}): Promise<RawArray> {
  await readNpyHeader(path)
  return parseNpy(path, await readAll(path, label, options))
}
