/**
 * Writes small pickles by hand (protocol 2, as Python 2 wrote CIFAR-10's batches), so that readers can be tested
 * without Python.
 */

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const u4 = (n: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(n)
  return out
}

/** A uint8 array of any shape. */
export class Uint8Block {
  constructor(
    readonly shape: number[],
    readonly data: Uint8Array,
  ) {}
}

export type Writable =
  null | boolean | number | string | Uint8Array | Uint8Block | Writable[] | { [key: string]: Writable }

function value(item: Writable): Buffer[] {
  if (item === null) return [bytes('N')]
  if (typeof item === 'boolean') return [bytes(item ? '\x88' : '\x89')]
  if (typeof item === 'number') {
    if (Number.isInteger(item) && Math.abs(item) < 2 ** 31) {
      const out = Buffer.alloc(5)
      out.write('J', 'latin1')
      out.writeInt32LE(item, 1)
      return [out]
    }
    const out = Buffer.alloc(9)
    out.write('G', 'latin1')
    out.writeDoubleBE(item, 1)
    return [out]
  }
  if (typeof item === 'string') {
    const text = Buffer.from(item, 'utf8')
    return [bytes('X'), u4(text.length), text]
  }
  // A Python 2 str.
  if (item instanceof Uint8Array) return [bytes('T'), u4(item.length), Buffer.from(item)]
  if (item instanceof Uint8Block) {
    return [
      bytes('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01('),
      ...item.shape.flatMap(value),
      bytes('tcnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89'),
      ...value(item.data),
      bytes('tb'),
    ]
  }
  if (Array.isArray(item)) return [bytes(']('), ...item.flatMap(value), bytes('e')]
  return [
    bytes('}('),
    ...Object.entries(item).flatMap(([key, entry]) => [...value(bytes(key)), ...value(entry)]),
    bytes('u'),
  ]
}

/** One pickle of protocol 2; dictionary keys are Python 2 strs. */
export const pickle = (item: Writable): Buffer => Buffer.concat([bytes('\x80\x02'), ...value(item), bytes('.')])
