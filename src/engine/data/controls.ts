/**
 * Targets that tell what of the gain from human labels is their softness: people's relabelling without softness, their
 * softness without relabelling, and softness that knows nothing of the image.
 */
import { argmax, entropyNats } from '../../domain/labels/distribution'
import { isJudged, judgedAmong } from '../../domain/labels/unjudged'

/**
 * People's most frequent class, one-hot (count, classes); among equals the publisher's label if it is one of them, else
 * the first. NaN where nobody judged.
 */
export function majorityHard(people: Float32Array, labels: Uint8Array, classes: number): Float32Array {
  const rows = new Float32Array(people.length)
  for (let image = 0; image < labels.length; image++) {
    const row = people.subarray(image * classes, (image + 1) * classes)
    const label = labels[image] as number
    const top = argmax(row)
    if (isJudged(people, image, classes)) rows[image * classes + (row[label] === row[top] ? label : top)] = 1
    else rows.fill(NaN, image * classes, (image + 1) * classes)
  }
  return rows
}

/**
 * People's distributions, the publisher's label given the largest share: it changes places with people's first class
 * where that is another one. Entropies stay what they are.
 */
export function modeForced(people: Float32Array, labels: Uint8Array, classes: number): Float32Array {
  const rows = people.slice()
  for (let image = 0; image < labels.length; image++) {
    const row = rows.subarray(image * classes, (image + 1) * classes)
    const label = labels[image] as number
    const top = argmax(row)
    const [first, own] = [row[top] as number, row[label] ?? 0]
    if (own === first || label >= classes) continue
    row[label] = first
    row[top] = own
  }
  return rows
}

/** Labels smoothed evenly, to the mean entropy of people's distributions of the images trained on that were judged. */
export function smoothed(
  people: Float32Array,
  labels: Uint8Array,
  classes: number,
  train: ArrayLike<number>,
): Float32Array {
  let sum = 0
  const judged = judgedAmong(people, classes, train)
  for (const image of judged) sum += entropyNats(people.subarray(image * classes, (image + 1) * classes))
  const mass = smoothingOf(sum / judged.length, classes)
  const rows = new Float32Array(people.length).fill(mass / classes)
  for (let image = 0; image < labels.length; image++)
    rows[image * classes + (labels[image] as number)] = 1 - mass + mass / classes
  return rows
}

/**
 * The share of probability to be spread over all classes, the label's own included, so that a one-hot row gets the
 * entropy asked for (nats): between 0 for none and 1 for log(classes), by bisection.
 */
export function smoothingOf(nats: number, classes: number): number {
  if (nats <= 0) return 0
  let [low, high] = [0, 1]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    const row = Array.from({ length: classes }, (_, c) => middle / classes + (c === 0 ? 1 - middle : 0))
    if (entropyNats(row) < nats) low = middle
    else high = middle
  }
  return (low + high) / 2
}
