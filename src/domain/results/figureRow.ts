import type { Protocol, Stage, Target } from '../runs/config'

/** Figures: hard labels against another target for one measure, over folds, beside the paper. */
export interface FigureRow {
  network: string
  stage: Stage
  protocol: Protocol
  /** What `soft` was trained towards: human soft labels, or another target. */
  target: Target
  /** The target, with what sets it apart from others of its name. */
  variant: string
  dataset: string
  measure: string
  /** Mean over folds; null where no run gives it yet. */
  hard: number | null
  /** Of `target`. */
  soft: number | null
  /** Which rate (and alpha) each side was chosen to stand for; null where there was nothing to choose. */
  chosen: { hard: string | null; soft: string | null }
  /** soft - hard, paired by fold (and seed). */
  difference: number | null
  /** 95% interval of the difference (corrected resampled t), null with fewer than two pairs. */
  interval: [number, number] | null
  pairs: { fold: number; seed: number; hard: number; soft: number }[]
  /** Of how many `pairs` are; absent where nothing has run. */
  folds?: number
  published: { hard: number | null; soft: number | null; source: string } | null
}
