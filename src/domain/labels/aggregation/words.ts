/** What every method answers, and the words its report is made of. */
import { count } from '../../text/numbers'
import { median } from '../../averages'

export interface Aggregated {
  /** (images*classes), rows sum to 1; uniform where an image has no judgment. */
  probabilities: Float64Array
  /** (images*classes) kept judgments; null where the probabilities are not shares of them. */
  counts: Uint32Array | null
  /** Sentences: iterations, convergence, what the method assumes, how annotators came out. */
  report: string[]
}

export type Progress = (done: number, total: number) => void

/**
 * "Estimated accuracy, 12 annotators: median 0.910, from 0.350 to 0.990.", of those with judgments on images that
 * others judged too: of the rest nothing was learned.
 */
export function spread(what: string, values: Float64Array, shared: Uint32Array): string {
  const sorted = values.filter((_, a) => (shared[a] ?? 0) > 0).sort()
  if (sorted.length === 0)
    return `${what}: not known of any annotator, for none judged an image that another judged too.`
  const show = (value: number | undefined): string => (value ?? 0).toFixed(3)
  return `${what}, ${count(sorted.length)} annotators: median ${show(median(sorted))}, from ${show(sorted[0])} to ${show(sorted.at(-1))}.`
}

/** How an iteration ended. */
export const ended = (iterations: number, converged: boolean): string =>
  converged
    ? `Iterations until it converged: ${count(iterations)}.`
    : `Iterations: ${count(iterations)}, and not converged: the result is still moving.`
