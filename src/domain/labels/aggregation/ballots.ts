/** The judgments that vote, packed: attention checks and excluded annotators are left out, everything is in range. */
import { StudioError } from '../../errors'
import type { JudgmentTable } from '../judgments'

export interface Votes {
  judgments: JudgmentTable
  /** Per annotator, 1 where left out. */
  excluded: Uint8Array
  images: number
  classes: number
}

/** One entry a vote, image by image, `count` long each. Two votes of one annotator on one image both count. */
export interface Ballots {
  count: number
  annotator: Int32Array
  image: Int32Array
  chosen: Uint8Array
  /** Votes on image i are those from `first[i]` to before `first[i + 1]`. */
  first: Uint32Array
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
  const given = new Uint32Array(annotators)
  const counts = new Uint32Array(images * classes)
  const first = new Uint32Array(images + 1)
  const rows = new Int32Array(judgments.count)
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
    rows[count++] = j
    given[a] = (given[a] ?? 0) + 1
    counts[i * classes + c] = (counts[i * classes + c] ?? 0) + 1
    first[i + 1] = (first[i + 1] ?? 0) + 1
  }
  for (let i = 0; i < images; i++) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0)

  // Image by image, so that methods that go over the votes again and again find an image's figures close together.
  const annotator = new Int32Array(count)
  const image = new Int32Array(count)
  const chosen = new Uint8Array(count)
  const next = first.slice()
  for (const j of rows.subarray(0, count)) {
    const i = judgments.image[j] ?? 0
    const at = next[i] ?? 0
    next[i] = at + 1
    annotator[at] = judgments.annotator[j] ?? 0
    image[at] = i
    chosen[at] = judgments.chosen[j] ?? 0
  }
  return { count, annotator, image, chosen, first, annotators, images, classes, given, counts }
}

const outside = (row: number, what: string): StudioError =>
  new StudioError('bad-input', `There is no ${what}.`, { place: `judgment ${row + 1}` })

/** Images on which somebody voted. */
export function judgedImages({ first, images }: Ballots): Int32Array {
  return new Int32Array(images).map((_, i) => i).filter((i) => first[i] !== first[i + 1])
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
