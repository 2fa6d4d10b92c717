/**
 * Labels as an array beside images: N whole numbers of any type, as (N) or Keras's (N, 1), or one row of N for each
 * image that is 1 in its class and 0 elsewhere (one-hot).
 */
import { basename } from 'node:path'
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { toNumbers } from '../encodings/elements'
import { count } from '../../domain/text/numbers'
import type { NpyHeader } from '../encodings/npy'
import { LIMITS } from '../encodings/limits'
import type { ReadOptions } from '../encodings/readOptions'
import type { ArrayFile } from './arrayFile'

const CLASSES = CIFAR10_CLASSES.length

/** Labels by shape and type; whether floats are whole numbers, only their values tell. */
export const isLabelVector = ({ shape, type }: NpyHeader): boolean =>
  type.kind !== 'bool' && (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) && (shape[0] ?? 0) > 0

const isTable = ({ shape }: NpyHeader): boolean => shape.length === 2 && shape[1] === CLASSES && (shape[0] ?? 0) > 0

async function areWholeLabels(file: ArrayFile, options: ReadOptions): Promise<boolean> {
  if (file.header.type.kind !== 'float') return true
  return toNumbers(await file.read(options)).every((value) => Number.isInteger(value) && value >= 0 && value < CLASSES)
}

async function isOneHot(file: ArrayFile, options: ReadOptions): Promise<boolean> {
  if (!isTable(file.header)) return false
  const values = toNumbers(await file.read(options))
  for (let at = 0; at < values.length; at += CLASSES) {
    const row = values.subarray(at, at + CLASSES)
    if (!row.every((value) => value === 0 || value === 1) || row.reduce((sum, value) => sum + value, 0) !== 1)
      return false
  }
  return true
}

/** Name without the words that tell the two arrays of a pair apart. */
export const stem = (name: string): string =>
  name
    .toLowerCase()
    .replace(/images?|labels?|data|pixels|targets?/g, '')
    .replace(/(?<![a-z])[xy](?![a-z])/g, '')
    .replace(/^[\W_]+|[\W_]+$/g, '')

/** The one among candidates whose name says that it belongs to `file`, or the only one. */
export function likeliest<T extends Pick<ArrayFile, 'name'>>(
  file: Pick<ArrayFile, 'name'>,
  fitting: readonly T[],
): T | null {
  const alike = fitting.filter((other) => stem(other.name) === stem(file.name))
  return (alike.length === 1 ? alike[0] : null) ?? (fitting.length === 1 ? fitting[0] : null) ?? null
}

export interface LabelsFound {
  file: ArrayFile | null
  /** Arrays that all might be the labels, where nothing says which. */
  undecided: ArrayFile[]
}

/**
 * The labels of `images` among other arrays. Label vectors go before one-hot tables, which may be counts of one
 * judgment.
 */
export async function labelsBeside(
  images: ArrayFile,
  others: readonly ArrayFile[],
  options: ReadOptions,
): Promise<LabelsFound> {
  const sameCount = others.filter((other) => other !== images && other.header.shape[0] === images.header.shape[0])
  const tests = [
    async (file: ArrayFile) => isLabelVector(file.header) && (await areWholeLabels(file, options)),
    (file: ArrayFile) => isOneHot(file, options),
  ]
  for (const test of tests) {
    const fitting: ArrayFile[] = []
    for (const file of sameCount) if (await test(file)) fitting.push(file)
    if (fitting.length === 0) continue
    const file = likeliest(images, fitting)
    return { file, undecided: file ? [] : fitting }
  }
  return { file: null, undecided: [] }
}

/** Class per image. Throws bad-file naming the entry that is no class. */
export async function readLabels(file: ArrayFile, options: ReadOptions): Promise<Uint8Array> {
  const [labels = 0] = file.header.shape
  if (labels > LIMITS.images.most) {
    throw badFile(file.path, 'header', `It has ${count(labels)} labels; at most ${count(LIMITS.images.most)} are read.`)
  }
  const values = toNumbers(await file.read(options))
  if (!isLabelVector(file.header)) {
    return Uint8Array.from({ length: labels }, (_, i) => values.subarray(i * CLASSES, (i + 1) * CLASSES).indexOf(1))
  }
  values.forEach((label, i) => {
    if (Number.isInteger(label) && label >= 0 && label < CLASSES) return
    throw badFile(file.path, `entry [${i}]`, `Label ${label} is outside 0 to ${CLASSES - 1}.`)
  })
  return Uint8Array.from(values)
}

/** Where labels came from, for a report. */
export function labelsReport({ file, undecided }: LabelsFound): string {
  if (file) return `Labels from ${basename(file.path)}${isLabelVector(file.header) ? '' : ' (one-hot)'}.`
  if (undecided.length === 0) return 'No labels beside them: the images are unlabelled.'
  const names = undecided.map(({ name }) => name).join(', ')
  return `Several arrays might be their labels (${names}), and no name says which: the images are unlabelled.`
}
