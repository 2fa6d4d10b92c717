import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/formats/read'
import { NO_LABEL } from '../../src/domain/labels/judgments'
import type { Imported } from '../../src/formats/sets/types'
import { npyBytes, writeNpy } from '../../src/formats/write/npy'
import { folderPerTest, refusal, temporaryFolder } from '../support/temporary'
import { exportedAlone } from './exporting'

const folder = temporaryFolder()
const here = folderPerTest(folder.path)

const images = (n: number): Uint8Array => Uint8Array.from({ length: n * 3072 }, (_, i) => (i * 31) % 256)
const labelsOf = (item: Imported | undefined): number[] => (item?.kind === 'images' ? Array.from(item.labels) : [])
const names = (items: Imported[]): string[] => items.map(({ kind, name }) => `${kind} ${name}`)

describe('image arrays', () => {
  it('reads a pair given as folder, by its images or by its labels', async () => {
    await writeNpy(join(here(), 'images.npy'), '|u1', [4, 32, 32, 3], images(4))
    await writeNpy(join(here(), 'labels.npy'), '<i8', [4], [3, 0, 9, 1])
    for (const path of [here(), join(here(), 'images.npy'), join(here(), 'labels.npy')]) {
      const [item, ...rest] = await readPath(path)
      expect(rest).toEqual([])
      expect(item).toMatchObject({ kind: 'images', format: 'npy-pair', name: basename(here()), count: 4, path })
      expect(labelsOf(item)).toEqual([3, 0, 9, 1])
      expect(item?.kind === 'images' && Buffer.compare(item.pixels, images(4))).toBe(0)
    }
  })

  it('finds the labels that belong to each of several image files', async () => {
    for (const [version, n] of [
      ['v4', 5],
      ['v6', 5],
      ['v7', 3],
    ] as const) {
      await writeNpy(join(here(), `cifar10.1_${version}_data.npy`), '|u1', [n, 32, 32, 3], images(n))
      await writeNpy(
        join(here(), `cifar10.1_${version}_labels.npy`),
        '<i4',
        [n],
        new Array<number>(n).fill(Number(version[1])),
      )
    }
    const items = await readPath(here())
    expect(items.map((item) => labelsOf(item)[0])).toEqual([4, 6, 7])
    expect(names(items)).toEqual(['images cifar10.1_v4', 'images cifar10.1_v6', 'images cifar10.1_v7'])
    expect(labelsOf((await readPath(join(here(), 'cifar10.1_v6_labels.npy')))[0])).toEqual([6, 6, 6, 6, 6])
  })

  it('reads images without labels as unlabelled, and refuses labels without images', async () => {
    await writeNpy(join(here(), 'pictures.npy'), '|u1', [2, 32, 32, 3], images(2))
    expect(labelsOf((await readPath(join(here(), 'pictures.npy')))[0])).toEqual([NO_LABEL, NO_LABEL])
    rmSync(join(here(), 'pictures.npy'))
    await writeNpy(join(here(), 'labels.npy'), '<i4', [2], [1, 2])
    expect((await refusal(readPath(join(here(), 'labels.npy')))).message).toContain('2 labels')
  })

  it('refuses labels out of range, other image sizes, and shapes that mean nothing', async () => {
    await writeNpy(join(here(), 'images.npy'), '|u1', [3, 32, 32, 3], images(3))
    await writeNpy(join(here(), 'labels.npy'), '<i8', [3], [0, 1, 10])
    const label = await refusal(readPath(here()))
    expect(label).toMatchObject({ file: join(here(), 'labels.npy'), place: 'entry [2]' })
    expect(label.message).toBe('Label 10 is outside 0 to 9.')
    await writeNpy(join(here(), 'images.npy'), '|u1', [1, 64, 64, 3], new Uint8Array(64 * 64 * 3))
    expect((await refusal(readPath(join(here(), 'images.npy')))).message).toContain('(1, 64, 64, 3)')
    await writeNpy(join(here(), 'odd.npy'), '<f4', [2, 3], [1, 2, 3, 4, 5, 6])
    expect((await refusal(readPath(join(here(), 'odd.npy')))).message).toContain('float32 (2, 3)')
  })

  it('refuses a truncated file of a pair by its name', async () => {
    await writeNpy(join(here(), 'labels.npy'), '<i8', [3], [0, 1, 2])
    const whole = npyBytes('|u1', [3, 32, 32, 3], images(3))
    const path = folder.file(`${basename(here())}/images.npy`, whole.subarray(0, 5000))
    expect(await refusal(readPath(here()))).toMatchObject({ kind: 'bad-file', file: path, place: 'byte 5,000' })
  })
})

describe('counts and probabilities', () => {
  const row = [0, 0, 0, 0.25, 0, 0.75, 0, 0, 0, 0]

  it('reads counts of any integer type', async () => {
    for (const dtype of ['<i8', '<i4', '|u1'] as const) {
      const path = join(here(), 'counts.npy')
      await writeNpy(path, dtype, [2, 10], [1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0])
      const [item] = await readPath(path)
      if (item?.kind !== 'labels') throw new Error('no labels')
      expect(item).toMatchObject({ format: 'cifar10h-counts', name: 'counts', imageSet: null, images: 2 })
      expect(Array.from(item.probabilities.subarray(0, 4))).toEqual([0.25, 0, 0, 0.75])
      const out = join(here(), 'again.npy')
      expect(await exportedAlone('counts', out, item)).toBe(2)
      const [again] = await readPath(out)
      expect(again?.kind === 'labels' && again.counts).toEqual(item.counts)
    }
  })

  it('reads probabilities to the last bit and writes them again', async () => {
    const values = [...row, ...new Array<number>(9).fill(0.1), 1 - 9 * 0.1]
    const path = join(here(), 'probs.npy')
    await writeNpy(path, '<f8', [2, 10], values)
    const [item] = await readPath(path)
    if (item?.kind !== 'labels') throw new Error('no labels')
    expect(item).toMatchObject({ format: 'cifar10h-probs', counts: null })
    expect(Array.from(item.probabilities)).toEqual(values)
    expect(await exportedAlone('probs', join(here(), 'again.npy'), item)).toBe(2)
    const [again] = await readPath(join(here(), 'again.npy'))
    expect(again?.kind === 'labels' && again.probabilities).toEqual(item.probabilities)
    await expect(exportedAlone('counts', join(here(), 'no.npy'), item)).rejects.toMatchObject({ kind: 'bad-input' })
  })

  it.each([
    [[13], NaN, 'entry [1, 3]', 'NaN is no probability.'],
    [[27], -0.25, 'entry [2, 7]', '-0.25 is no probability.'],
    [[20], Infinity, 'entry [2, 0]', 'Infinity is no probability.'],
    [[15], 0.5, 'entries [1, 0] to [1, 9]', 'The row sums to 0.75, not to 1 within 0.005.'],
  ])('refuses entry %j = %d by its place', async ([at = 0], value, place, message) => {
    const values = [...row, ...row, ...row]
    values[at] = value
    const path = join(here(), 'probs.npy')
    await writeNpy(path, '<f8', [3, 10], values)
    expect(await refusal(readPath(path))).toMatchObject({ kind: 'bad-file', file: path, place, message })
  })

  it('refuses negative counts, and says where images have none', async () => {
    const path = join(here(), 'counts.npy')
    await writeNpy(path, '<i8', [2, 10], [...new Array<number>(14).fill(0), -3, 0, 0, 0, 0, 0])
    expect(await refusal(readPath(path))).toMatchObject({ place: 'entry [1, 4]' })
    await writeNpy(path, '<i8', [2, 10], [1, ...new Array<number>(19).fill(0)])
    const [item] = await readPath(path)
    expect(item?.report).toContain('1 images have no judgment; their distribution is uniform.')
    await writeNpy(path, '<i8', [2, 10], new Array<number>(20).fill(0))
    expect((await refusal(readPath(path))).message).toContain('No judgment is left')
  })
})

describe('paths', () => {
  it('refuses what is not there, what is empty and what is nothing known', async () => {
    const gone = join(here(), 'gone.npy')
    expect(await refusal(readPath(gone))).toMatchObject({ kind: 'not-found', file: gone, place: 'path' })
    expect(await refusal(readPath(folder.file('empty.csv', '')))).toMatchObject({
      place: 'byte 0',
      message: 'The file is empty.',
    })
    expect((await refusal(readPath(here()))).message).toContain('Nothing in it can be read')
    expect((await refusal(readPath(folder.file('text', 'Dear reader,\nhello')))).place).toBe('header (line 1)')
    expect(
      (
        await refusal(
          readPath(
            folder.file(
              'bytes',
              Uint8Array.from({ length: 9000 }, (_, i) => (i * 97) % 256),
            ),
          ),
        )
      ).place,
    ).toBe('byte 0')
  })
})
