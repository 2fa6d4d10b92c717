/**
 * What an attack is measured by, from logits and in double precision. Not from probabilities: those of a sure network
 * are 0 in float32, and a bound below them would stop the loss from growing where the attack has the most success.
 */
import type { AttackLoss } from './objective'

type Floats = Float32Array | Float64Array

/**
 * Per image -sum_c t_c log softmax(z)_c, nats; never clipped.
 * @param logits (n, classes)
 * @param targets (n, classes), rows sum to 1; one-hot for labels
 */
export function crossEntropies(logits: Float32Array, targets: Floats, classes: number): Float64Array {
  return eachRow(logits, targets, classes, (row, target) => {
    const largest = Math.max(...row)
    const logSum = largest + Math.log(row.reduce((sum, z) => sum + Math.exp(z - largest), 0))
    return row.reduce((sum, z, c) => (target(c) > 0 ? sum + target(c) * (logSum - z) : sum), 0)
  })
}

/** Per image the best other logit minus that of the class given; `hard` is one-hot (n, classes). */
function margins(logits: Float32Array, hard: Floats, classes: number): Float64Array {
  return eachRow(logits, hard, classes, (row, target) => {
    const others = row.reduce((best, z, c) => (target(c) === 1 ? best : Math.max(best, z)), -Infinity)
    return others - row.reduce((sum, z, c) => (target(c) === 1 ? z : sum), 0)
  })
}

/**
 * What the attack raises, per image, as `raisedPerImage` (objective.ts) computes it on the device.
 * @param target one-hot (n, classes) of the classes aimed at; null where the attack moves away from the labels
 */
export function objectives(
  loss: AttackLoss,
  logits: Float32Array,
  hard: Float32Array,
  target: Float32Array | null,
  classes: number,
): Float64Array {
  const lossTo = loss === 'margin' ? margins : crossEntropies
  return target ? lossTo(logits, target, classes).map((value) => -value) : lossTo(logits, hard, classes)
}

function eachRow(
  logits: Float32Array,
  targets: Floats,
  classes: number,
  measure: (logits: Float32Array, target: (c: number) => number) => number,
): Float64Array {
  return Float64Array.from({ length: logits.length / classes }, (_, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes)
    return measure(row, (c) => targets[n * classes + c] as number)
  })
}
