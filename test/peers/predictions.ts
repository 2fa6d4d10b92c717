/** Predictions of a network that is surer than it is right, for comparisons of measures. */
import type { Predictions } from '../../src/domain/measures/predictions'
import { SeededRandom } from '../../src/domain/random'

export interface Drawn extends Predictions {
  /** (n, classes), from which `values` are by softmax. */
  logits: Float64Array
  values: Float64Array
  people: Float64Array
}

/** Of every confidence between 1/classes and nearly 1; `people` are distributions of some ten judgments. */
export function drawPredictions(seed: number, images: number, classes: number): Drawn {
  const random = new SeededRandom(seed)
  const [logits, values] = [new Float64Array(images * classes), new Float64Array(images * classes)]
  const people = new Float64Array(images * classes)
  const labels = new Uint8Array(images)
  for (let at = 0; at < images * classes; at += classes) {
    const label = random.below(classes)
    labels[at / classes] = label
    const scale = random.between(0.2, 6)
    for (let c = 0; c < classes; c++) logits[at + c] = scale * (random.between(-1, 1) + (c === label ? 0.5 : 0))
    const weights = logits.subarray(at, at + classes).map(Math.exp)
    const sum = weights.reduce((total, weight) => total + weight, 0)
    weights.forEach((weight, c) => (values[at + c] = weight / sum))
    for (let k = 0; k < 10; k++) {
      const chosen = at + (random.uniform() < 0.7 ? label : random.below(classes))
      people[chosen] = (people[chosen] ?? 0) + 0.1
    }
  }
  return { logits, values, labels, people, classes }
}

/** (n, classes) as nested lists. */
export const rows = (table: Float64Array, classes: number): number[][] =>
  Array.from({ length: table.length / classes }, (_, i) => Array.from(table.subarray(i * classes, (i + 1) * classes)))
