import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/formats/read'
import { NO_LABEL } from '../../src/domain/labels/judgments'
import type { ImageSetData } from '../../src/formats/sets/types'
import { refusal, temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()

/** A one-coloured picture. */
const picture = (format: 'png' | 'jpeg' | 'webp', width: number, height: number, background: string): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 4, background } })
    .toFormat(format, { quality: 100 })
    .toBuffer()

async function put(path: string, content: Promise<Buffer> | string): Promise<void> {
  const file = join(folder.path, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, await content)
}

async function images(path: string): Promise<ImageSetData> {
  const [item] = await readPath(join(folder.path, path))
  if (item?.kind !== 'images') throw new Error('no images')
  return item
}
const colour = (set: ImageSetData, i: number): number[] => Array.from(set.pixels.subarray(i * 3072, i * 3072 + 3))

describe('folders of pictures', () => {
  it('reads class folders of PNG, JPEG and WebP, whatever their files are called', async () => {
    await put('animals/zebra/1.png', picture('png', 32, 32, '#ff0000'))
    await put('animals/ape/b.dat', picture('webp', 32, 32, '#00ff00'))
    await put('animals/ape/a.jpg', picture('jpeg', 32, 32, '#0000ff'))
    await put('animals/ape/notes.txt', 'no picture')
    const set = await images('animals')
    expect(set).toMatchObject({ name: 'animals', format: 'image-folder', classes: ['ape', 'zebra'], count: 3 })
    expect(Array.from(set.labels)).toEqual([0, 0, 1])
    expect(set.fileNames).toEqual(['ape/a.jpg', 'ape/b.dat', 'zebra/1.png'])
    expect(colour(set, 2)).toEqual([255, 0, 0])
    expect(colour(set, 0)[2]).toBeGreaterThan(250)
    expect(set.report).toEqual([
      '3 pictures of 2 classes read.',
      '1 files are no PNG, JPEG or WebP and were passed over.',
    ])
  })

  it('keeps exact pixels of 32x32 pictures and scales others, saying so', async () => {
    const raw = Buffer.from(Uint8Array.from({ length: 3072 }, (_, i) => (i * 7) % 256))
    await put(
      'mixed/cat/a.png',
      sharp(raw, { raw: { width: 32, height: 32, channels: 3 } })
        .png()
        .toBuffer(),
    )
    await put('mixed/truck/b.png', picture('png', 100, 50, '#204060'))
    await put(
      'mixed/truck/c.png',
      sharp(Buffer.alloc(1024, 90), { raw: { width: 32, height: 32, channels: 1 } })
        .png()
        .toBuffer(),
    )
    await put('mixed/truck/d.png', picture('png', 32, 32, 'rgba(0,0,0,0)'))
    const set = await images('mixed')
    expect(Buffer.compare(set.pixels.subarray(0, 3072), raw)).toBe(0)
    expect(colour(set, 1)).toEqual([0x20, 0x40, 0x60])
    expect(colour(set, 2)).toEqual([90, 90, 90])
    expect(colour(set, 3), 'transparent is white').toEqual([255, 255, 255])
    expect(set.report).toContain('1 pictures were not 32x32: cropped to the middle square and scaled.')
    // Names of CIFAR-10's classes keep its indices.
    expect(Array.from(set.labels)).toEqual([3, 9, 9, 9])
  })

  it('reads pictures without sub-folders as unlabelled', async () => {
    await put('loose/a.png', picture('png', 32, 32, '#123456'))
    expect(Array.from((await images('loose')).labels)).toEqual([NO_LABEL])
  })

  it('refuses a damaged picture by its name, and a single picture', async () => {
    const whole = await picture('png', 64, 64, '#123456')
    await put('broken/cat/x.png', Promise.resolve(whole.subarray(0, whole.length - 40)))
    const error = await refusal(readPath(join(folder.path, 'broken')))
    expect(error).toMatchObject({ kind: 'bad-file', file: join(folder.path, 'broken', 'cat', 'x.png') })
    const single = join(folder.path, 'animals', 'zebra', '1.png')
    expect((await refusal(readPath(single))).message).toContain('import the folder')
  })
})
