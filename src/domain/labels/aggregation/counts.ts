/** The published definition: an image's distribution is its counts over their sum. */
import { shares, type Ballots } from './ballots'
import type { Aggregated } from './words'
import { count } from '../../text/numbers'

export function countVotes({ counts, classes, count: judgments }: Ballots): Aggregated {
  return {
    probabilities: shares(counts, classes),
    counts,
    report: [`Shares of ${count(judgments)} judgments, each of equal weight.`],
  }
}
