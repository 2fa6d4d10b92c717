/**
 * Images and labels as a pair of `.npy` files: uint8 (N, 32, 32, 3) pixels and N integer labels beside them. Which
 * file is which is told by shape and type; names only decide between several files that would fit.
 */
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CIFAR10_CLASSES } from '../../shared/domain'
import { badFile } from '../../shared/errors'
import { digestImages } from '../digest'
import { LIMITS } from '../limits'
import { toNumbers } from '../formats/elements'
import { count, readHead, statPath } from '../formats/files'
import { isNpy, readNpy, readNpyHeader, type NpyHeader } from '../formats/npy'
import { NO_LABEL } from '../../shared/judgments'
import type { ImageSetData, ReadOptions } from '../types'
import { knownImages } from './known'

export interface NpyFile {
  path: string
  header: NpyHeader
}

export const isImages = ({ header: { shape, type } }: NpyFile): boolean =>
  type.kind === 'uint' && type.bytes === 1 && shape.length === 4 && (shape[3] === 3 || shape[3] === 1) && !shape.includes(0) // prettier-ignore

export const isLabels = ({ header: { shape, type } }: NpyFile): boolean =>
  type.kind !== 'float' && shape.length === 1 && (shape[0] ?? 0) > 0

/** The `.npy` files of a folder, by magic, in order of name. Damaged ones are refused. */
export async function npyFilesOf(folder: string): Promise<NpyFile[]> {
  const files: NpyFile[] = []
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name)
    if (!(await statPath(path)).isFile() || !isNpy(await readHead(path, 6))) continue
    files.push({ path, header: await readNpyHeader(path) })
  }
  return files
}

/** Name without extension and without the words that tell the two files of a pair apart. */
const stem = (path: string): string =>
  basename(path)
    .toLowerCase()
    .replace(/\.npy$/, '')
    .replace(/images?|labels?|data|pixels/g, '')

/** The partner of a file among candidates of the other kind: same number of entries, then the likelier name. */
export function partnerOf(file: NpyFile, others: NpyFile[]): NpyFile | null {
  const fitting = others.filter((other) => other.header.shape[0] === file.header.shape[0])
  return fitting.find((other) => stem(other.path) === stem(file.path)) ?? (fitting.length === 1 ? fitting[0] : null) ?? null // prettier-ignore
}

/** Files beside `path` in its folder; damaged neighbours are passed over, for they were not asked for. */
export async function neighbours(path: string): Promise<NpyFile[]> {
  const files: NpyFile[] = []
  for (const name of (await readdir(dirname(path))).sort()) {
    const other = join(dirname(path), name)
    if (name === basename(path) || !(await statPath(other)).isFile() || !isNpy(await readHead(other, 6))) continue
    const header = await readNpyHeader(other).catch(() => null)
    if (header) files.push({ path: other, header })
  }
  return files
}

async function readLabels(file: NpyFile, options: ReadOptions): Promise<Uint8Array> {
  const labels = file.header.shape[0] ?? 0
  if (labels > LIMITS.images.most) {
    throw badFile(file.path, 'header', `It has ${count(labels)} labels; at most ${count(LIMITS.images.most)} are read.`)
  }
  const values = toNumbers(await readNpy(file.path, `Reading ${basename(file.path)}`, options))
  values.forEach((label, i) => {
    if (label < 0 || label >= CIFAR10_CLASSES.length) {
      throw badFile(file.path, `entry [${i}]`, `Label ${label} is outside 0 to 9.`)
    }
  })
  return Uint8Array.from(values)
}

/** Reads pixels and their labels (null: none beside them). `path` is what the person named. */
export async function readPair(
  path: string,
  images: NpyFile,
  labels: NpyFile | null,
  options: ReadOptions,
): Promise<ImageSetData> {
  const [n = 0, height = 0, width = 0, channels = 0] = images.header.shape
  if (height !== 32 || width !== 32 || channels !== 3) {
    const shape = images.header.shape.join(', ')
    throw badFile(images.path, 'header', `Images of shape (${shape}) cannot be used; (N, 32, 32, 3) can.`)
  }
  const { data: pixels } = await readNpy(images.path, `Reading ${basename(images.path)}`, options)
  const column = labels ? await readLabels(labels, options) : new Uint8Array(n).fill(NO_LABEL)
  const known = knownImages(digestImages({ pixels, labels: column }), column)
  const own = stem(images.path).replace(/^[\W_]+|[\W_]+$/g, '')
  return {
    kind: 'images',
    path,
    format: 'npy-pair',
    name: known?.name ?? (own || basename(dirname(images.path))),
    classes: [...CIFAR10_CLASSES],
    count: n,
    height,
    width,
    channels,
    pixels,
    labels: column,
    fileNames: null,
    ...(known?.origin ?? { source: 'NumPy arrays', licence: null, citation: null }),
    report: [
      `${count(n)} images read from ${basename(images.path)}.`,
      labels ? `Labels from ${basename(labels.path)}.` : 'No labels beside them: the images are unlabelled.',
      ...(known ? [`Recognised as ${known.name} by content.`] : []),
    ],
  }
}
