/** Majority vote: all probability on the class chosen most often; classes that tie share it equally. */
import { shares, type Ballots } from './ballots'
import type { Aggregated } from './words'
import { count } from '../../text/numbers'

/** (images*classes) 1 on each class that no other beats, 0 elsewhere; all 0 without votes. */
export function winners({ counts, classes }: Ballots): Uint8Array {
  const won = new Uint8Array(counts.length)
  for (let at = 0; at < counts.length; at += classes) {
    let most = 1
    for (let c = at; c < at + classes; c++) most = Math.max(most, counts[c] ?? 0)
    for (let c = at; c < at + classes; c++) won[c] = counts[c] === most ? 1 : 0
  }
  return won
}

export function majority(ballots: Ballots): Aggregated {
  const won = winners(ballots)
  let ties = 0
  for (let at = 0; at < won.length; at += ballots.classes) {
    let first = 0
    for (let c = at; c < at + ballots.classes; c++) first += won[c] ?? 0
    if (first > 1) ties++
  }
  return {
    probabilities: shares(won, ballots.classes),
    counts: null,
    report: [
      'All probability is on the class chosen most often.',
      `Images on which classes tie and share it equally: ${count(ties)}.`,
    ],
  }
}
