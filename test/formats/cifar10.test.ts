import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CIFAR10_CLASSES } from '../../src/domain/labels/sets'
import { readPath } from '../../src/formats/read'
import type { ImageSetData, Imported } from '../../src/formats/sets/types'
import { RECORD, archive, binaryBatch, pixel, pythonBatch } from '../support/cifar'
import { pickle, Uint8Block } from '../support/pickleWriter'
import { refusal, temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
const N = 10_000

function expectImages(item: Imported | undefined, count: number): ImageSetData {
  if (item?.kind !== 'images') throw new Error('no image set')
  expect(item).toMatchObject({ count, height: 32, width: 32, channels: 3, classes: [...CIFAR10_CLASSES] })
  expect(item.pixels.length).toBe(count * 3072)
  for (let i = 0; i < count; i += 500) {
    expect(item.labels[i]).toBe(i % 10)
    for (const p of [0, 1, 32, 1023]) {
      for (let c = 0; c < 3; c++) expect(item.pixels[i * 3072 + p * 3 + c]).toBe(pixel(i, p, c))
    }
  }
  return item
}

describe('CIFAR-10 binary version', () => {
  let members: Record<string, Uint8Array> = {}
  let packed: Buffer
  beforeAll(async () => {
    members = { 'cifar-10-batches-bin/test_batch.bin': binaryBatch(N) }
    // Out of order on purpose: the number decides the place.
    for (const k of [3, 1, 2, 5, 4]) members[`cifar-10-batches-bin/data_batch_${k}.bin`] = binaryBatch(N, (k - 1) * N)
    packed = await archive({ 'cifar-10-batches-bin/readme.html': Buffer.from('<p>'), ...members })
  })

  it('reads the archive whatever it is called', async () => {
    const sets = await readPath(folder.file('anything.at.all', packed))
    expect(sets.map(({ name, format }) => [name, format])).toEqual([
      ['cifar10-test', 'cifar10-binary'],
      ['cifar10-train', 'cifar10-binary'],
    ])
    expectImages(sets[0], N)
    expectImages(sets[1], 5 * N)
  })

  it('refuses a truncated archive, naming member and byte', async () => {
    const path = folder.file('cut.tar.gz', packed.subarray(0, Math.floor(packed.length * 0.7)))
    const error = await refusal(readPath(path))
    expect(error).toMatchObject({ kind: 'bad-file', file: path, message: 'The archive is truncated.' })
    expect(error.place).toMatch(/batch.*\.bin, byte [\d,]+ of the archive/)
  })

  it('refuses every truncation and any flipped byte', async () => {
    const small = await archive({ 'test_batch.bin': binaryBatch(N) })
    for (const share of [0.0005, 0.01, 0.2, 0.5, 0.9, 0.999]) {
      const path = folder.file('cut.tar.gz', small.subarray(0, Math.max(11, Math.floor(small.length * share))))
      expect((await refusal(readPath(path))).kind, String(share)).toBe('bad-file')
    }
    const flipped = Buffer.from(small)
    const middle = flipped.length >> 1
    flipped[middle] = (flipped[middle] ?? 0) ^ 0xff
    expect((await refusal(readPath(folder.file('flipped.tar.gz', flipped)))).kind).toBe('bad-file')
  })

  it('refuses an archive with a training batch missing, or with other things in it', async () => {
    const some = await archive({ 'data_batch_1.bin': binaryBatch(N), 'data_batch_3.bin': binaryBatch(N, 2 * N) })
    expect(await refusal(readPath(folder.file('some.tgz', some)))).toMatchObject({ place: 'data_batch_2.bin' })
    const other = await archive({ 'holiday.txt': Buffer.from('sun') })
    expect((await refusal(readPath(folder.file('other.tgz', other)))).message).toContain('holiday.txt')
  })

  it('reads the extracted folder, itself or the one around it', async () => {
    const inner = join(folder.path, 'extracted', 'cifar-10-batches-bin')
    mkdirSync(inner, { recursive: true })
    writeFileSync(join(inner, 'test_batch.bin'), binaryBatch(N))
    for (const path of [inner, join(folder.path, 'extracted')]) {
      const sets = await readPath(path)
      expect(sets).toHaveLength(1)
      expectImages(sets[0], N)
    }
    writeFileSync(join(inner, 'test_batch.bin'), binaryBatch(N - 1))
    const error = await refusal(readPath(inner))
    expect(error).toMatchObject({ file: join(inner, 'test_batch.bin'), place: 'byte 30,726,927' })
    expect(error.message).toBe('It ends after 9,999 of 10,000 records of 3,073 bytes.')
  })

  it('reads a single batch of any number of records', async () => {
    expectImages((await readPath(folder.file('few', binaryBatch(501))))[0], 501)
  })

  it('refuses a cut record and an impossible label', async () => {
    const cut = await refusal(readPath(folder.file('cut.bin', binaryBatch(20).subarray(0, 20 * RECORD - 5))))
    expect(cut).toMatchObject({ place: 'byte 61,455', message: 'It ends after 19 of 20 records of 3,073 bytes.' })
    const wrong = binaryBatch(20)
    wrong[17 * RECORD] = 10
    const label = await refusal(readPath(folder.file('label.bin', wrong)))
    expect(label).toMatchObject({ place: 'record 17, byte 52,241', message: 'Label 10 is outside 0 to 9.' })
  })

  it('stops when cancelled, whenever that happens', async () => {
    const path = folder.file('whole.tar.gz', packed)
    for (const after of [0, 1]) {
      const controller = new AbortController()
      let reports = 0
      const reading = readPath(path, {
        signal: controller.signal,
        onProgress: () => {
          if (reports++ >= after) controller.abort()
        },
      })
      expect((await refusal(reading)).kind).toBe('cancelled')
    }
  })

  it('reports progress up to the end', async () => {
    const seen: number[] = []
    const path = folder.file('whole.tar.gz', packed)
    await readPath(path, { onProgress: ({ done, total }) => seen.push(total ? done / total : NaN) })
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(1)
    expect([...seen].sort((a, b) => a - b)).toEqual(seen)
  })
})

describe('CIFAR-10 Python version', () => {
  it('reads archive and folder, with file names', async () => {
    const path = folder.file('python', await archive({ 'cifar-10-batches-py/test_batch': pythonBatch(N) }))
    const set = expectImages((await readPath(path))[0], N)
    expect(set).toMatchObject({ name: 'cifar10-test', format: 'cifar10-python' })
    expect(set.fileNames?.[9999]).toBe('animal_s_9999.png')
    const inner = join(folder.path, 'py')
    mkdirSync(inner)
    writeFileSync(join(inner, 'test_batch'), pythonBatch(N))
    expectImages((await readPath(inner))[0], N)
  })

  it('gives the pixels of the binary version', async () => {
    const [binary] = await readPath(folder.file('a', binaryBatch(700)))
    const [python] = await readPath(folder.file('b', pythonBatch(700)))
    if (binary?.kind !== 'images' || python?.kind !== 'images') throw new Error('no images')
    expect(Buffer.compare(binary.pixels, python.pixels)).toBe(0)
    expect(python.labels).toEqual(binary.labels)
  })

  it('refuses missing fields, impossible labels, short batches and cut pickles', async () => {
    const data = new Uint8Block([2, 3072], new Uint8Array(6144))
    const cases: [Uint8Array, string][] = [
      [pickle({ labels: [1, 2] }), 'key data'],
      [pickle({ data }), 'key labels'],
      [pickle({ data, labels: [1] }), 'key labels'],
      [pickle({ data, labels: [1, 10] }), 'key labels, entry [1]'],
      [pickle([1, 2]), 'top level'],
    ]
    for (const [bytes, place] of cases) {
      expect(await refusal(readPath(folder.file('bad', bytes)))).toMatchObject({ kind: 'bad-file', place })
    }
    const cut = await refusal(readPath(folder.file('cut', pythonBatch(30).subarray(0, 5000))))
    expect(cut.message).toContain('ends after 5,000 bytes')
    const short = await archive({ test_batch: pythonBatch(9) })
    expect(await refusal(readPath(folder.file('short', short)))).toMatchObject({ place: 'test_batch, key data' })
  })
})
