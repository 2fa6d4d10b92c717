/** The judgments that vote, packed: attention checks and excluded annotators are left out, everything is in range. */
import { StudioError } from '../../shared/errors'
import type { JudgmentTable } from '../../shared/judgments'

export interface Votes {
  judgments: JudgmentTable
  /** Per annotator, 1 where left out. */
  excluded: Uint8Array
  images: number
  classes: number
}

/** One entry a vote, `count` long each. Two votes of one annotator on one image both count. */
export interface Ballots {
  count: number
  annotator: Int32Array
  image: Int32Array
  chosen: Uint8Array
  annotators: number
  images: number
  classes: number
  /** Votes per annotator. */
  given: Uint32Array
  /** (images*classes) votes. */
  counts: Uint32Array
}

/** Throws StudioError `bad-input`, naming the row, for a vote of nobody, for no image, or for no class. */
export function collectBallots({ judgments, excluded, images, classes }: Votes): Ballots {
  const annotators = excluded.length
  const annotator = new Int32Array(judgments.count)
  const image = new Int32Array(judgments.count)
  const chosen = new Uint8Array(judgments.count)
  const given = new Uint32Array(annotators)
  const counts = new Uint32Array(images * classes)
  let count = 0
  for (let j = 0; j < judgments.count; j++) {
    if (judgments.isCheck[j]) continue
    const a = judgments.annotator[j] ?? -1
    const i = judgments.image[j] ?? -1
    const c = judgments.chosen[j] ?? classes
    if (a < 0 || a >= annotators) throw outside(j, `annotator ${a} of ${annotators}`)
    if (excluded[a]) continue
    if (i < 0 || i >= images) throw outside(j, `image ${i} of ${images}`)
    if (c >= classes) throw outside(j, `class ${c} of ${classes}`)
    annotator[count] = a
    image[count] = i
    chosen[count] = c
    count++
    given[a] = (given[a] ?? 0) + 1
    counts[i * classes + c] = (counts[i * classes + c] ?? 0) + 1
  }
  return {
    count,
    annotator: annotator.subarray(0, count),
    image: image.subarray(0, count),
    chosen: chosen.subarray(0, count),
    annotators,
    images,
    classes,
    given,
    counts,
  }
}

const outside = (row: number, what: string): StudioError =>
  new StudioError('bad-input', `There is no ${what}.`, { place: `judgment ${row + 1}` })

/** Votes per image. */
export function votesPerImage({ counts, images, classes }: Ballots): Uint32Array {
  const votes = new Uint32Array(images)
  counts.forEach((n, cell) => {
    const i = Math.floor(cell / classes)
    votes[i] = (votes[i] ?? 0) + n
  })
  return votes
}

/** A table of weights (n*classes) with each row divided by its sum; rows that sum to 0 come from `otherwise`. */
export function shares(
  weights: ArrayLike<number>,
  classes: number,
  otherwise: (cell: number) => number = () => 1 / classes,
): Float64Array {
  const table = new Float64Array(weights.length)
  for (let at = 0; at < table.length; at += classes) {
    let sum = 0
    for (let c = 0; c < classes; c++) sum += weights[at + c] ?? 0
    for (let c = at; c < at + classes; c++) table[c] = sum > 0 ? (weights[c] ?? 0) / sum : otherwise(c)
  }
  return table
}
