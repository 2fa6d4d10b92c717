/** The published definition: an image's distribution is its counts over their sum. */
import { shares, type Ballots } from './ballots'
import { number, type Aggregated } from './words'

export function countVotes({ counts, classes, count }: Ballots): Aggregated {
  return {
    probabilities: shares(counts, classes),
    counts,
    report: [`Shares of ${number(count)} judgments, each of equal weight.`],
  }
}
