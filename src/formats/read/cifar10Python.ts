/**
 * CIFAR-10's Python version: each batch a pickled dict of `data` (uint8 (10000, 3072), planar), `labels` and
 * `filenames`. The published files were written by Python 2; later protocols are read as well.
 */
import { basename } from 'node:path'
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { LIMITS } from '../encodings/limits'
import { describeArray, elements, toNumbers } from '../encodings/elements'
import { count } from '../../domain/text/numbers'
import { readAll } from '../encodings/files'
import { unpickle, type PickleValue } from '../encodings/pickle'
import { PickledArray } from '../encodings/pickleObjects'
import type { ImageSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'
import { BATCH, IMAGE_BYTES, cifarSet, interleave, type BatchCollector } from './cifar10'

interface Batch {
  data: Uint8Array
  labels: Uint8Array
  fileNames: string[] | null
}

const lengthOf = (value: PickleValue): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : 0

/** Checks an unpickled batch; throws bad-file naming the field and entry. */
function asBatch(file: string, place: string, value: PickleValue): Batch {
  if (!(value instanceof Map)) throw badFile(file, `${place}top level`, 'The pickle holds no dictionary.')
  const data: PickleValue | undefined = value.get('data')
  const array = data instanceof PickledArray ? data.array : null
  const pixels = array?.type.kind === 'uint' && array.type.bytes === 1
  if (!array || !pixels || array.shape.length !== 2 || array.shape[1] !== IMAGE_BYTES) {
    const found = array ? `It is ${describeArray(array)}` : 'It is no array'
    throw badFile(file, `${place}key data`, `${found}; uint8 (images, ${count(IMAGE_BYTES)}) is wanted.`)
  }
  const images = array.shape[0] ?? 0
  const column: PickleValue | undefined = value.get('labels')
  const given = column instanceof PickledArray ? column.array : null
  // As many as images first: numbers take eight times what they may have in the file.
  const numbers = given && elements(given.shape) === images ? Array.from(toNumbers(given)) : column
  if (!Array.isArray(numbers) || numbers.length !== images) {
    throw badFile(file, `${place}key labels`, `There are not as many labels as the ${count(images)} images.`)
  }
  numbers.forEach((label, i) => {
    if (typeof label !== 'number' || !Number.isInteger(label) || label < 0 || label >= CIFAR10_CLASSES.length) {
      throw badFile(
        file,
        `${place}key labels, entry [${i}]`,
        `Label ${typeof label === 'number' ? label : 'of another type'} is outside 0 to 9.`,
      )
    }
  })
  const names: PickleValue | undefined = value.get('filenames')
  if (Array.isArray(names)) {
    const long = names.findIndex((name) => lengthOf(name) > LIMITS.nameLength)
    if (long >= 0) throw badFile(file, `${place}key filenames, entry [${long}]`, 'The name is too long.')
  }
  const fileNames =
    Array.isArray(names) && names.length === images
      ? names.map((name) =>
          name instanceof Uint8Array ? Buffer.from(name).toString('latin1') : typeof name === 'string' ? name : '',
        )
      : null
  return { data: array.data, labels: Uint8Array.from(numbers as number[]), fileNames }
}

/** Adds one of the six published batches; it must have 10,000 images. */
export async function addPythonBatch(
  collector: BatchCollector,
  number: number,
  bytes: Uint8Array,
  file: string,
  member: string | null,
): Promise<void> {
  const place = member === null ? '' : `${member}, `
  const batch = asBatch(file, place, unpickle(file, bytes, place))
  if (batch.labels.length !== BATCH) {
    throw badFile(file, `${place}key data`, `It has ${count(batch.labels.length)} of ${count(BATCH)} images.`)
  }
  await collector.add(number, batch.fileNames, (pixels, labels, first) => {
    labels.set(batch.labels, first)
    interleave(batch.data, BATCH, IMAGE_BYTES, 0, pixels, first)
  })
}

/** A single pickled batch of any number of images. */
export async function readPythonFile(path: string, options: ReadOptions): Promise<ImageSetData> {
  const bytes = await readAll(path, `Reading ${basename(path)}`, options, LIMITS.pickle.bytes)
  const { data, labels, fileNames } = asBatch(path, '', unpickle(path, bytes))
  const pixels = new Uint8Array(labels.length * IMAGE_BYTES)
  interleave(data, labels.length, IMAGE_BYTES, 0, pixels, 0)
  const report = [`${count(labels.length)} images read; a published batch has ${count(BATCH)}.`]
  return cifarSet(path, 'cifar10-python', basename(path), pixels, labels, fileNames, report)
}
