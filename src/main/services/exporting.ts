/** Label sets written to files, in the formats they came in. */
import { exportCounts, exportProbabilities, exportRaw, exportTidy } from '../../data/write/exports'
import { resolve } from 'node:path'
import type { ProjectStore } from '../store'
import { EXPORTS } from '../../shared/contract'
import { assertNever } from '../../shared/errors'
import { labelSetNamed } from './data'

export const EXPORT_FORMATS = EXPORTS
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Answers the absolute path and the rows written: images, or judgments. Throws StudioError where the set has no such thing. */
export async function exportLabelSet(
  store: ProjectStore,
  name: string,
  format: ExportFormat,
  out: string,
): Promise<{ path: string; rows: number }> {
  const set = labelSetNamed(store, name)
  const path = resolve(out)
  const judged = () => ({
    judgments: store.labelSets.judgments.read(set.id),
    annotators: store.labelSets.judgments.annotators(set.id),
    classes: store.imageSets.find(set.imageSet)?.classes ?? null,
  })
  switch (format) {
    case 'counts':
      return { path, rows: await exportCounts(path, store.labelSets.arrays(set.id)) }
    case 'probs':
      return { path, rows: await exportProbabilities(path, store.labelSets.arrays(set.id)) }
    case 'cifar10h-raw':
      return { path, rows: await exportRaw(path, judged()) }
    case 'tidy':
      return { path, rows: await exportTidy(path, judged()) }
    case 'jsonl':
      throw new Error('Not there yet.')
    default:
      return assertNever(format)
  }
}
