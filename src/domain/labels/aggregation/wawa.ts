/**
 * Worker agreement with aggregate: an annotator's weight is the share of their votes that went with the majority, and
 * the distribution is the shares of the weighted votes. Where n classes tie, agreeing with one of them counts as 1/n.
 */
import { shares, type Ballots } from './ballots'
import { winners } from './majority'
import type { Overlap } from './overlap'
import { spread, type Aggregated } from './words'

export interface WawaFit {
  probabilities: Float64Array
  /** Share of agreement with the majority per annotator; 0 for those without votes. */
  weights: Float64Array
}

export function fitWawa(ballots: Ballots): WawaFit {
  const { count, annotator, image, chosen, classes, given, counts } = ballots
  const majority = shares(winners(ballots), classes, () => 0)
  const weights = new Float64Array(ballots.annotators)
  for (let v = 0; v < count; v++) {
    const a = annotator[v] ?? 0
    weights[a] = (weights[a] ?? 0) + (majority[(image[v] ?? 0) * classes + (chosen[v] ?? 0)] ?? 0)
  }
  given.forEach((n, a) => (weights[a] = n > 0 ? (weights[a] ?? 0) / n : 0))

  const weighted = new Float64Array(counts.length)
  for (let v = 0; v < count; v++) {
    const cell = (image[v] ?? 0) * classes + (chosen[v] ?? 0)
    weighted[cell] = (weighted[cell] ?? 0) + (weights[annotator[v] ?? 0] ?? 0)
  }
  // An image's votes never weigh 0 together: whoever chose a winner there has agreed at least once.
  return { probabilities: shares(weighted, classes), weights }
}

export function wawa(ballots: Ballots, overlap: Overlap): Aggregated {
  const { probabilities, weights } = fitWawa(ballots)
  return {
    probabilities,
    counts: null,
    report: [
      'A vote weighs as much as its annotator agrees with the majority; one round, nothing is iterated.',
      spread('Share of agreement with the majority', weights, overlap.shared),
    ],
  }
}
