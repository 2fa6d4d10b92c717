/** A finding of the paper held against what was measured. */

/** A finding of the paper, the figure found here, its interval, and whether it holds. */
export interface Claim {
  id: string
  statement: string
  /** What was measured here, in words, with n. */
  measured: string
  value: number | null
  interval: [number, number] | null
  /** `noted` qualifies a published number and judges nothing. */
  verdict: 'holds' | 'fails' | 'undecided' | 'not-measured' | 'noted'
  /** Set where the published numbers themselves were looked at, and nothing measured here. */
  basis?: 'published'
}
