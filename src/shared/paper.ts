/** The paper's figures and tables as data: what was measured here under each protocol, beside what is published. */
import type { Protocol, Stage, Target } from './runs'

/** A mean over folds (and networks). */
export interface PaperCell {
  value: number
  /** 95%, corrected for folds that share training images; null with fewer than two folds. */
  interval: [number, number] | null
  /** Folds (and seeds) averaged over. */
  n: number
  /** value - published; null where nothing is published. */
  difference: number | null
}

export interface PaperRow {
  /** A network's id, "mean over 2 networks", "ensemble of 2". */
  network: string
  stage: Stage
  /** Null of what no target stands behind: an ensemble, a difference. */
  target: Target | null
  /** What a reader calls it: "fine-tuned on human soft labels". */
  label: string
  /** As in report.json. */
  dataset: string
  measure: string
  /** Our numbers, by protocol; null where no run under it was made. */
  cells: Record<Protocol, PaperCell | null>
  /** The paper's, made under the protocol `released`. */
  published: number | null
  /** Where it stands and how its making differs; empty without one. */
  source: string
}

export interface PaperCurve {
  network: string
  target: Target
  /** Whose: ours under a protocol, or the paper's own. */
  of: Protocol | 'paper'
  measure: 'crossEntropyToLabels' | 'accuracy'
  /** After 0, 1, 2, ... iterations; null where it was not measured. */
  values: (number | null)[]
  /** Runs averaged over; for the paper's, 1. */
  n: number
}

/** An image of Figure 1. */
export interface PaperImage {
  /** Index in the image set. */
  image: number
  /** What people and the hard-label network both name first. */
  top: number
  /** Jensen-Shannon divergence of their distributions, nats. */
  divergence: number
  people: number[]
  networks: number[]
}

export interface PaperFigure {
  /** "figure-2", "table-1". */
  id: string
  title: string
  /** What is shown, and how the paper's own was made. */
  about: string
  rows: PaperRow[]
  curves?: PaperCurve[]
  images?: { title: string; images: PaperImage[] }[]
  /** Which rate (and alpha) a network stands for, in sentences. */
  notes: string[]
  /** What other runs would be needed for, in sentences. */
  missing: string[]
}
