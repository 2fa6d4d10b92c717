import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toNumbers } from '../../src/formats/encodings/elements'
import { unpickle, type PickleValue } from '../../src/formats/encodings/pickle'
import type { PickledArray } from '../../src/formats/encodings/pickleObjects'
import { pickle, type Writable } from '../support/pickleWriter'
import { PYTHON, python, refusal, temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
const read = (bytes: Uint8Array): Promise<PickleValue> =>
  new Promise((resolve) => {
    resolve(unpickle('x.pkl', bytes))
  })

/** What a written value should come back as. */
function expected(item: Writable): unknown {
  if (Array.isArray(item)) return item.map(expected)
  if (item instanceof Uint8Array) return Uint8Array.from(item)
  if (item !== null && typeof item === 'object') {
    return new Map(Object.entries(item).map(([key, value]) => [key, expected(value as Writable)]))
  }
  return item
}
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (value instanceof Map)
    return new Map(Array.from(value as Map<string, unknown>, ([key, entry]) => [key, plain(entry)]))
  return Array.isArray(value) ? value.map(plain) : value
}

const { any } = fc.letrec<{ any: Writable }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true }).filter((x) => !Object.is(x, -0)),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.array(tie('any')),
    fc.dictionary<Writable>(fc.stringMatching(/^[a-z]{1,8}$/), tie('any')),
  ),
}))

describe('pickle', () => {
  it('reads back any nesting of data', () => {
    fc.assert(
      fc.property(any, (item) => {
        expect(plain(unpickle('x.pkl', pickle(item)))).toEqual(expected(item))
      }),
    )
  })

  it('refuses every truncation of a pickle, and never answers half of one', async () => {
    const whole = pickle({ labels: [1, 2, 3], names: ['a', new Uint8Array([1, 2])], x: 0.5 })
    for (let length = 0; length < whole.length; length++) {
      expect(await refusal(read(whole.subarray(0, length)))).toMatchObject({ kind: 'bad-file', file: 'x.pkl' })
    }
  })

  it('refuses random damage with an error that has a place, or reads it', () => {
    const whole = pickle({ labels: [1, 2, 3], names: ['a', new Uint8Array([1, 2])], x: 0.5 })
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Uint8Array.from(whole)
        bytes[at] = byte
        try {
          unpickle('x.pkl', bytes)
        } catch (error) {
          expect(error).toMatchObject({ name: 'StudioError', kind: 'bad-file' })
        }
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['os.system', "cos\nsystem\n(S'echo'\ntR."],
    ['builtins.eval', '\x80\x04\x8c\x08builtins\x8c\x04eval\x93.'],
    ['__builtin__.constructor', 'c__builtin__\nconstructor\n.'],
  ])('refuses %s by name', async (name, text) => {
    const error = await refusal(read(Buffer.from(text, 'latin1')))
    expect(error.message).toContain(name)
  })

  it.each(['i', 'o', 'P', 'Q', '\x81', '\x92', '\x82'])(
    'refuses opcode %j, which only objects need',
    async (opcode) => {
      expect((await refusal(read(Buffer.from(`N${opcode}.`, 'latin1')))).message).toContain('refused')
    },
  )

  it.skipIf(!PYTHON)('reads what Python writes, protocols 0 to 5', () => {
    const program = `
import pickle, numpy as np, sys, collections
value = {'none': None, 'yes': True, 'no': False, 'int': 7, 'neg': -70000, 'big': 2**40, 'huge': -2**70, 'float': 0.1, 'text': 'naïve \\u2603 \\\\u0041',
 'bytes': bytes(range(256)), 'list': list(range(1200)), 'tuple': (1, (2,), (3, 4, 5, 6)), 'same': None, 'dict': {'a': {}}, 'od': collections.OrderedDict(a=1),
 'u1': np.arange(6, dtype='u1').reshape(2, 3), 'i8': np.array([-1, 2**40]), 'f4': np.array([0.5, -2], dtype='>f4'), 'f8': np.array([[1.5]]), 'fortran': np.asfortranarray(np.arange(6, dtype='i4').reshape(2, 3)),
 'scalar': np.int64(-5), 'ba': bytearray(b'abc')}
value['same'] = value['list']
for p in range(6): pickle.dump(value, open(f'{sys.argv[1]}/p{p}.pkl', 'wb'), protocol=p)`
    python(program, folder.path)
    for (let protocol = 0; protocol <= 5; protocol++) {
      const map = unpickle('p', readFileSync(`${folder.path}/p${protocol}.pkl`)) as Map<string, PickleValue>
      const numbers = (key: string): number[] => {
        const array = (map.get(key) as PickledArray).array
        return array ? Array.from(toNumbers(array)) : []
      }
      expect([map.get('none'), map.get('yes'), map.get('no'), map.get('int'), map.get('neg'), map.get('big')]).toEqual([
        null,
        true,
        false,
        7,
        -70000,
        2 ** 40,
      ])
      expect(map.get('huge')).toBe(-(2n ** 70n))
      expect(map.get('float')).toBe(0.1)
      expect(map.get('text')).toBe('naïve \u2603 \\u0041')
      expect(Array.from(map.get('bytes') as Uint8Array)).toEqual(Array.from({ length: 256 }, (_, i) => i))
      expect(map.get('list')).toEqual(Array.from({ length: 1200 }, (_, i) => i))
      expect(map.get('same')).toBe(map.get('list'))
      expect(map.get('tuple')).toEqual([1, [2], [3, 4, 5, 6]])
      expect(map.get('dict')).toEqual(new Map([['a', new Map()]]))
      expect(map.get('od')).toEqual(new Map([['a', 1]]))
      expect(numbers('u1')).toEqual([0, 1, 2, 3, 4, 5])
      expect((map.get('u1') as PickledArray).array?.shape).toEqual([2, 3])
      expect(numbers('i8')).toEqual([-1, 2 ** 40])
      expect(numbers('f4')).toEqual([0.5, -2])
      expect(numbers('f8')).toEqual([1.5])
      expect(numbers('fortran')).toEqual([0, 1, 2, 3, 4, 5])
      expect(map.get('scalar')).toBe(-5)
      expect(Buffer.from(map.get('ba') as Uint8Array).toString()).toBe('abc')
    }
  })
})
