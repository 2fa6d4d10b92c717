/**
 * The only things a pickle may construct: NumPy arrays, dtypes and scalars, bytes, bytearrays and ordered dicts. Each
 * is a data constructor written here; a pickle can name nothing else.
 */
import { elements, isShape, parseElementType, toNumbers, toRowMajor, type ElementType, type RawArray } from './elements'
import { shown } from './files'
import type { PickleValue } from './pickle'

/** The pickle that is being read, as constructors see it. */
export interface Build {
  fail(reason: string): never
  /** Says that so many bytes are copied or looked at; refuses a pickle that copies far more than it has. */
  spend(bytes: number): void
}

/** A NumPy dtype while it is being built: the type string, then a state that may change its byte order. */
class DType {
  readonly is = 'dtype'
  constructor(public type: ElementType) {}
}

/** A NumPy array; `array` is null until its state arrived. */
export class PickledArray {
  readonly is = 'array'
  array: RawArray | null = null
}

/** An allowed constructor, a value on the stack until it is called. */
export class Callable {
  readonly is = 'callable'
  constructor(
    readonly name: string,
    readonly call: (args: PickleValue[], to: Build) => PickleValue,
  ) {}
}

/** Everything on the stack that is no plain value. */
export type PickledObject = DType | PickledArray | Callable

function asText(value: PickleValue | undefined, to: Build): string {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) return ''
  to.spend(value.length)
  return typeof value === 'string' ? value : Buffer.from(value).toString('latin1')
}

function dtype(args: PickleValue[], to: Build): DType {
  const name = asText(args[0], to)
  const type = parseElementType(name)
  return type ? new DType(type) : to.fail(`Arrays of type "${shown(name) || 'structured'}" cannot be read.`)
}

function checkedArray(
  type: PickleValue | undefined,
  shape: PickleValue | undefined,
  data: PickleValue | undefined,
  fortran: boolean,
  to: Build,
): RawArray {
  if (!(type instanceof DType)) return to.fail('An array has no element type.')
  const sizes = Array.isArray(shape) ? shape : [shape]
  if (!isShape(sizes)) return to.fail('An array has no valid shape.')
  if (typeof data === 'string' || (fortran && data instanceof Uint8Array)) to.spend(data.length)
  // Python 2 wrote array bytes as str, Python 3 as bytes or, in old protocols, as latin-1 text.
  const bytes = typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'latin1')) : data
  if (!(bytes instanceof Uint8Array)) return to.fail('An array has no bytes (arrays of objects are refused).')
  const wanted = elements(sizes) * type.type.bytes
  if (bytes.length !== wanted) return to.fail(`An array of shape (${sizes.join(', ')}) has ${bytes.length} bytes.`)
  return { type: type.type, shape: sizes, data: fortran ? toRowMajor(bytes, sizes, type.type.bytes) : bytes }
}

function fromBuffer(args: PickleValue[], to: Build): PickledArray {
  const made = new PickledArray()
  made.array = checkedArray(args[1], args[2], args[0], asText(args[3], to) === 'F', to)
  return made
}

function scalar(args: PickleValue[], to: Build): number {
  return toNumbers(checkedArray(args[0], [], args[1], false, to))[0] ?? NaN
}

function encode(args: PickleValue[], to: Build): Uint8Array {
  const [text, encoding = 'utf-8'] = args
  const name = asText(encoding, to).toLowerCase().replace(/[-_]/g, '')
  if (typeof text !== 'string' || !['latin1', 'iso88591', 'utf8'].includes(name))
    return to.fail('Bytes are encoded oddly.')
  to.spend(text.length)
  return new Uint8Array(Buffer.from(text, name === 'utf8' ? 'utf8' : 'latin1'))
}

function bytes(args: PickleValue[], to: Build): Uint8Array {
  const [value, encoding] = args
  if (value === undefined) return new Uint8Array(0)
  if (value instanceof Uint8Array) {
    to.spend(value.length)
    return value.slice()
  }
  if (typeof value === 'string') return encode([value, encoding ?? 'latin1'], to)
  return to.fail('Bytes are made of something else.')
}

/** About what an entry of a dictionary takes, and what it is in a pickle at least. */
const PAIR_BYTES = 4

function orderedDict(args: PickleValue[], to: Build): Map<string, PickleValue> {
  const map = new Map<string, PickleValue>()
  const pairs = Array.isArray(args[0]) ? args[0] : []
  to.spend(PAIR_BYTES * pairs.length)
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return to.fail('An ordered dictionary has an odd entry.')
    map.set(asText(pair[0], to), pair[1] ?? null)
  }
  return map
}

const callables = [
  ...['numpy.core.multiarray', 'numpy._core.multiarray'].flatMap((module) => [
    new Callable(`${module}._reconstruct`, () => new PickledArray()),
    new Callable(`${module}.scalar`, scalar),
  ]),
  ...['numpy.core.numeric', 'numpy._core.numeric'].map((module) => new Callable(`${module}._frombuffer`, fromBuffer)),
  new Callable('numpy.dtype', dtype),
  // Named as an argument of _reconstruct, never called.
  new Callable('numpy.ndarray', (_, to) => to.fail('numpy.ndarray is called directly.')),
  new Callable('_codecs.encode', encode),
  ...['builtins', '__builtin__'].flatMap((module) => [
    new Callable(`${module}.bytes`, bytes),
    new Callable(`${module}.bytearray`, bytes),
  ]),
  new Callable('collections.OrderedDict', orderedDict),
]

/** By module and name. A null prototype, so that "constructor" and the like are not found. */
export const ALLOWED: Record<string, Callable | undefined> = Object.assign(
  Object.create(null) as Record<string, Callable>,
  Object.fromEntries(callables.map((callable) => [callable.name, callable])),
)

/** REDUCE: calls an allowed constructor. */
export function reduce(callable: PickleValue, args: PickleValue[], to: Build): PickleValue {
  return callable instanceof Callable ? callable.call(args, to) : to.fail('It calls something that is no constructor.')
}

/** BUILD: gives a dtype or an array its state; answers the object. */
export function buildState(target: PickleValue, state: PickleValue, to: Build): PickleValue {
  const fields = Array.isArray(state) ? state : to.fail('The state of an object is not a tuple.')
  if (target instanceof DType) {
    // (version, byte order, subtype, names, fields, size, alignment, flags)
    target.type = { ...target.type, littleEndian: asText(fields[1], to) !== '>' }
    return target
  }
  if (target instanceof PickledArray) {
    // (version, shape, dtype, Fortran order, bytes)
    target.array = checkedArray(fields[2], fields[1], fields[4], fields[3] === true, to)
    return target
  }
  return to.fail('It gives a state to something that has none.')
}
