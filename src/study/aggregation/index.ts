/**
 * From judgments to one distribution per image, by five methods (docs/decisions/011-aggregation.md). Attention checks
 * and excluded annotators never vote. All are deterministic; nothing is made per judgment but typed arrays.
 */
import { assertNever } from '../../shared/errors'
import type { Aggregation } from '../../shared/study'
import { collectBallots, judgedImages, type Votes } from './ballots'
import { countVotes } from './counts'
import { dawidSkene } from './dawidSkene'
import { mace } from './mace'
import { majority } from './majority'
import { wawa } from './wawa'
import { number, type Aggregated, type Progress } from './words'

export type { Aggregated, Votes }

/**
 * `onProgress` is called after every iteration of the methods that iterate; what it throws ends the work and is passed on.
 * Throws StudioError `bad-input` where a judgment names an annotator, an image or a class that there is not.
 */
export function aggregateVotes(
  method: Aggregation,
  votes: Votes,
  options: { seed?: number; onProgress?: Progress } = {},
): Aggregated {
  const ballots = collectBallots(votes)
  const run = (): Aggregated => {
    switch (method) {
      case 'counts':
        return countVotes(ballots)
      case 'majority':
        return majority(ballots)
      case 'dawid-skene':
        return dawidSkene(ballots, options.onProgress)
      case 'mace':
        return mace(ballots, options.seed ?? 0, options.onProgress)
      case 'wawa':
        return wawa(ballots)
      default:
        return assertNever(method)
    }
  }
  const result = run()
  const silent = votes.images - judgedImages(ballots).length
  if (silent > 0) result.report.push(`Images without a judgment have the uniform distribution: ${number(silent)}.`)
  return result
}
