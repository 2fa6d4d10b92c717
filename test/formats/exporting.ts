/** What data tests ask of exports: a label set as it would leave a project. */
import { rmSync } from 'node:fs'
import { aboutPath, type ExportFormat } from '../../src/formats/sets/about'
import { digestLabels } from '../../src/formats/sets/digest'
import { readPath } from '../../src/formats/read'
import type { LabelSetData } from '../../src/formats/sets/types'
import { exportLabels, type ExportData } from '../../src/formats/write/labels'

type Given = Omit<LabelSetData, 'kind' | 'path' | 'format' | 'report'>

export function exportData(set: Given, change: Partial<ExportData> = {}): ExportData {
  const { name, images, counts, probabilities, judgments, annotators, licence, citation, source } = set
  const imageSet = {
    name: set.imageSet ?? 'images',
    count: images,
    classes: set.classes,
    licence: null,
    citation: null,
  }
  const digest = digestLabels(set)
  return {
    name,
    images,
    counts,
    probabilities,
    judgments,
    annotators,
    licence,
    citation,
    source,
    imageSet,
    digest,
    ...change,
  }
}

/** Exports with a sidecar. */
export const exported = async (format: ExportFormat, out: string, set: Given): Promise<number> =>
  (await exportLabels(exportData(set), format, out)).rows

/** Exports and takes the sidecar away, as it gets lost when a file is passed on alone. */
export async function exportedAlone(format: ExportFormat, out: string, set: Given): Promise<number> {
  const rows = await exported(format, out, set)
  rmSync(aboutPath(out))
  return rows
}

export async function labelsAt(path: string): Promise<LabelSetData> {
  const item = (await readPath(path)).at(-1)
  if (item?.kind !== 'labels') throw new Error('no labels')
  return item
}
