/** A measured number with all that says what it is of. */
import type { Protocol, Stage, Target } from '../runs/config'

/** One figure of report.json. */
export interface ReportRow {
  network: string
  target: Target
  fold: number
  seed: number
  device: string
  protocol: Protocol
  /** Image set and part: "cifar10-test held-out". */
  dataset: string
  /** "from-scratch" (section 5), "pretrained", "fine-tuned" (section 6), "imported". */
  stage: Stage
  /** "accuracy", "crossEntropyToPeople", "fgsm-4-accuracy", ... */
  measure: string
  value: number
  /** The paper's number for the nearest configuration, where there is one. */
  published?: number
}
