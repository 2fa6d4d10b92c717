/** Images as an array: uint8 (N, 32, 32, 3), with their labels where an array beside them has them. */
import { basename, dirname } from 'node:path'
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { NO_LABEL } from '../../domain/labels/judgments'
import { digestImages } from '../sets/digest'
import { describeArray } from '../encodings/elements'
import { count } from '../../domain/text/numbers'
import type { ImageSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'
import type { ArrayFile } from './arrayFile'
import { labelsReport, readLabels, stem, type LabelsFound } from './arrayLabels'
import { knownImages } from './known'

export const isImages = ({ header: { shape, type } }: ArrayFile): boolean =>
  type.kind === 'uint' &&
  type.bytes === 1 &&
  shape.length === 4 &&
  (shape[3] === 3 || shape[3] === 1) &&
  !shape.includes(0)

/** Reads images and the labels found for them. `path` is what the person named. */
export async function readImages(
  path: string,
  images: ArrayFile,
  labels: LabelsFound,
  options: ReadOptions,
): Promise<ImageSetData> {
  const [n = 0, height = 0, width = 0, channels = 0] = images.header.shape
  if (height !== 32 || width !== 32 || channels !== 3) {
    throw badFile(images.path, 'header', `${describeArray(images.header)} cannot be used; uint8 (N, 32, 32, 3) can.`)
  }
  const { data: pixels } = await images.read(options)
  const column = labels.file ? await readLabels(labels.file, options) : new Uint8Array(n).fill(NO_LABEL)
  const known = knownImages(digestImages({ pixels, labels: column }), column)
  return {
    kind: 'images',
    path,
    format: 'npy-pair',
    name: known?.name ?? (stem(images.name) || folderName(path, images)),
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
      labelsReport(labels),
      ...(known ? [`Recognised as ${known.name} by content.`] : []),
    ],
  }
}

/** A file called images.npy says nothing; the folder or the archive it lies in may. */
const folderName = (path: string, images: ArrayFile): string =>
  images.path.startsWith(`${path}: `) ? basename(path).replace(/\.npz$/i, '') : basename(dirname(images.path))
