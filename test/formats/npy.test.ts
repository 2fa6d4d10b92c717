import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { toNumbers } from '../../src/formats/encodings/elements'
import { parseNpyHeader, readNpy } from '../../src/formats/encodings/npy'
import { npyBytes, writeNpy, type NpyDtype } from '../../src/formats/write/npy'
import { PYTHON, contents, python, refusal, temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
const LIMITS: Record<NpyDtype, fc.Arbitrary<number>> = {
  '|u1': fc.integer({ min: 0, max: 255 }),
  '<i4': fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  '<i8': fc.maxSafeInteger(),
  '<f4': fc.float(),
  '<f8': fc.double(),
}
const arrays = fc
  .tuple(
    fc.constantFrom(...(Object.keys(LIMITS) as NpyDtype[])),
    fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
  )
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1)
    return fc.record({
      dtype: fc.constant(dtype),
      shape: fc.constant(shape),
      data: fc.array(LIMITS[dtype], { minLength: length, maxLength: length }),
    })
  })

/** A file with any header, for what NumPy would not write by default. */
function custom(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = `${header}\n`
  const wide = version > 1
  const head = Buffer.alloc(wide ? 12 : 10)
  head.write('\x93NUMPY', 'latin1')
  head[6] = version
  if (wide) head.writeUInt32LE(text.length, 8)
  else head.writeUInt16LE(text.length, 8)
  return Buffer.concat([head, Buffer.from(text), data])
}

describe('.npy', () => {
  it('reads back what it writes, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(arrays, async ({ dtype, shape, data }) => {
        const path = `${folder.path}/round.npy`
        await writeNpy(path, dtype, shape, data)
        const array = await readNpy(path, '')
        expect(array.shape).toEqual(shape)
        const values = toNumbers(array)
        expect(values.length).toBe(data.length)
        data.forEach((value, i) => expect(Object.is(values[i], value) || values[i] === value).toBe(true))
      }),
      { numRuns: 150 },
    )
    expect(contents(folder.path)).toEqual(['round.npy'])
  })

  it('aligns the data to 64 bytes and takes the offset from the header', () => {
    const bytes = npyBytes('<i8', [3, 10], new Array<number>(30).fill(7))
    const header = parseNpyHeader('x', bytes)
    expect(header.offset % 64).toBe(0)
    expect(bytes.length).toBe(header.offset + 240)
  })

  it.each([
    ["{'descr': '>i4', 'fortran_order': False, 'shape': (2,)}", [0, 0, 1, 0, 255, 255, 255, 254], [256, -2]],
    ["{ \"shape\":(2L,1), 'fortran_order' : False,'descr': '<u2' , }", [1, 0, 0, 1], [1, 256]],
    ["{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", [1, 0, 1], [1, 0, 1]],
    ["{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", [1, 4, 2, 5, 3, 6], [1, 2, 3, 4, 5, 6]],
  ])('reads %s in versions 1 to 3', async (header, data, expected) => {
    for (const version of [1, 2, 3]) {
      const path = folder.file('custom.npy', custom(header, Uint8Array.from(data), version))
      expect(Array.from(toNumbers(await readNpy(path, '')))).toEqual(expected)
    }
  })

  it.each([
    ["{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 'byte 10', '|O'],
    ["{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }", 'byte 10', 'structured'],
    ["{'descr': '<i4', 'shape': (1,), }", 'byte 10', 'fortran_order'],
    ["{'descr': '<i4', 'fortran_order': False, 'shape': (-1,), }", 'byte 10', 'shape'],
    ["{'descr': '<i4', 'fortran_order': __import__('os')", 'byte 10', 'header'],
  ])('refuses %s', async (header, place, word) => {
    const error = await refusal(readNpy(folder.file('bad.npy', custom(header, new Uint8Array(4))), ''))
    expect(error).toMatchObject({ kind: 'bad-file', place })
    expect(error.message).toContain(word)
  })

  it('refuses truncated and overlong files, and says how much is there', async () => {
    const whole = npyBytes('<f8', [100], new Array<number>(100).fill(1))
    const short = await refusal(readNpy(folder.file('short.npy', whole.subarray(0, whole.length - 1)), ''))
    expect(short).toMatchObject({ kind: 'bad-file', place: 'byte 927' })
    expect(short.message).toBe('The file ends after 799 of 800 bytes of data.')
    const long = await refusal(readNpy(folder.file('long.npy', Buffer.concat([whole, Buffer.alloc(3)])), ''))
    expect(long.message).toContain('3 bytes follow')
    const header = await refusal(readNpy(folder.file('header.npy', whole.subarray(0, 40)), ''))
    expect(header.message).toContain('inside its header')
  })

  it('does not believe a header that promises more than the file holds', async () => {
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 10), }"
    expect((await refusal(readNpy(folder.file('huge.npy', custom(header, new Uint8Array(8))), ''))).message).toContain(
      'ends after 8 of',
    )
  })

  it.skipIf(!PYTHON)('writes the very bytes NumPy writes', async () => {
    const cases: [NpyDtype, number[]][] = [
      ['|u1', [4, 32, 32, 3]],
      ['<i8', [10000, 10]],
      ['<f8', [7, 10]],
      ['<i4', [5]],
      ['<f4', [2, 1]],
    ]
    for (const [dtype, shape] of cases) {
      const length = shape.reduce((product, size) => product * size, 1)
      const mine = `${folder.path}/mine.npy`
      const theirs = `${folder.path}/theirs.npy`
      await writeNpy(
        mine,
        dtype,
        shape,
        Array.from({ length }, (_, i) => i % 251),
      )
      python(
        'import numpy as np, sys; s=eval(sys.argv[2]); np.save(sys.argv[3], (np.arange(np.prod(s)) % 251).astype(sys.argv[1]).reshape(s))',
        dtype,
        `(${shape.join(',')},)`,
        theirs,
      )
      expect(readFileSync(mine).equals(readFileSync(theirs)), `${dtype} ${shape.join('x')}`).toBe(true)
    }
  })
})
