/** The check on an attack's steps, judged by one rule for the window, the report and the command line. */
import type { AttackConfig, AttackResult } from './config'

/**
 * Least fall that counts, as a share of the value before it, or of 1 where that is less. Steps and the end are computed
 * in float32 by two programs, whose logits agree to about 1e-5 of their size; ten times that is no rounding.
 */
const ROUNDING = 1e-4

/** Whether what an attack raises is the loss to labels that `lossByStep` holds. */
export const raisesLoss = ({ loss, towards }: Partial<Pick<AttackConfig, 'loss' | 'towards'>>): boolean =>
  (loss ?? 'cross-entropy') === 'cross-entropy' && (towards ?? null) === null

/** What the attack raises, by step; null where an earlier version did not keep it. */
export function objectiveByStep(attack: AttackResult): number[] | null {
  return attack.trust.objectiveByStep ?? (raisesLoss(attack) ? attack.trust.lossByStep : null)
}

/**
 * Whether what the attack raises never falls from one step to the next by more than rounding. Null where that is not
 * known: no steps are kept, or only the last loss falls and an earlier version clipped it.
 */
export function objectiveRises(attack: AttackResult): boolean | null {
  const values = objectiveByStep(attack)
  if (values === null || values.length < 2) return null
  const isFall = (value: number, step: number): boolean => {
    const before = values[step - 1] ?? value
    return !(value >= before - ROUNDING * Math.max(1, Math.abs(before)))
  }
  const first = values.findIndex(isFall)
  if (first === -1) return true
  return first === values.length - 1 && attack.trust.objectiveByStep === undefined ? null : false
}

/** Of several attacks together: false where one falls, null where none falls and one is not known. */
export function allRise(attacks: readonly AttackResult[]): boolean | null {
  const found = attacks.map(objectiveRises)
  if (found.includes(false)) return false
  return found.includes(null) ? null : true
}
