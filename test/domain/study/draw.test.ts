/**
 * What participants are shown, over random protocols: the same number of each class, none twice, checks in their
 * places, judgments even.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../src/domain/random'
import { PAPER_PROTOCOL, type StudyProtocol } from '../../../src/domain/study'
import { drawLayout, drawPlan, planImage, planIsCheck, planTrials, type Drawing } from '../../../src/domain/study/draw'
import {
  candidatesOf,
  checksOf,
  imagesOf,
  shortage,
  trialsOf as plannedTrials,
} from '../../../src/domain/study/protocol'
import { expectEvery } from '../../support/every'

const CLASSES = 5

function drawing(protocol: Partial<StudyProtocol>, change: Partial<Drawing> = {}): Drawing {
  const labels = change.labels ?? Uint8Array.from({ length: 200 }, (_, i) => i % CLASSES)
  const whole = { ...PAPER_PROTOCOL, imagesPerParticipant: 50, checkEvery: 10, ...protocol }
  return {
    protocol: whole,
    candidates: candidatesOf({ selection: null, protocol: whole }, labels),
    labels,
    classes: CLASSES,
    loads: new Int32Array(labels.length),
    checks: Array.from({ length: 20 }, (_, i) => 1000 + i),
    checksFromSameSet: false,
    ...change,
  }
}

const trialsOf = (plan: Int32Array) =>
  Array.from({ length: planTrials(plan) }, (_, t) => ({ image: planImage(plan, t), check: planIsCheck(plan, t) }))

describe('a plan', () => {
  test('has the same number of each class, none twice, and a check after every block', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 5, max: 100 }),
        fc.integer({ min: 1, max: 20 }),
        (seed, images, checkEvery) => {
          const plan = trialsOf(
            drawPlan(
              drawing(
                { imagesPerParticipant: images, checkEvery },
                { checks: Array.from({ length: 100 }, (_, i) => 1000 + i) },
              ),
              new SeededRandom(seed),
            ),
          )
          const normal = plan.filter(({ check }) => !check).map(({ image }) => image)
          expect(normal.length).toBe(images)
          expect(new Set(normal).size).toBe(images)
          const perClass = Array.from(
            { length: CLASSES },
            (_, c) => normal.filter((image) => image % CLASSES === c).length,
          )
          expect(Math.max(...perClass) - Math.min(...perClass)).toBeLessThanOrEqual(images % CLASSES === 0 ? 0 : 1)
          const checks = plan.flatMap(({ check }, at) => (check ? [at] : []))
          expect(checks).toEqual(
            Array.from({ length: Math.floor(images / checkEvery) }, (_, i) => (i + 1) * (checkEvery + 1) - 1),
          )
          const obvious = plan.filter(({ check }) => check).map(({ image }) => image)
          expect(new Set(obvious).size).toBe(obvious.length)
          for (const image of obvious) expect(image).toBeGreaterThanOrEqual(1000)
        },
      ),
    )
  })

  test('is the same from the same seed and another from another', () => {
    const plan = (seed: number) => [...drawPlan(drawing({}), new SeededRandom(seed))]
    expect(plan(3)).toEqual(plan(3))
    expect(plan(3)).not.toEqual(plan(4))
  })

  test('takes those with the fewest judgments first', () => {
    const loads = Int32Array.from({ length: 200 }, (_, i) => (i < 100 ? 1 : 0))
    const images = trialsOf(drawPlan(drawing({ checkEvery: 0 }, { loads }), new SeededRandom(1))).map(
      ({ image }) => image,
    )
    expect(images.length).toBe(50)
    expectEvery(images, (image) => image >= 100)
  })

  test('shows no check again as a trial where both come from one set', () => {
    const checks = Array.from({ length: 40 }, (_, i) => i)
    for (let seed = 0; seed < 50; seed++) {
      const plan = trialsOf(drawPlan(drawing({}, { checks, checksFromSameSet: true }), new SeededRandom(seed)))
      expect(new Set(plan.map(({ image }) => image)).size).toBe(plan.length)
    }
  })

  test('has as many trials as the protocol says, unless a shortage was said beforehand; loads never change how many', () => {
    const checks = fc.uniqueArray(fc.nat(199), { maxLength: 40 })
    const protocol = fc.record({
      imagesPerParticipant: fc.option(fc.integer({ min: 1, max: 200 }), { nil: null }),
      balanceClasses: fc.boolean(),
      checkEvery: fc.integer({ min: 0, max: 30 }),
    })
    const names = Array.from({ length: CLASSES }, (_, c) => String(c))
    let short = 0
    fc.assert(
      fc.property(protocol, checks, fc.nat(1000), (chosen, pool, seed) => {
        const given = drawing(chosen, { checks: pool, checksFromSameSet: true })
        fc.pre(pool.length >= checksOf(given.protocol, 200))
        const plan = drawPlan(given, new SeededRandom(seed))
        const loads = Int32Array.from({ length: 200 }, (_, image) => (image * 7) % 5)
        expect(planTrials(drawPlan({ ...given, loads }, new SeededRandom(seed)))).toBe(planTrials(plan))
        const study = { protocol: given.protocol, imageSet: 'set', checks: { imageSet: 'set', images: pool } }
        if (shortage(study, given.candidates, given.labels, names)) {
          short++
          return
        }
        expect(planTrials(plan)).toBe(plannedTrials(given.protocol, 200))
        expect(trialsOf(plan).filter(({ check }) => !check)).toHaveLength(imagesOf(given.protocol, 200))
      }),
      { numRuns: 300 },
    )
    expect(short).toBeGreaterThan(0)
  })

  test('leaves out images without a class where classes are balanced, and keeps them where they are not', () => {
    const labels = Uint8Array.from({ length: 200 }, (_, i) => (i < 100 ? 255 : i % CLASSES))
    const balanced = trialsOf(drawPlan(drawing({ checkEvery: 0 }, { labels }), new SeededRandom(1)))
    expectEvery(balanced, ({ image }) => image >= 100)
    const all = trialsOf(
      drawPlan(
        drawing({ checkEvery: 0, balanceClasses: false, imagesPerParticipant: null }, { labels }),
        new SeededRandom(1),
      ),
    )
    expect(all.length).toBe(200)
  })

  test('in sequence goes through the images in order', () => {
    const plan = trialsOf(
      drawPlan(
        drawing({ order: 'sequence', checkEvery: 0, imagesPerParticipant: null, balanceClasses: false }),
        new SeededRandom(1),
      ),
    )
    expect(plan.map(({ image }) => image)).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  test('keeps judgments even however many come: no image two ahead of another of its class', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, people) => {
        const loads = new Int32Array(200)
        const random = new SeededRandom(seed)
        for (let p = 0; p < people; p++)
          for (const { image, check } of trialsOf(drawPlan(drawing({}, { loads }), random)))
            if (!check) loads[image] = (loads[image] ?? 0) + 1
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 30 },
    )
  })
})

test('layouts hold every class once and put each on each slot about as often', () => {
  const random = new SeededRandom(9)
  const onSlot = Array.from({ length: 10 }, () => new Int32Array(10))
  for (let n = 0; n < 5000; n++) {
    const layout = drawLayout(10, random)
    expect([...layout].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    layout.forEach((label, slot) => {
      const row = onSlot[slot]
      if (row) row[label] = (row[label] ?? 0) + 1
    })
  }
  // 500 expected with a standard deviation of 21: 6 of them never happen by chance.
  for (const row of onSlot) for (const n of row) expect(Math.abs(n - 500)).toBeLessThan(130)
})
