/**
 * Two-dimensional `.npy` arrays as label sets: (images, 10) integers are CIFAR-10H counts, (images, 10) floats are
 * probabilities. With a sidecar there may be other classes than ten.
 */
import { basename } from 'node:path'
import { CIFAR10_CLASSES } from '../../shared/domain'
import { badFile } from '../../shared/errors'
import { requireJudgments, unjudged } from '../../study/exclusion'
import { classesOf, misfit, type Sidecar } from '../about'
import { LIMITS } from '../limits'
import { elements, toNumbers } from '../formats/elements'
import { count } from '../formats/files'
import { readNpy, type NpyHeader } from '../formats/npy'
import { countsToProbabilities } from '../statistics'
import type { LabelSetData, ReadOptions } from '../types'
import { fromSidecar, requireFormat, requireRows, sidecarReport } from './judged'
import { CIFAR10H, isPublishedCounts, isPublishedProbabilities } from './known'

/** Whether a header is that of counts or probabilities. */
export const isLabelTable = ({ shape, type }: NpyHeader, sidecar: Sidecar | null): boolean =>
  shape.length === 2 && shape[1] === classesOf(sidecar) && (shape[0] ?? 0) > 0 && type.kind !== 'bool'

/** The sidecar must speak of an array like this one. */
export function requireShape(sidecar: Sidecar, { shape, type }: NpyHeader): void {
  requireFormat(sidecar, type.kind === 'float' ? 'probs' : 'counts')
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

/** Checks rows: no NaN, nothing negative, sums of 1 within `tolerance`. */
function checkProbabilities(path: string, values: Float64Array, classes: number, tolerance: number): void {
  let sum = 0
  values.forEach((value, k) => {
    if (!(value >= 0 && value <= 1 + tolerance)) {
      const reason = Number.isNaN(value) ? 'NaN is no probability.' : `${value} is no probability.`
      throw badFile(path, entry(k, classes), reason)
    }
    sum = k % classes === 0 ? value : sum + value
    if (k % classes === classes - 1 && Math.abs(sum - 1) > tolerance) {
      const i = Math.floor(k / classes)
      throw badFile(
        path,
        `entries [${i}, 0] to [${i}, ${classes - 1}]`,
        `The row sums to ${Number(sum.toPrecision(8))}, not to 1.`,
      )
    }
  })
}

/** Reads (images, classes) counts or probabilities; the published ones are recognised by their values. */
export async function readNpyLabels(
  path: string,
  header: NpyHeader,
  sidecar: Sidecar | null,
  options: ReadOptions,
): Promise<LabelSetData> {
  const classes = classesOf(sidecar)
  const cells = elements(header.shape)
  if (cells > LIMITS.tableCells || (header.shape[0] ?? 0) > LIMITS.images.most) {
    throw badFile(path, 'header', `It has ${count(cells)} entries; at most ${count(LIMITS.tableCells)} are read.`)
  }
  const values = toNumbers(await readNpy(path, `Reading ${basename(path)}`, options))
  const images = header.shape[0] ?? 0
  const name = basename(path).replace(/\.npy$/i, '')
  const common = { kind: 'labels', path, images, judgments: null, annotators: null } as const
  const unknown = { name, imageSet: null, classes: null, licence: null, citation: null }
  const published = (title: string): object => ({
    name: title,
    imageSet: 'cifar10-test',
    classes: [...CIFAR10_CLASSES],
    ...CIFAR10H,
  })
  if (header.type.kind !== 'float') {
    const counts = countsOf(path, values, classes)
    const total = counts.reduce((sum, n) => sum + n, 0)
    requireJudgments(path, total)
    const same = isPublishedCounts(counts)
    const report = [`${count(total)} judgments of ${count(images)} images.`]
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
  const single = header.type.bytes === 4
  checkProbabilities(path, values, classes, single ? 1e-4 : 1e-6)
  // float32 rows sum to 1 only roughly; float64 ones are kept to the last bit.
  if (single) normalise(values, classes)
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
      ...(same ? ['Identical to the published probabilities.'] : []),
      ...sidecarReport(sidecar, { counts: null, probabilities: values }),
    ],
  }
}

function normalise(values: Float64Array, classes: number): void {
  for (let at = 0; at < values.length; at += classes) {
    const row = values.subarray(at, at + classes)
    const sum = row.reduce((total, value) => total + value, 0)
    row.forEach((value, c) => (row[c] = value / sum))
  }
}
