/** Measures of predictions of which some are of images that nobody judged (domain/labels/unjudged.ts). */
import { rowAt } from '../labels/distribution'
import type { Measures } from './measures'
import { judgedAmong } from '../labels/unjudged'
import { crossEntropyToPeople } from './crossEntropy'
import { measures, OF_PEOPLE } from './measures'
import { type Predictions } from './predictions'

/**
 * As `measures`, those of people over the images that were judged only; then `judgedImages` says how many these are.
 *
 * @param people human distributions (n, classes), NaN where nobody judged the image; null where there are none
 * @throws StudioError('bad-input') as `measures` does
 */
export function measuresWhereJudged(
  values: Predictions['values'],
  labels: Predictions['labels'],
  people: Predictions['people'] | null,
  classes: number,
): Measures {
  const part =
    people && people.length === labels.length * classes ? judgedPart({ values, labels, people, classes }) : null
  if (!part) return measures(values, labels, people, classes)
  const judgedImages = part.labels.length
  const ofAll = { ...measures(values, labels, null, classes), judgedImages }
  if (judgedImages === 0) return ofAll
  const ofJudged = Object.entries(measures(part.values, part.labels, part.people, classes))
  return { ...ofAll, ...Object.fromEntries(ofJudged.filter(([name]) => OF_PEOPLE.has(name))) }
}

/** As `crossEntropyToPeople`, over the images that were judged; null where none was. */
export function crossEntropyWhereJudged(predictions: Predictions): number | null {
  const part = judgedPart(predictions) ?? predictions
  return part.labels.length === 0 ? null : crossEntropyToPeople(part)
}

/** The rows of images that were judged; null where all were. */
function judgedPart({ values, labels, people, classes }: Predictions): Predictions | null {
  const judged = judgedAmong(people, classes)
  if (judged.length === labels.length) return null
  const rows = (table: Predictions['values']) => {
    const found = new Float64Array(judged.length * classes)
    judged.forEach((image, n) => found.set(rowAt(table, image, classes), n * classes))
    return found
  }
  return {
    values: rows(values),
    labels: Int32Array.from(judged, (image) => labels[image] ?? -1),
    people: rows(people),
    classes,
  }
}
