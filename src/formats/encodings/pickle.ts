/**
 * A small unpickler for data, protocols 0 to 5 (Python's `pickletools` documents the opcodes). It builds numbers,
 * strings, bytes, lists, tuples, dicts, and NumPy arrays through an allowlist of constructors; any other class or
 * function is refused by name and nothing is ever called. Python 2's `str` comes out as bytes (Uint8Array).
 */
import { badFile } from '../../domain/errors'
import { LIMITS } from './limits'
import { count } from '../../domain/text/numbers'
import { shown } from './files'
import { ALLOWED, buildState, reduce, type Build, type Callable, type PickledObject } from './pickleObjects'

export type PickleValue =
  null | boolean | number | bigint | string | Uint8Array | PickleValue[] | Map<string, PickleValue> | PickledObject

const MARK = Symbol('mark')
type Item = PickleValue | typeof MARK

/** Whether the bytes may be a pickle: a protocol header, or a protocol 0/1 opcode that starts a dict or a list. */
export function isPickle(head: Uint8Array): boolean {
  if (head[0] === 0x80) return (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5
  const text = new TextDecoder('latin1').decode(head.subarray(0, 4))
  return /^\((dp|lp|d\n|l\n)|^\}q|^\]q/.test(text)
}

const { operations, containers, integerBytes, integerDigits, keyBytes, copiesPerByte, copiedBytes } = LIMITS.pickle

class Unpickler implements Build {
  private at = 0
  private readonly stack: Item[] = []
  /** A map: an index is a number that the file names. */
  private readonly memo = new Map<number, PickleValue>()
  private steps = 0
  private made = 0
  /** Bytes that constructors may still copy: a value recalled a million times must not be copied as often. */
  private budget: number
  private readonly view: DataView
  /** How far the current opcode began, for errors. */
  private opcodeAt = 0

  constructor(
    private readonly file: string,
    private readonly place: string,
    private readonly bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.budget = copiedBytes + copiesPerByte * bytes.length
  }

  fail(reason: string): never {
    throw badFile(this.file, `${this.place}byte ${count(this.opcodeAt)}`, reason)
  }

  spend(length: number): void {
    this.budget -= length
    if (this.budget < 0) this.fail('The pickle makes far more data than it has.')
  }

  /** Counts a list, tuple or dictionary that is being made. */
  private container<T extends PickleValue>(value: T): T {
    if (++this.made > containers) this.fail(`The pickle has more than ${count(containers)} lists and dictionaries.`)
    return value
  }

  private take(length: number): Uint8Array {
    if (!(length >= 0) || this.at + length > this.bytes.length) {
      this.fail(`The pickle ends after ${count(this.bytes.length)} bytes, inside a value.`)
    }
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
  private skip(length: number): number {
    this.take(length)
    return this.at - length
  }
  private u1 = (): number => this.view.getUint8(this.skip(1))
  private u2 = (): number => this.view.getUint16(this.skip(2), true)
  private u4 = (): number => this.view.getUint32(this.skip(4), true)
  private i4 = (): number => this.view.getInt32(this.skip(4), true)
  private u8 = (): number => Number(this.view.getBigUint64(this.skip(8), true))
  private line(): string {
    const end = this.bytes.indexOf(10, this.at)
    if (end < 0) this.fail('The pickle ends inside a line.')
    const text = Buffer.from(this.take(end - this.at)).toString('latin1')
    this.at++
    return text
  }
  private text = (length: number): string => {
    const part = this.take(length)
    return Buffer.from(part.buffer, part.byteOffset, part.length).toString('utf8')
  }

  private pop(): PickleValue {
    const item = this.stack.pop()
    if (item === undefined || item === MARK) return this.fail('The pickle takes a value that is not there.')
    return item
  }
  private popMark(): PickleValue[] {
    const from = this.stack.lastIndexOf(MARK)
    if (from < 0) return this.fail('The pickle takes a mark that is not there.')
    const items = this.stack.splice(from)
    return items.slice(1) as PickleValue[]
  }
  private top<T extends PickleValue>(is: (value: unknown) => value is T, what: string): T {
    const item = this.stack.at(-1)
    return is(item) ? item : this.fail(`The pickle adds to something that is no ${what}.`)
  }

  private key(key: PickleValue): string {
    if ((key instanceof Uint8Array || typeof key === 'string') && key.length > keyBytes) {
      return this.fail(`A dictionary key of ${count(key.length)} bytes is too long.`)
    }
    if (key instanceof Uint8Array) return Buffer.from(key).toString('latin1')
    if (typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint') return String(key)
    return this.fail('A dictionary key is neither text nor number.')
  }
  private setItems(map: Map<string, PickleValue>, items: PickleValue[]): Map<string, PickleValue> {
    for (let i = 0; i + 1 < items.length; i += 2) map.set(this.key(items[i] ?? null), items[i + 1] ?? null)
    return map
  }

  private long(length: number): number | bigint {
    if (length > integerBytes) this.fail(`An integer of ${count(length)} bytes is too long.`)
    const part = this.take(length)
    let value = length === 0 ? 0n : BigInt(`0x${Buffer.from(part).reverse().toString('hex')}`)
    if (length > 0 && (part[length - 1] ?? 0) >= 128) value -= 1n << BigInt(8 * length)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  /** Python 2's repr of a str, as protocol 0 writes it. */
  private quoted(): Uint8Array {
    const text = this.line().trim()
    if (text.length < 2 || text[0] !== text.at(-1) || !/['"]/.test(text[0] ?? '')) this.fail('A string has no quotes.')
    const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' }
    const plain = text
      .slice(1, -1)
      .replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, e: string) =>
        e.length === 3 ? String.fromCharCode(parseInt(e.slice(1), 16)) : (escapes[e] ?? `\\${e}`),
      )
    return new Uint8Array(Buffer.from(plain, 'latin1'))
  }

  private global(module: string, name: string): Callable {
    const found = ALLOWED[`${module}.${name}`]
    return found ?? this.fail(`It asks for ${shown(`${module}.${name}`)}, which data has no need of.`)
  }

  private decimal(text: string): PickleValue {
    if (text === '00') return false
    if (text === '01') return true
    if (text.length > integerDigits + 2) return this.fail(`An integer of ${count(text.length)} digits is too long.`)
    if (!/^-?\d+L?$/.test(text)) return this.fail(`"${shown(text)}" is no integer.`)
    const value = BigInt(text.replace('L', ''))
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  private readonly operations: Record<number, () => Item | undefined> = this.table({
    // Protocol and framing say nothing about values.
    '\x80': () => (this.u1() > 5 ? this.fail('Pickle protocols above 5 are not known.') : undefined),
    '\x95': () => void this.u8(),
    '(': () => MARK,
    '0': () => void this.pop(),
    '1': () => void this.popMark(),
    '2': () => this.stack.at(-1),
    N: () => null,
    '\x88': () => true,
    '\x89': () => false,
    I: () => this.decimal(this.line()),
    L: () => this.decimal(this.line()),
    J: () => this.i4(),
    K: () => this.u1(),
    M: () => this.u2(),
    '\x8a': () => this.long(this.u1()),
    '\x8b': () => this.long(this.i4()),
    F: () => Number(this.line()),
    G: () => this.view.getFloat64(this.skip(8), false),
    S: () => this.quoted(),
    T: () => this.take(this.i4()),
    U: () => this.take(this.u1()),
    B: () => this.take(this.u4()),
    C: () => this.take(this.u1()),
    '\x8e': () => this.take(this.u8()),
    '\x96': () => this.take(this.u8()),
    // Raw-unicode-escape: only \uXXXX and \UXXXXXXXX are escapes.
    V: () =>
      this.line().replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) =>
        String.fromCodePoint(parseInt(short ?? long ?? '0', 16)),
      ),
    X: () => this.text(this.u4()),
    '\x8c': () => this.text(this.u1()),
    '\x8d': () => this.text(this.u8()),
    ']': () => this.container([]),
    l: () => this.container(this.popMark()),
    a: () => this.append([this.pop()]),
    e: () => this.append(this.popMark()),
    ')': () => this.container([]),
    t: () => this.container(this.popMark()),
    '\x85': () => this.container([this.pop()]),
    '\x86': () => this.container([this.pop(), this.pop()].reverse()),
    '\x87': () => this.container([this.pop(), this.pop(), this.pop()].reverse()),
    '}': () => this.container(new Map<string, PickleValue>()),
    d: () => this.container(this.setItems(new Map(), this.popMark())),
    s: () => this.put([this.pop(), this.pop()].reverse()),
    u: () => this.put(this.popMark()),
    c: () => this.global(this.line(), this.line()),
    '\x93': () => {
      const name = this.pop()
      const module = this.pop()
      if (typeof module !== 'string' || typeof name !== 'string') return this.fail('A name is not text.')
      return this.global(module, name)
    },
    R: () => {
      const args = this.pop()
      return reduce(this.pop(), Array.isArray(args) ? args : [], this)
    },
    b: () => {
      const state = this.pop()
      return buildState(this.pop(), state, this)
    },
    g: () => this.recall(Number(this.line())),
    h: () => this.recall(this.u1()),
    j: () => this.recall(this.u4()),
    p: () => this.remember(Number(this.line())),
    q: () => this.remember(this.u1()),
    r: () => this.remember(this.u4()),
    '\x94': () => this.remember(this.memo.size),
  })

  private table(byName: Record<string, () => Item | undefined>): Record<number, () => Item | undefined> {
    return Object.fromEntries(Object.entries(byName).map(([opcode, run]) => [opcode.charCodeAt(0), run]))
  }
  private append(items: PickleValue[]): undefined {
    const list = this.top((value): value is PickleValue[] => Array.isArray(value), 'list')
    for (const item of items) list.push(item)
  }
  private put(items: PickleValue[]): undefined {
    this.setItems(
      this.top((value): value is Map<string, PickleValue> => value instanceof Map, 'dictionary'),
      items,
    )
  }
  private recall(index: number): PickleValue {
    const value = this.memo.get(index)
    return value === undefined ? this.fail(`The pickle recalls value ${index}, which was never stored.`) : value
  }
  private remember(index: number): undefined {
    const top = this.stack.at(-1)
    if (top === undefined || top === MARK || !(index >= 0)) {
      this.fail('The pickle stores a value that is not there.')
    }
    this.memo.set(index, top)
  }

  run(): PickleValue {
    for (;;) {
      this.opcodeAt = this.at
      if (++this.steps > operations) this.fail(`The pickle has more than ${count(operations)} values and steps.`)
      if (this.at >= this.bytes.length)
        this.fail(`The pickle ends after ${count(this.at)} bytes, without its end mark.`)
      const opcode = this.bytes[this.at++] ?? 0
      if (opcode === 0x2e) return this.pop()
      const operation = this.operations[opcode]
      if (!operation) this.fail(`Opcode 0x${opcode.toString(16).padStart(2, '0')} is refused: it is not used by data.`)
      const result = operation()
      if (result !== undefined) this.stack.push(result)
    }
  }
}

/** Reads one pickle. Throws bad-file naming `file` and `place` + byte when truncated, malformed or asking for code. */
export function unpickle(file: string, bytes: Uint8Array, place = ''): PickleValue {
  return new Unpickler(file, place, bytes).run()
}
