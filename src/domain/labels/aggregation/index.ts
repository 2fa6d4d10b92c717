/**
 * From judgments to one distribution per image, by five methods (docs/decisions/011-aggregation.md). Attention checks
 * and excluded annotators never vote. All are deterministic; nothing is made per judgment but typed arrays.
 */
import { assertNever } from '../../errors'
import type { Aggregation } from '../../study'
import { collectBallots, judgedImages, type Ballots, type Votes } from './ballots'
import { countVotes } from './counts'
import { dawidSkene } from './dawidSkene'
import { mace } from './mace'
import { majority } from './majority'
import { measureOverlap } from './overlap'
import { describeOverlap, warnOfOverlap, type Weighing } from './sufficiency'
import { wawa } from './wawa'
import type { Aggregated, Progress } from './words'
import { count, plural } from '../../text/numbers'

export type { Votes }

/**
 * What a method made of judgments, and what its user must know before using it; the report holds those warnings too.
 */
export interface AggregatedVotes extends Aggregated {
  warnings: string[]
}

interface Options {
  /** Of the random starts of `mace`. */
  seed?: number
  onProgress?: Progress
}

/**
 * `onProgress` is called after every iteration of the methods that iterate; what it throws ends the work and is passed
 * on. Throws StudioError `bad-input` where a judgment names an annotator, an image or a class that there is not.
 */
export function aggregateVotes(method: Aggregation, votes: Votes, options: Options = {}): AggregatedVotes {
  const ballots = collectBallots(votes)
  const result = aggregate(method, ballots, options)
  const placeholders = describeUnjudged(ballots)
  return {
    ...result,
    report: [...result.report, ...describeJudgedOnce(ballots), ...placeholders],
    warnings: [...result.warnings, ...placeholders],
  }
}

function aggregate(method: Aggregation, ballots: Ballots, options: Options): AggregatedVotes {
  switch (method) {
    case 'counts':
      return { ...countVotes(ballots), warnings: [] }
    case 'majority':
      return { ...majority(ballots), warnings: [] }
    case 'dawid-skene':
    case 'mace':
    case 'wawa':
      return weigh(method, ballots, options)
    default:
      return assertNever(method)
  }
}

function weigh(method: Weighing, ballots: Ballots, { seed = 0, onProgress }: Options): AggregatedVotes {
  const overlap = measureOverlap(ballots)
  const warnings = warnOfOverlap(method, overlap, ballots.classes)
  const run = (): Aggregated => {
    switch (method) {
      case 'dawid-skene':
        return dawidSkene(ballots, overlap, onProgress)
      case 'mace':
        return mace(ballots, overlap, seed, onProgress)
      case 'wawa':
        return wawa(ballots, overlap)
      default:
        return assertNever(method)
    }
  }
  const result = run()
  return { ...result, report: [...warnings, ...result.report, describeOverlap(overlap)], warnings }
}

/** Whoever judges alone agrees with everybody: such images are not unanimous. */
function describeJudgedOnce({ first, images }: Ballots): string[] {
  let once = 0
  for (let i = 0; i < images; i++) if ((first[i + 1] ?? 0) - (first[i] ?? 0) === 1) once++
  return once > 0 ? [`${plural(once, 'image')} with one judgment only: a single answer, not agreement.`] : []
}

function describeUnjudged(ballots: Ballots): string[] {
  const { images } = ballots
  const unjudged = images - judgedImages(ballots).length
  if (unjudged === 0) return []
  return [
    `${count(unjudged)} of ${plural(images, 'image')} without a judgment: no distribution is known there, and the uniform one only fills the row.`,
  ]
}
