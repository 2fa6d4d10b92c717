/** What networks are trained towards: each target by hand, and draws by their expectation. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/domain/addressedRandom'
import { majorityHard, modeForced, smoothed, smoothingOf } from '../../../src/engine/data/controls'
import { beta, mixup } from '../../../src/engine/data/mixup'
import { oneHot, openTargets, sampled, type TargetData } from '../../../src/engine/data/targets'
import { entropyNats } from '../../../src/domain/labels/distribution'
import type { RunConfig } from '../../../src/domain/runs/config'
import { StudioError } from '../../../src/domain/errors'

const classes = 3
// Images 0 and 3 are of class 2, image 1 of class 0, image 2 of class 1; people call image 3 a class 0.
const data: TargetData = {
  labels: Uint8Array.of(2, 0, 1, 2),
  classes,
  people: Float32Array.of(0.1, 0.2, 0.7, 1, 0, 0, 0.25, 0.5, 0.25, 0.5, 0.2, 0.3),
  given: Float32Array.of(0, 0.5, 0.5, 0.9, 0.1, 0, 0, 1, 0, 0.2, 0.3, 0.5),
  train: Int32Array.of(0, 1, 2),
}
const place = { epoch: 0, index: 0 }
const asked = (target: RunConfig['target'], more: Partial<RunConfig> = {}) => ({
  target,
  protocol: 'described' as const,
  seed: 1,
  ...more,
})
const rows = (target: RunConfig['target'], indices: number[], more: Partial<RunConfig> = {}) =>
  Array.from(openTargets(asked(target, more), data).batch(indices, place), (value) => Number(value.toFixed(6)))

describe('targets', () => {
  it('are one-hot labels, human rows, or the rows given', () => {
    expect(rows('hard', [1, 0])).toEqual([1, 0, 0, 0, 0, 1])
    expect(rows('mixup', [2])).toEqual([0, 1, 0])
    expect(rows('soft', [2, 1])).toEqual([0.25, 0.5, 0.25, 1, 0, 0])
    expect(rows('aggregated', [3])).toEqual([0.2, 0.3, 0.5])
    expect(rows('distilled', [1])).toEqual([0.9, 0.1, 0])
  })

  it('category-soft: of the class, from images trained on; as released from all, held-out ones included', () => {
    expect(rows('category-soft', [3, 0, 1])).toEqual([0.1, 0.2, 0.7, 0.1, 0.2, 0.7, 1, 0, 0])
    expect(rows('category-soft', [3], { protocol: 'released' })).toEqual([0.3, 0.2, 0.5])
    // No image of class 2 is trained on: its label is all there is.
    const without = openTargets(asked('category-soft'), { ...data, train: Int32Array.of(1, 2) })
    expect([...without.expected([0])]).toEqual([0, 0, 1])
  })

  it('majority-hard relabels, and leaves a tie to the publisher where it can', () => {
    expect(rows('majority-hard', [3, 0])).toEqual([1, 0, 0, 0, 0, 1])
    const tied = Float32Array.of(0.5, 0.5, 0, 0.5, 0.5, 0)
    expect([...majorityHard(tied, Uint8Array.of(1, 2), 3)]).toEqual([0, 1, 0, 1, 0, 0])
  })

  it('mode-forced changes places of label and first choice, and no entropy', () => {
    expect(rows('mode-forced', [3])).toEqual([0.3, 0.2, 0.5])
    expect(rows('mode-forced', [0])).toEqual([0.1, 0.2, 0.7])
    const row = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 })
      .filter((counts) => counts.some((n) => n > 0))
    fc.assert(
      fc.property(row, fc.nat(3), (counts, label) => {
        const sum = counts.reduce((a, b) => a + b)
        const people = Float32Array.from(counts, (n) => n / sum)
        const forced = modeForced(people, Uint8Array.of(label), 4)
        expect([...forced].toSorted()).toEqual([...people].toSorted())
        expect(Math.max(...forced)).toBe(forced[label])
      }),
    )
  })

  it('smoothed: evenly, to the mean entropy of the people of the images trained on', () => {
    const mean = [0, 1, 2].reduce((sum, i) => sum + entropyNats(data.people?.subarray(3 * i, 3 * i + 3) ?? []), 0) / 3
    const [low, also, own] = rows('smoothed', [0]) as [number, number, number]
    expect(low).toBe(also)
    expect(low + also + own).toBeCloseTo(1, 5)
    expect(entropyNats([low, also, own])).toBeCloseTo(mean, 4)
    expect([...smoothed(Float32Array.of(1, 0, 0, 1), Uint8Array.of(0, 1), 2, [0])]).toEqual([1, 0, 0, 1])
    expect(smoothingOf(Math.log(10), 10)).toBeCloseTo(1, 5)
  })

  it('sampled-hard: one class a row by its share, anew every epoch and batch, the same for the same place', () => {
    const { batch, expected } = openTargets(asked('sampled-hard'), data)
    expect(batch([0, 3], place)).toEqual(batch([0, 3], place))
    const draws = Array.from({ length: 4000 }, (_, epoch) => batch([0, 1, 3], { epoch, index: 2 }))
    for (const drawn of draws)
      for (const at of [0, 3, 6]) expect([...drawn.subarray(at, at + 3)].toSorted()).toEqual([0, 0, 1])
    const share = (at: number) => draws.reduce((sum, drawn) => sum + (drawn[at] ?? 0), 0) / draws.length
    const wanted = [...expected([0, 1, 3])]
    // Five standard deviations of a share of 4,000 draws.
    wanted.forEach((p, at) => expect(Math.abs(share(at) - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 4000)))
    expect([...sampled(Float32Array.of(0, 0.999999, 0), 3, new Random(1))]).toEqual([0, 1, 0])
  })

  it.each([
    ['soft', { people: null }, /target soft needs a label set/],
    ['sampled-hard', { people: null }, /needs a label set/],
    ['distilled', { given: null }, /target distilled needs teachers/],
    ['aggregated', { given: null }, /needs another label set/],
  ] as const)('%s is refused without what it needs', (target, missing, message) => {
    expect(() => openTargets(asked(target), { ...data, ...missing })).toThrow(StudioError)
    expect(() => openTargets(asked(target), { ...data, ...missing })).toThrow(message)
  })

  it('refuse an image without a label', () => {
    expect(() => oneHot(Uint8Array.of(0, 0, 255), [2], 3)).toThrow(/Image 2 has no label/)
  })
})

describe('mixup', () => {
  it('mixes images and targets in pairs by one weight', () => {
    const images = Float32Array.of(0, 0, 1, 1, 2, 2)
    const targets = oneHot(Uint8Array.of(0, 1, 2), [0, 1, 2], 3)
    const mixed = mixup({ images, targets }, 3, 0.7, new Random(4))
    const lambda = beta(0.7, new Random(4))
    for (let n = 0; n < 3; n++) {
      const target = [...mixed.targets.subarray(3 * n, 3 * n + 3)]
      expect(target.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
      // The target tells which two images were mixed, and how.
      expect(mixed.images[2 * n]).toBeCloseTo((target[1] ?? 0) + 2 * (target[2] ?? 0), 6)
      expect(target[n] ?? 0).toBeGreaterThanOrEqual(lambda - 1e-6)
    }
    expect(images).toEqual(Float32Array.of(0, 0, 1, 1, 2, 2))
  })

  it.each([0.1, 0.4, 1, 3])('weights are Beta(%f, %f): mean 1/2, variance 1 / (8 alpha + 4)', (alpha) => {
    const random = new Random(7)
    const draws = Array.from({ length: 20_000 }, () => beta(alpha, random))
    expect(draws.every((value) => value >= 0 && value <= 1)).toBe(true)
    const mean = draws.reduce((a, b) => a + b) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(0.5, 1.7)
    expect(variance * (8 * alpha + 4)).toBeCloseTo(1, 1.2)
  })
})
