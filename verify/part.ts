/**
 * What a long check is. A file in `parts/` that exports a `part` is one: `npm run verify:long` finds it by itself.
 * A part cleans up after itself, works on folders of its own, and fails when it did not do what it is there for.
 */

export interface PartOptions {
  /** Random choices are drawn from it: the same seed makes the same choices. */
  seed: number
  /** Processes that `soak` kills. */
  kills: number
  /** One line of progress. */
  say: (line: string) => void
}

export type Figures = Record<string, number | string>

export type Outcome =
  | { state: 'passed'; figures: Figures }
  /** Each reason is a sentence. */
  | { state: 'failed'; reasons: string[]; figures: Figures }
  /** This machine lacks something that the part needs. */
  | { state: 'skipped'; reason: string }

export interface Part {
  /** As `--only` has it. */
  name: string
  /** What it shows, in one sentence. */
  shows: string
  /** What it needs besides the built program, and about how long it takes. */
  needs: string
  /** What it throws counts as failed. */
  run(options: PartOptions): Promise<Outcome>
}

/** Failed where there is any reason. */
export const outcomeOf = (reasons: string[], figures: Figures): Outcome =>
  reasons.length > 0 ? { state: 'failed', reasons, figures } : { state: 'passed', figures }
