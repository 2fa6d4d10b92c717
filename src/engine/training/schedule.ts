/** Learning rates over a run. */
import type { Schedule } from '../../domain/runs/config'
import { assertNever } from '../../domain/errors'

export interface Clock {
  /** Steps done before this one, from 0. */
  step: number
  /** Of the whole run. */
  steps: number
  /** From 0. */
  epoch: number
  /** Of the whole run. */
  epochs: number
}

/** The rate of one step. Milestones are epochs (0-based) at whose start the rate is multiplied by gamma. */
export function learningRateAt(schedule: Schedule, base: number, { step, steps, epoch, epochs }: Clock): number {
  switch (schedule.kind) {
    case 'constant':
      return base
    case 'step':
      return base * schedule.gamma ** schedule.milestones.filter((milestone) => milestone <= epoch).length
    case 'cosine':
      return (base / 2) * (1 + Math.cos(((Math.PI * step) / steps) * (epochs / (schedule.epochs ?? epochs))))
    default:
      return assertNever(schedule)
  }
}
