/** What the batches of an attack found, put together. */
import type { StepFound } from './signStep'
import { sum } from '../../domain/averages'

type Kind = 'clean' | 'zero' | 'noise' | 'attacked' | 'blackBox'

export class Tally {
  /** On the scale of images, [0, 1]. */
  maximumPerturbation = 0
  private zeros = 0
  private entries = 0
  private readonly lossSums: number[] = []
  private readonly objectiveSums: number[] = []
  private toLabels = 0
  private toPeople = 0
  private judged = 0
  private readonly rightCounts: number[] = []
  private readonly found = new Map<Kind, Float32Array[]>()
  private readonly kept: { originals: Float32Array; adversarial: Float32Array }[] = []

  /** A batch's distributions, (n, classes). */
  add(kind: Kind, predictions: Float32Array): void {
    const parts = this.found.get(kind) ?? []
    parts.push(predictions)
    this.found.set(kind, parts)
  }

  /** Per image how many entries of its gradient are exactly 0, of `entries` in the whole batch. */
  addZeros(zeros: Float32Array, entries: number): void {
    this.zeros += zeros.reduce((a, b) => a + b, 0)
    this.entries += entries
  }

  /** What a step found before it moved anything, or the end, per image. */
  addStep(step: number, { loss, objective, right }: StepFound): void {
    this.lossSums[step] = (this.lossSums[step] ?? 0) + sum(loss)
    this.objectiveSums[step] = (this.objectiveSums[step] ?? 0) + sum(objective)
    this.rightCounts[step] = (this.rightCounts[step] ?? 0) + sum(right)
  }

  /** Cross-entropies of the attacked images by the network that judges, nats; `toPeople` of those that were judged. */
  addLosses(toLabels: Float64Array, toPeople: Float64Array): void {
    this.toLabels += sum(toLabels)
    this.toPeople += sum(toPeople)
    this.judged += toPeople.length
  }

  addPerturbation(original: Float32Array, adversarial: Float32Array): void {
    adversarial.forEach((value, i) => {
      const size = Math.abs(value - (original[i] as number))
      if (size > this.maximumPerturbation) this.maximumPerturbation = size
    })
  }

  get zeroShare(): number {
    return this.zeros / this.entries
  }

  /** Mean loss of `images` images before each step, and at the end. */
  losses(images: number): number[] {
    return this.lossSums.map((sum) => sum / images)
  }

  /** Mean of what the attack raises, at the same places. */
  objectives(images: number): number[] {
    return this.objectiveSums.map((sum) => sum / images)
  }

  /** Means over `images` attacked images, nats; to people over those that were judged, null where none was. */
  meanLosses(images: number): { toLabels: number; toPeople: number | null } {
    return { toLabels: this.toLabels / images, toPeople: this.judged === 0 ? null : this.toPeople / this.judged }
  }

  /** Share of `images` images that are right before each step, and at the end. */
  accuracies(images: number): number[] {
    return this.rightCounts.map((count) => count / images)
  }

  /** Images to hand out, beside what they were. */
  keep(originals: Float32Array, adversarial: Float32Array): void {
    this.kept.push({ originals, adversarial })
  }

  examples(): { originals: Float32Array; adversarial: Float32Array } {
    const all = (name: 'originals' | 'adversarial') => joined(this.kept.map((each) => each[name]))
    return { originals: all('originals'), adversarial: all('adversarial') }
  }

  /** All batches' distributions, (images, classes). */
  predictions(kind: Kind): Float32Array {
    return joined(this.found.get(kind) ?? [])
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
