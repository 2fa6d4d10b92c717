/**
 * A folder of pictures: one sub-folder per class, or pictures without classes. PNG, JPEG and WebP, told by their bytes
 * and decoded by sharp; pictures that are not 32x32 are cropped to their middle square and scaled down.
 */
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { LIMITS } from '../encodings/limits'
import { Meter, readHead, statPath, throwIfCancelled } from '../encodings/files'
import { count } from '../../domain/text/numbers'
import { NO_LABEL } from '../../domain/labels/judgments'
import type { ImageSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'

const SIZE = 32
const BYTES = SIZE * SIZE * 3
/** sharp decodes in its own threads; a few pictures at a time keep them busy. */
const AT_ONCE = 8

/** Whether the bytes begin as a PNG, JPEG or WebP file does. */
export function isPicture(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 12)).toString('latin1')
  return (
    text.startsWith('\x89PNG') || text.startsWith('\xff\xd8\xff') || (text.startsWith('RIFF') && text.endsWith('WEBP'))
  )
}

interface Found {
  path: string
  name: string
  /** Sub-folder, null for pictures that lie in the folder itself. */
  category: string | null
}

async function picturesIn(
  folder: string,
  category: string | null,
  skipped: { files: number },
  options: ReadOptions,
): Promise<Found[]> {
  const found: Found[] = []
  for (const name of (await readdir(folder)).sort()) {
    throwIfCancelled(options.signal)
    const path = join(folder, name)
    if (name.startsWith('.') || !(await statPath(path)).isFile()) continue
    if (isPicture(await readHead(path, 12))) found.push({ path, name, category })
    else skipped.files++
  }
  return found
}

/** Pictures of many pixels are decoded one after the other: each may take a few bytes a pixel. */
let large: Promise<unknown> = Promise.resolve()

/** Decodes one picture to 32x32 RGB; answers whether it had another size. Its size is known before it is decoded. */
async function decode(path: string, into: Uint8Array): Promise<boolean> {
  const { pixels: most, manyPixels, side } = LIMITS.picture
  const { width, height } = await sharp(path, { failOn: 'error', limitInputPixels: false })
    .metadata()
    .catch(undecodable(path))
  if (width * height > most || width > side || height > side) {
    throw badFile(path, 'picture', `It has ${count(width)}x${count(height)} pixels; at most ${count(most)} are read.`)
  }
  if (width * height <= manyPixels) return draw(path, into, width, height)
  const drawn = large.then(() => draw(path, into, width, height))
  large = drawn.catch(() => undefined) // its error is told where it is awaited
  return drawn
}

const undecodable =
  (path: string) =>
  (error: unknown): never => {
    throw badFile(path, 'picture', `It cannot be decoded: ${(error as Error).message.split('\n')[0]}.`)
  }

async function draw(path: string, into: Uint8Array, width: number, height: number): Promise<boolean> {
  try {
    const picture = sharp(path, { failOn: 'error', limitInputPixels: LIMITS.picture.pixels }).rotate()
    const resized = width !== SIZE || height !== SIZE
    if (resized) picture.resize(SIZE, SIZE, { fit: 'cover', kernel: 'lanczos3' })
    const { data, info } = await picture
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (data.length === BYTES) into.set(data)
    else {
      // Grey pictures stay single-channel in some libvips versions.
      for (let p = 0; p < SIZE * SIZE; p++) into.fill(data[p * info.channels] ?? 0, p * 3, p * 3 + 3)
    }
    return resized
  } catch (error) {
    return undecodable(path)(error)
  }
}

/** CIFAR-10's order where every name is one of its classes, so that labels mean the same everywhere; else by name. */
function classesOf(categories: string[]): string[] {
  const cifar: readonly string[] = CIFAR10_CLASSES
  return categories.length > 0 && !categories.every((name) => cifar.includes(name)) ? categories : [...cifar]
}

/** Reads a folder of pictures; null where it has none. */
export async function readImageFolder(path: string, options: ReadOptions): Promise<ImageSetData | null> {
  const skipped = { files: 0 }
  const entries = await readdir(path, { withFileTypes: true })
  const categories: string[] = []
  const found: Found[] = []
  for (const entry of entries.filter((one) => one.isDirectory() && !one.name.startsWith('.')).sort(byName)) {
    const pictures = await picturesIn(join(path, entry.name), entry.name, skipped, options)
    if (pictures.length === 0) continue
    categories.push(entry.name)
    for (const picture of pictures) found.push(picture)
  }
  if (categories.length === 0) found.push(...(await picturesIn(path, null, skipped, options)))
  if (found.length === 0) return null
  if (categories.length >= NO_LABEL) throw badFile(path, 'sub-folders', `${categories.length} classes are too many.`)

  const most = Math.floor(LIMITS.arrayBytes / BYTES)
  if (found.length > most) {
    throw badFile(path, 'folder', `It has ${count(found.length)} pictures; at most ${count(most)} are read.`)
  }

  const classes = classesOf(categories)
  const pixels = new Uint8Array(found.length * BYTES)
  const meter = new Meter(`Reading pictures of ${basename(path)}`, found.length, options)
  let resized = 0
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const some = found.slice(at, at + AT_ONCE)
    const changed = await Promise.all(
      some.map((one, k) => decode(one.path, pixels.subarray((at + k) * BYTES, (at + k + 1) * BYTES))),
    )
    resized += changed.filter(Boolean).length
    meter.at(at + some.length)
  }
  const report = [`${count(found.length)} pictures of ${count(categories.length)} classes read.`]
  if (categories.length === 0) report.push('No sub-folders: the images are unlabelled.')
  if (resized > 0) report.push(`${count(resized)} pictures were not 32x32: cropped to the middle square and scaled.`)
  if (skipped.files > 0) report.push(`${count(skipped.files)} files are no PNG, JPEG or WebP and were passed over.`)
  return {
    kind: 'images',
    path,
    format: 'image-folder',
    name: basename(path),
    classes,
    count: found.length,
    height: SIZE,
    width: SIZE,
    channels: 3,
    pixels,
    labels: Uint8Array.from(found, (one) => (one.category === null ? NO_LABEL : classes.indexOf(one.category))),
    fileNames: found.map((one) => (one.category === null ? one.name : `${one.category}/${one.name}`)),
    source: 'Folder of pictures',
    licence: null,
    citation: null,
    report,
  }
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)
