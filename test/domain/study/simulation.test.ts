/** Simulated annotators: each kind answers as it says, in its own time, and the kinds come in the shares asked for. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../src/domain/random'
import { DEFAULT_MIX, type SimulatedMix } from '../../../src/domain/study'
import { checkMix, drawKinds, simulatedAnnotator, type SimulatedKind } from '../../../src/domain/study/simulation'

const CLASSES = 10
const KINDS: SimulatedKind[] = ['careful', 'hurried', 'onePosition', 'random']
const CERTAIN = Float64Array.from({ length: CLASSES }, (_, c) => Number(c === 3))
const UNSURE = Float64Array.from({ length: CLASSES }, (_, c) => ({ 3: 0.5, 5: 0.3, 7: 0.2 })[c] ?? 0)

function people(kind: SimulatedKind, count: number, seed = 1) {
  return Array.from({ length: count }, (_, number) => {
    const random = new SeededRandom(seed, number)
    const layout = random.shuffle(Int32Array.from({ length: CLASSES }, (_, c) => c))
    return { layout, annotator: simulatedAnnotator(kind, random, { classes: CLASSES, layout }) }
  })
}

/** Share of people with at least 75% of 10 attention checks right. */
function passing(kind: SimulatedKind): number {
  const all = people(kind, 400)
  const passed = all.filter(({ annotator }) => {
    const right = Array.from(
      { length: 10 },
      (_, label) => annotator.answer({ truth: UNSURE, label, isCheck: true }).chosen === label,
    )
    return right.filter(Boolean).length >= 7.5
  })
  return passed.length / all.length
}

/** Half the summed difference between the slots somebody chose and even use of all slots. */
function positionBias(slots: number[]): number {
  const share = (slot: number) => slots.filter((each) => each === slot).length / slots.length
  return Array.from({ length: CLASSES }, (_, slot) => Math.abs(share(slot) - 1 / CLASSES)).reduce((a, b) => a + b) / 2
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

describe('answers', () => {
  test('nearly all careful annotators pass the checks, most hurried ones, no others', () => {
    expect(passing('careful')).toBe(1)
    expect(passing('hurried')).toBeGreaterThan(0.9)
    expect(passing('hurried')).toBeLessThan(1)
    expect([passing('onePosition'), passing('random')]).toEqual([0, 0])
  })

  test('careful annotators answer in the shares of the truth, and hurried ones almost', () => {
    for (const [kind, tolerance] of [
      ['careful', 0.015],
      ['hurried', 0.07],
    ] as const) {
      const counts = new Float64Array(CLASSES)
      for (const { annotator } of people(kind, 200))
        for (let k = 0; k < 100; k++) {
          const { chosen } = annotator.answer({ truth: UNSURE, label: 3, isCheck: false })
          counts[chosen] = (counts[chosen] ?? 0) + 1 / 20_000
        }
      const distance = counts.reduce((sum, share, c) => sum + Math.abs(share - (UNSURE[c] ?? 0)) / 2, 0)
      expect(distance, kind).toBeLessThan(tolerance)
    }
  })

  test('an obvious image without a label is answered by its truth', () => {
    const [one] = people('careful', 1)
    const answers = Array.from(
      { length: 50 },
      () => one?.annotator.answer({ truth: CERTAIN, label: null, isCheck: true }).chosen,
    )
    expect(answers.filter((chosen) => chosen === 3).length).toBeGreaterThan(45)
  })

  test('the position bias of one-position clickers is the largest there is, and nobody else has any such', () => {
    for (const kind of KINDS) {
      for (const { annotator } of people(kind, 20)) {
        const trial = (k: number) => ({
          truth: Float64Array.from(CERTAIN, (_, c) => Number(c === k % CLASSES)),
          label: 3,
          isCheck: false,
        })
        const bias = positionBias(Array.from({ length: 200 }, (_, k) => annotator.answer(trial(k)).slot))
        if (kind === 'onePosition') expect(bias).toBeCloseTo(0.9, 12)
        else expect(bias, kind).toBeLessThan(0.25)
      }
    }
  })

  test('slot and label always belong together, for any number of classes', () => {
    const kinds = fc.constantFrom(...KINDS)
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 40 }), fc.nat(), (kind, classes, seed) => {
        const random = new SeededRandom(seed)
        const layout = random.shuffle(Int32Array.from({ length: classes }, (_, c) => c))
        const annotator = simulatedAnnotator(kind, random, { classes, layout })
        const truth = new Float64Array(classes).fill(1 / classes)
        for (let k = 0; k < 20; k++) {
          const { chosen, slot, reactionTimeMs } = annotator.answer({ truth, label: null, isCheck: k % 5 === 4 })
          expect(layout[slot]).toBe(chosen)
          expect(reactionTimeMs).toBeGreaterThan(100)
          expect(reactionTimeMs).toBeLessThan(60_000)
        }
      }),
    )
  })

  test('the same seed answers the same', () => {
    const answers = (seed: number) =>
      people('hurried', 3, seed).map(({ annotator }) =>
        Array.from({ length: 30 }, () => annotator.answer({ truth: UNSURE, label: 3, isCheck: false })),
      )
    expect(answers(5)).toEqual(answers(5))
    expect(answers(5)).not.toEqual(answers(6))
  })
})

describe('reaction times', () => {
  const times = (kind: SimulatedKind, truth: Float64Array) =>
    people(kind, 40).flatMap(({ annotator }) =>
      Array.from({ length: 50 }, () => annotator.answer({ truth, label: 3, isCheck: false }).reactionTimeMs),
    )

  test('are longer on uncertain images for whoever looks, and shorter for whoever does not', () => {
    expect(median(times('careful', UNSURE))).toBeGreaterThan(1.3 * median(times('careful', CERTAIN)))
    expect(median(times('hurried', UNSURE))).toBeGreaterThan(1.2 * median(times('hurried', CERTAIN)))
    expect(median(times('onePosition', UNSURE))).toBe(median(times('onePosition', CERTAIN)))
    const medians = KINDS.map((kind) => median(times(kind, CERTAIN)))
    expect(medians[0]).toBeGreaterThan(medians[1] ?? 0)
    expect(medians[1]).toBeGreaterThan(Math.max(medians[2] ?? 0, medians[3] ?? 0))
  })

  test('are skewed to the right, as people are', () => {
    const all = times('careful', CERTAIN)
    expect(all.reduce((sum, ms) => sum + ms, 0) / all.length).toBeGreaterThan(1.04 * median(all))
  })
})

describe('the mix', () => {
  const wrong: [string, SimulatedMix][] = [
    ['shares below 1', { careful: 0.5, hurried: 0.3, onePosition: 0, random: 0.1 }],
    ['shares above 1', { careful: 0.9, hurried: 0.3, onePosition: 0, random: 0 }],
    ['a negative share', { careful: 1.2, hurried: -0.2, onePosition: 0, random: 0 }],
    ['no number', { careful: NaN, hurried: 0, onePosition: 0, random: 0 }],
  ]
  test.each(wrong)('%s are refused', (_, mix) => {
    expect(() => checkMix(mix)).toThrow(expect.objectContaining({ kind: 'bad-input' }))
    expect(() => drawKinds(mix, 10, new SeededRandom(1))).toThrow()
  })

  test('the published study: 2,571 participants, of whom 26 do not look', () => {
    const kinds = drawKinds(DEFAULT_MIX, 2571, new SeededRandom(1))
    const count = (kind: SimulatedKind) => kinds.filter((each) => each === kind).length
    expect(KINDS.map(count)).toEqual([2365, 180, 13, 13])
    // In random order: not all the careful ones first.
    expect(kinds.slice(0, 2365).every((kind) => kind === 'careful')).toBe(false)
  })

  test('any shares come out to the nearest whole person', () => {
    const shares = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100)).filter((all) => all.some((n) => n > 0))
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 500 }), (parts, participants) => {
        const sum = parts.reduce((a, b) => a + b)
        const [careful = 0, hurried = 0, onePosition = 0, random = 0] = parts.map((part) => part / sum)
        const mix = { careful, hurried, onePosition, random }
        const kinds = drawKinds(mix, participants, new SeededRandom(participants))
        expect(kinds).toHaveLength(participants)
        for (const kind of KINDS) {
          const found = kinds.filter((each) => each === kind).length
          expect(Math.abs(found - mix[kind] * participants)).toBeLessThan(1)
          if (mix[kind] === 0) expect(found).toBe(0)
        }
      }),
    )
  })
})
