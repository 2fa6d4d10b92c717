/** Two runs, or two sets of runs, set side by side: paired by fold and seed, measure by measure. Plain data. */

export interface RunPair {
  /** From 0. */
  fold: number
  /** Of the first run; of the second too unless pairs were made by fold alone. */
  seed: number
  /** Run ids. */
  first: number
  second: number
}

/** One measure on one set of images, over the pairs in which both runs have it. */
export interface ComparedMeasure {
  dataset: string
  measure: string
  /** Means over `values`. */
  first: number
  second: number
  /** second - first */
  difference: number
  /** 95% interval of the difference (corrected resampled t-test); null with fewer than two pairs. */
  interval: [number, number] | null
  /** Two-sided; null with fewer than two pairs, or where all differences are equal. */
  p: number | null
  /** In the order of the pairs; those that lack the measure are left out. */
  values: { fold: number; seed: number; first: number; second: number }[]
}

export interface RunsComparison {
  pairs: RunPair[]
  /** `fold`: no fold and seed is on both sides, but each side holds one run a fold. */
  pairedBy: 'fold and seed' | 'fold'
  /** Held-out images over training images, by which the interval is widened. */
  testShare: number
  measures: ComparedMeasure[]
  /** Runs that stand in no pair, and why. */
  leftOut: { run: number; side: 'first' | 'second'; reason: string }[]
  /** What the two sides' configurations do not share, as JSON, beyond fold, seed and device. */
  differs: { field: string; first: string[]; second: string[] }[]
}
