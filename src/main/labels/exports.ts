/** Label sets written to files, in the formats they came in, each with its sidecar. */
import { exportLabels, type ExportData, type ExportOptions } from '../../formats/write/labels'
import type { ExportFormat } from '../../formats/sets/about'
import { EXPORTS } from '../../domain/labels/exports'
import type { ProjectStore } from '../storage'
import { usualFileMode } from '../storage/permissions'
import { labelSetNamed } from './labelSets'
import { exportTarget } from '../project/exportTarget'

export const EXPORT_FORMATS = EXPORTS
export type { ExportFormat }

/**
 * Answers the absolute path and the rows written: images, or judgments. Throws StudioError where there is no such set,
 * where the set has no such thing, and where the file cannot be written.
 */
export async function exportLabelSet(
  store: ProjectStore,
  name: string,
  format: ExportFormat,
  out: string,
  options: ExportOptions = {},
): Promise<{ path: string; rows: number }> {
  const perJudgment = format !== 'counts' && format !== 'probs'
  const target = exportTarget(out, store.folder)
  return exportLabels(exportData(store, name, perJudgment), format, target, { ...options, mode: usualFileMode() })
}

/** A label set as it leaves the project; judgments only where they are asked for. */
function exportData(store: ProjectStore, name: string, perJudgment: boolean): ExportData {
  const set = labelSetNamed(store, name)
  const images = store.imageSets.find(set.imageSet)
  const { counts, probabilities } = store.labelSets.arrays(set.id)
  return {
    name: set.name,
    imageSet: {
      name: set.imageSet,
      count: set.images,
      // Labels may wait for their images: then no more than the name is known.
      classes: images?.classes ?? null,
      digest: images?.digest ?? null,
      licence: images?.licence ?? null,
      citation: images?.citation ?? null,
    },
    images: set.images,
    counts,
    probabilities,
    judgments: perJudgment ? store.labelSets.judgments.read(set.id) : null,
    annotators: store.labelSets.judgments.annotators(set.id),
    source: set.source,
    licence: set.licence,
    citation: set.citation,
    digest: set.digest,
    ...store.labelSets.rules(set.id),
  }
}
