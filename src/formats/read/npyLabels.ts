/**
 * Two-dimensional `.npy` arrays as label sets: (images, 10) integers are CIFAR-10H counts, (images, 10) floats are
 * probabilities. With a sidecar there may be other classes than ten.
 */
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { requireJudgments, unjudged } from '../../domain/study/exclusion'
import { classesOf, misfit, type Sidecar } from '../sets/about'
import { LIMITS } from '../encodings/limits'
import { elements, toNumbers } from '../encodings/elements'
import { count } from '../../domain/text/numbers'
import type { NpyHeader } from '../encodings/npy'
import { normalizeDistributions, normalizedReport } from '../sets/probabilities'
import { countsToProbabilities } from '../../domain/labels/statistics'
import type { LabelSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'
import type { ArrayFile } from './arrayFile'
import { fromSidecar, requireFormat, requireRows, sidecarReport } from './judged'
import { CIFAR10H, isPublishedCounts, isPublishedProbabilities } from './known'

/** Whether a header is that of counts or probabilities. */
export const isLabelTable = ({ shape, type }: NpyHeader, sidecar: Sidecar | null): boolean =>
  shape.length === 2 && shape[1] === classesOf(sidecar) && (shape[0] ?? 0) > 0 && type.kind !== 'bool'

/** The sidecar must speak of an array like this one. */
export function requireShape(sidecar: Sidecar, { shape }: NpyHeader): void {
  requireRows(sidecar, shape[0] ?? 0)
  const { count: images, classes } = sidecar.images
  if (shape.length === 2 && shape[0] === images && shape[1] === classes.length) return
  const reason = `It says ${images} images of ${classes.length} classes; the array has the shape (${shape.join(', ')}).`
  throw misfit(sidecar.path, 'key images', reason)
}

function countsOf(path: string, values: Float64Array, classes: number): Uint32Array {
  values.forEach((value, k) => {
    if (value < 0 || value > 0xffffffff) {
      throw badFile(path, entry(k, classes), `A count of ${value} is impossible.`)
    }
  })
  return Uint32Array.from(values)
}

const entry = (k: number, classes: number): string => `entry [${Math.floor(k / classes)}, ${k % classes}]`

/** Whether floats are counts: whole numbers, and not one in each row, which is a distribution as well. */
function areCounts(values: Float64Array, classes: number): boolean {
  if (!values.every((value) => Number.isInteger(value) && value >= 0)) return false
  for (let at = 0; at < values.length; at += classes) {
    if (values.subarray(at, at + classes).reduce((sum, value) => sum + value, 0) !== 1) return true
  }
  return false
}

/** Reads (images, classes) counts or probabilities; the published ones are recognised by their values. */
export async function readNpyLabels(
  file: ArrayFile,
  sidecar: Sidecar | null,
  options: ReadOptions,
): Promise<LabelSetData> {
  const { path, header, name } = file
  const classes = classesOf(sidecar)
  const cells = elements(header.shape)
  if (cells > LIMITS.tableCells || (header.shape[0] ?? 0) > LIMITS.images.most) {
    throw badFile(path, 'header', `It has ${count(cells)} entries; at most ${count(LIMITS.tableCells)} are read.`)
  }
  const values = toNumbers(await file.read(options))
  const images = header.shape[0] ?? 0
  const common = { kind: 'labels', path, images, judgments: null, annotators: null } as const
  const unknown = { name, imageSet: null, classes: null, licence: null, citation: null }
  const published = (title: string): object => ({
    name: title,
    imageSet: 'cifar10-test',
    classes: [...CIFAR10_CLASSES],
    ...CIFAR10H,
  })
  const float = header.type.kind === 'float'
  if (!float || areCounts(values, classes)) {
    if (sidecar) requireFormat(sidecar, 'counts')
    const counts = countsOf(path, values, classes)
    const total = counts.reduce((sum, n) => sum + n, 0)
    requireJudgments(path, total)
    const same = isPublishedCounts(counts)
    const report = [`${count(total)} judgments of ${count(images)} images.`]
    if (float) report.push('All numbers are whole: they were read as counts.')
    const empty = unjudged(counts, classes)
    if (empty > 0) report.push(`${count(empty)} images have no judgment; their distribution is uniform.`)
    if (same) {
      report.push('Identical to the published counts: 511,000 judgments, where the paper says 511,400.')
    }
    const probabilities = countsToProbabilities(counts, classes)
    return {
      ...common,
      format: 'cifar10h-counts',
      counts,
      probabilities,
      ...unknown,
      source: 'Counts per image and class (.npy)',
      ...(same ? published('cifar10h-counts') : {}),
      ...fromSidecar(sidecar),
      report: [...report, ...sidecarReport(sidecar, { counts, probabilities })],
    }
  }
  if (sidecar) requireFormat(sidecar, 'probs')
  const normalized = normalizeDistributions(path, values, classes)
  const same = isPublishedProbabilities(values)
  return {
    ...common,
    format: 'cifar10h-probs',
    counts: null,
    probabilities: values,
    ...unknown,
    source: 'Probabilities per image and class (.npy)',
    ...(same ? published('cifar10h-probs') : {}),
    ...fromSidecar(sidecar),
    report: [
      `Distributions of ${count(images)} images; how many people answered is not in the file.`,
      ...normalizedReport(normalized),
      ...(same ? ['Identical to the published probabilities.'] : []),
      ...sidecarReport(sidecar, { counts: null, probabilities: values }),
    ],
  }
}
