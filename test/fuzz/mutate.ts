/** Changes to a file as damage, other programs and hands make them; the same seed makes the same mutant. */
import type { SeededRandom } from '../../src/domain/random'

type Mutator = (bytes: Buffer, random: SeededRandom) => Buffer

const spot = (bytes: Buffer, random: SeededRandom): number => random.below(bytes.length + 1)
const splice = (bytes: Buffer, from: number, to: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)])

/** What people and programs write into cells. */
const TOKENS = [
  '',
  ' ',
  '0',
  '1',
  '-1',
  '10',
  '3.0',
  '1e3',
  '1e999',
  'NaN',
  'inf',
  'True',
  'False',
  '0x3',
  '1_000',
  '\u00A0',
  '2,5',
  '"',
  '""',
  "'",
  "'=1",
  '=1+1',
  '-99999',
  'null',
  '\r',
  '\n',
  '\t',
  ';',
  ',',
  '\uFEFF',
  '\u0000',
  'é',
  '9007199254740993',
]

const MUTATORS: Mutator[] = [
  (bytes, random) => {
    const at = random.below(Math.max(1, bytes.length))
    const out = Buffer.from(bytes)
    if (out.length > 0) out[at] = (out[at] ?? 0) ^ (1 << random.below(8))
    return out
  },
  (bytes, random) => {
    const at = random.below(Math.max(1, bytes.length))
    const out = Buffer.from(bytes)
    if (out.length > 0) out[at] = random.below(256)
    return out
  },
  (bytes, random) => bytes.subarray(0, spot(bytes, random)),
  (bytes, random) => {
    const at = spot(bytes, random)
    return splice(bytes, at, Math.min(bytes.length, at + 1 + random.below(8)), Buffer.alloc(0))
  },
  (bytes, random) =>
    splice(
      bytes,
      ...same(spot(bytes, random)),
      Buffer.from(Array.from({ length: 1 + random.below(4) }, () => random.below(256))),
    ),
  (bytes, random) => splice(bytes, ...same(spot(bytes, random)), Buffer.from(token(random))),
  (bytes, random) => {
    const [from, to] = cellAt(bytes, random)
    return splice(bytes, from, to, Buffer.from(token(random)))
  },
  (bytes, random) => {
    const [from, to] = cellAt(bytes, random)
    const [start, end] = cellAt(bytes, random)
    return splice(bytes, from, to, bytes.subarray(start, end))
  },
  (bytes, random) => {
    const [from, to] = lineAt(bytes, random)
    return splice(bytes, from, to, Buffer.alloc(0))
  },
  (bytes, random) => {
    const [from, to] = lineAt(bytes, random)
    return splice(bytes, to, to, bytes.subarray(from, to))
  },
  (bytes) => {
    const afterHeader = bytes.indexOf(0x0a) + 1
    return Buffer.concat([bytes, bytes.subarray(afterHeader)])
  },
  (bytes, random) => {
    const [from, to] = [random.below(256), random.below(256)]
    return Buffer.from(bytes.map((byte) => (byte === from ? to : byte)))
  },
]

const same = (at: number): [number, number] => [at, at]
const token = (random: SeededRandom): string => TOKENS[random.below(TOKENS.length)] ?? ''

const isEnd = (byte: number | undefined, ends: string): boolean =>
  byte === undefined || ends.includes(String.fromCharCode(byte))

function stretch(bytes: Buffer, random: SeededRandom, ends: string): [number, number] {
  let from = spot(bytes, random)
  let to = from
  while (from > 0 && !isEnd(bytes[from - 1], ends)) from--
  while (to < bytes.length && !isEnd(bytes[to], ends)) to++
  return [from, to]
}
const cellAt = (bytes: Buffer, random: SeededRandom): [number, number] => stretch(bytes, random, ",;\t\r\n:{}()' ")
const lineAt = (bytes: Buffer, random: SeededRandom): [number, number] => {
  const [from, to] = stretch(bytes, random, '\n')
  return [from, Math.min(bytes.length, to + 1)]
}

/** One to three changes. */
export function mutate(bytes: Uint8Array, random: SeededRandom): Buffer {
  let out: Buffer = Buffer.from(bytes)
  for (let left = 1 + random.below(3); left > 0; left--) {
    out = Buffer.from((MUTATORS[random.below(MUTATORS.length)] ?? ((b) => b))(out, random))
  }
  return out
}
