/**
 * The only things a pickle may construct: NumPy arrays, dtypes and scalars, bytes, bytearrays and ordered dicts. Each is
 * a data constructor written here; a pickle can name nothing else.
 */
import { elements, parseElementType, toNumbers, toRowMajor, type ElementType, type RawArray } from './elements'
import type { PickleValue } from './pickle'

type Fail = (reason: string) => never

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
    readonly call: (args: PickleValue[], fail: Fail) => PickleValue,
  ) {}
}

/** Everything on the stack that is no plain value. */
export type PickledObject = DType | PickledArray | Callable

const asText = (value: PickleValue | undefined): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : typeof value === 'string' ? value : ''

function dtype(args: PickleValue[], fail: Fail): DType {
  const name = asText(args[0])
  const type = parseElementType(name)
  return type ? new DType(type) : fail(`Arrays of type "${name || 'structured'}" cannot be read.`)
}

function checkedArray(
  type: PickleValue | undefined,
  shape: PickleValue | undefined,
  data: PickleValue | undefined,
  fortran: boolean,
  fail: Fail,
): RawArray {
  if (!(type instanceof DType)) return fail('An array has no element type.')
  const sizes = Array.isArray(shape) ? shape : [shape]
  if (!sizes.every((size): size is number => Number.isSafeInteger(size) && (size as number) >= 0)) {
    return fail('An array has no valid shape.')
  }
  // Python 2 wrote array bytes as str, Python 3 as bytes or, in old protocols, as latin-1 text.
  const bytes = typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'latin1')) : data
  if (!(bytes instanceof Uint8Array)) return fail('An array has no bytes (arrays of objects are refused).')
  const wanted = elements(sizes) * type.type.bytes
  if (bytes.length !== wanted) return fail(`An array of shape (${sizes.join(', ')}) has ${bytes.length} bytes.`)
  return { type: type.type, shape: sizes, data: fortran ? toRowMajor(bytes, sizes, type.type.bytes) : bytes }
}

function fromBuffer(args: PickleValue[], fail: Fail): PickledArray {
  const made = new PickledArray()
  made.array = checkedArray(args[1], args[2], args[0], asText(args[3]) === 'F', fail)
  return made
}

function scalar(args: PickleValue[], fail: Fail): number {
  return toNumbers(checkedArray(args[0], [], args[1], false, fail))[0] ?? NaN
}

function encode(args: PickleValue[], fail: Fail): Uint8Array {
  const [text, encoding = 'utf-8'] = args
  const name = asText(encoding).toLowerCase().replace(/[-_]/g, '')
  if (typeof text !== 'string' || !['latin1', 'iso88591', 'utf8'].includes(name))
    return fail('Bytes are encoded oddly.')
  return new Uint8Array(Buffer.from(text, name === 'utf8' ? 'utf8' : 'latin1'))
}

function bytes(args: PickleValue[], fail: Fail): Uint8Array {
  const [value, encoding] = args
  if (value === undefined) return new Uint8Array(0)
  if (value instanceof Uint8Array) return value.slice()
  if (typeof value === 'string') return encode([value, encoding ?? 'latin1'], fail)
  return fail('Bytes are made of something else.')
}

function orderedDict(args: PickleValue[], fail: Fail): Map<string, PickleValue> {
  const map = new Map<string, PickleValue>()
  for (const pair of Array.isArray(args[0]) ? args[0] : []) {
    if (!Array.isArray(pair) || pair.length !== 2) return fail('An ordered dictionary has an odd entry.')
    map.set(asText(pair[0]), pair[1] ?? null)
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
  new Callable('numpy.ndarray', (_, fail) => fail('numpy.ndarray is called directly.')),
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
export function reduce(callable: PickleValue, args: PickleValue[], fail: Fail): PickleValue {
  return callable instanceof Callable ? callable.call(args, fail) : fail('It calls something that is no constructor.')
}

/** BUILD: gives a dtype or an array its state; answers the object. */
export function buildState(target: PickleValue, state: PickleValue, fail: Fail): PickleValue {
  const fields = Array.isArray(state) ? state : fail('The state of an object is not a tuple.')
  if (target instanceof DType) {
    // (version, byte order, subtype, names, fields, size, alignment, flags)
    target.type = { ...target.type, littleEndian: asText(fields[1]) !== '>' }
    return target
  }
  if (target instanceof PickledArray) {
    // (version, shape, dtype, Fortran order, bytes)
    target.array = checkedArray(fields[2], fields[1], fields[4], fields[3] === true, fail)
    return target
  }
  return fail('It gives a state to something that has none.')
}
