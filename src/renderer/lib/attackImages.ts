/**
 * Adversarial examples as pictures and words: the image, the change to it amplified, what it became, what became of it.
 */
import type { AttackExamples } from '../../contract'

export interface Example {
  index: number
  label: number
  people: number[] | null
  before: number[]
  after: number[]
  /** uint8 (H, W, C) */
  original: Uint8Array
  /** float32 (H, W, C) in [0, 1] */
  adversarial: Float32Array
}

export type ImageShape = Pick<AttackExamples, 'height' | 'width' | 'channels'>

export function examplesIn({ images, originals, adversarial, height, width, channels }: AttackExamples): Example[] {
  const size = height * width * channels
  // A copy: the bytes may begin anywhere in what they came in.
  const pixels = new Float32Array(adversarial.slice().buffer)
  return images.map((image, at) => ({
    ...image,
    original: originals.subarray(at * size, (at + 1) * size),
    adversarial: pixels.subarray(at * size, (at + 1) * size),
  }))
}

export const OUTCOMES = ['all', 'fooled', 'held', 'wrong-before'] as const
export type OutcomeFilter = (typeof OUTCOMES)[number]
export type AttackOutcome = Exclude<OutcomeFilter, 'all'>
export const OUTCOME_WORDS: Record<OutcomeFilter, string> = {
  all: 'All',
  fooled: 'Fooled',
  held: 'Held',
  'wrong-before': 'Wrong before',
}

/** The first among equals, as accuracy counts. */
export function firstGuess(distribution: readonly number[]): number {
  return distribution.reduce((best, share, c) => (share > (distribution[best] ?? 0) ? c : best), 0)
}

export function outcomeOf({ label, before, after }: Pick<Example, 'label' | 'before' | 'after'>): AttackOutcome {
  if (firstGuess(before) !== label) return 'wrong-before'
  return firstGuess(after) === label ? 'held' : 'fooled'
}

/** Largest change of any pixel, on the scale of images. */
export function largestChange({ original, adversarial }: Example): number {
  return adversarial.reduce((most, value, i) => Math.max(most, Math.abs(value - (original[i] ?? 0) / 255)), 0)
}

/** By what a change is multiplied so that the largest fills the range around grey. */
export const fillingFactor = (most: number): number => (most > 0 ? 0.5 / most : 1)

/** Values in [0, 1], (H, W, C), one channel grey, three RGB, as RGBA bytes. */
export function toRgba(
  values: (at: number) => number,
  { height, width, channels }: ImageShape,
): Uint8ClampedArray<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(height * width * 4).fill(255)
  for (let pixel = 0; pixel < height * width; pixel++)
    for (let channel = 0; channel < 3; channel++)
      bytes[pixel * 4 + channel] = 255 * values(pixel * channels + (channels === 1 ? 0 : channel))
  return bytes
}

export const originalRgba = ({ original }: Example, shape: ImageShape) => toRgba((i) => (original[i] ?? 0) / 255, shape)
export const adversarialRgba = ({ adversarial }: Example, shape: ImageShape) =>
  toRgba((i) => adversarial[i] ?? 0, shape)
/** Grey where nothing changed; bytes clamp what a factor carries out of the range. */
export const changeRgba = ({ original, adversarial }: Example, shape: ImageShape, factor: number) =>
  toRgba((i) => 0.5 + factor * ((adversarial[i] ?? 0) - (original[i] ?? 0) / 255), shape)
