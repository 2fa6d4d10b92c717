/** What the sidecar of an export says. */
import type { About, ExportFormat } from '../sets/about'
import { CHECK_THRESHOLD, scoreAnnotators } from '../../domain/study/exclusion'
import { explain } from '../sets/rules'
import { classNames, type ExportData } from './data'

/**
 * The sidecar's content. Its rules give exactly the exclusions of the table: those that follow neither from the
 * threshold nor from a verdict are put down as decided by hand. Nothing is said of people without a judgment.
 */
export function aboutOf(data: ExportData, format: ExportFormat, rows: number): About {
  const { imageSet } = data
  return {
    program: 'Second Guess',
    version: 1,
    made: new Date().toISOString(),
    format,
    rows,
    ...(format === 'tidy' || format === 'cifar10h-raw' ? { formulas: 'neutralized' as const } : {}),
    labels: {
      name: data.name,
      source: data.source ?? null,
      digest: data.digest,
      licence: data.licence,
      citation: data.citation,
    },
    images: {
      name: imageSet?.name ?? null,
      count: data.images,
      classes: [...classNames(data)],
      digest: imageSet?.digest ?? null,
      licence: imageSet?.licence ?? null,
      citation: imageSet?.citation ?? null,
    },
    rules: rulesOf(data),
  }
}

function rulesOf({ judgments, annotators, threshold = CHECK_THRESHOLD, verdicts = [] }: ExportData): About['rules'] {
  if (!annotators) return null
  if (!judgments)
    return { threshold, byHand: explain(annotators, annotators.excluded, threshold, verdicts, () => true) }
  const present = new Uint8Array(annotators.code.length)
  for (let j = 0; j < judgments.count; j++) present[judgments.annotator[j] ?? 0] = 1
  // Who reads the file has the scores from its rows, so these are the ones to judge by.
  const scores = scoreAnnotators([...annotators.code], judgments)
  return { threshold, byHand: explain(scores, annotators.excluded, threshold, verdicts, (a) => present[a] === 1) }
}
