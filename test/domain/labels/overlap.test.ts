/** Figures about which annotators judged the same images, by hand and against counting every pair. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectBallots } from '../../../src/domain/labels/aggregation/ballots'
import { measureOverlap } from '../../../src/domain/labels/aggregation/overlap'
import { describeOverlap, warnOfOverlap } from '../../../src/domain/labels/aggregation/sufficiency'
import { fromAnswers, votesOf, type Vote } from './fixtures/votes'

const overlapOf = (votes: Vote[], annotators: number, images: number) =>
  measureOverlap(collectBallots(votesOf(votes, annotators, images, 2)))

/** Each pair [annotator, image] is one judgment of class 0. */
const judgments = (...pairs: [number, number][]): Vote[] =>
  pairs.map(([annotator, image]) => ({ annotator, image, chosen: 0 }))

describe('the overlap of annotators', () => {
  // Annotators 0 to 2 share images 0 and 1, annotator 3 is alone on 2, annotator 4 judges nothing, image 3 nobody.
  const votes = judgments([0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [3, 2], [3, 2])
  const overlap = overlapOf(votes, 5, 4)

  it('counts images, pairs and groups', () => {
    expect(overlap).toMatchObject({ judged: 3, byOne: 1, byTwo: 2, annotators: 4, pairs: 6, pairsSharing: 3 })
    expect(Array.from(overlap.shared)).toEqual([2, 2, 1, 0, 0])
    expect(overlap.medianShared).toBe(1.5)
    // Pairs share 2, 1, 1, 0, 0, 0 images.
    expect(overlap.meanPerPair).toBeCloseTo(4 / 6, 12)
    expect(overlap.medianPerPair).toBe(0.5)
    expect(overlap.components).toEqual([
      { annotators: 3, images: 2, judgments: 5 },
      { annotators: 1, images: 1, judgments: 2 },
    ])
  })

  it('is described with these figures', () => {
    expect(describeOverlap(overlap)).toBe(
      'Overlap: 2 of 3 judged images have judgments by two or more annotators, 1 by one. A pair of the 4 annotators has 0.7 images in common on average (median 0.5; 3 of 6 pairs have none). Annotators and images form 2 connected groups, the largest of 3 annotators and 2 images.',
    )
  })

  it('is nothing without judgments', () => {
    const nothing = overlapOf([], 3, 2)
    expect(nothing).toMatchObject({
      judged: 0,
      annotators: 0,
      pairs: 0,
      meanPerPair: 0,
      medianPerPair: 0,
      medianShared: 0,
    })
    expect(nothing.components).toEqual([])
    expect(describeOverlap(nothing)).not.toMatch(/NaN|undefined/)
    expect(warnOfOverlap('mace', nothing, 10)).toEqual([])
  })

  it('is what counting every pair gives, whatever the judgments', () => {
    const [annotators, images] = [5, 7]
    const pair = fc.tuple(fc.nat(annotators - 1), fc.nat(images - 1))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), (pairs) => {
        const found = overlapOf(judgments(...pairs), annotators, images)
        const of = (annotator: number) => new Set(pairs.filter(([a]) => a === annotator).map(([, image]) => image))
        const sets = Array.from({ length: annotators }, (_, a) => of(a)).filter((set) => set.size > 0)
        const inCommon = (one: Set<number>, other: Set<number>) => [...one].filter((image) => other.has(image)).length
        const common = sets.flatMap((one, a) => sets.slice(a + 1).map((other) => inCommon(one, other)))
        expect(found.pairs).toBe(common.length)
        expect(found.pairsSharing).toBe(common.filter((n) => n > 0).length)
        const total = common.reduce((sum, n) => sum + n, 0)
        expect(found.meanPerPair).toBeCloseTo(common.length > 0 ? total / common.length : 0, 12)
        const sorted = common.toSorted((a, b) => a - b)
        const middle = ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
        expect(found.medianPerPair).toBe(middle)
        // Sets that meet become one, until none meet.
        const groups: Set<number>[] = []
        for (const set of sets) {
          const met = groups.filter((group) => inCommon(group, set) > 0)
          const whole = new Set([set, ...met].flatMap((group) => [...group]))
          groups.splice(0, groups.length, ...groups.filter((group) => !met.includes(group)), whole)
        }
        expect(found.components.map((each) => each.images)).toEqual(
          groups.map(({ size }) => size).sort((a, b) => b - a),
        )
        expect(found.components.reduce((sum, each) => sum + each.annotators, 0)).toBe(sets.length)
      }),
    )
  })
})

describe('the warning', () => {
  const all = (annotators: number, images: number) =>
    fromAnswers(Array.from({ length: annotators }, () => new Array<number>(images).fill(0)))

  it('is not given where annotators share enough', () => {
    expect(warnOfOverlap('dawid-skene', overlapOf(all(3, 30), 3, 30), 2)).toEqual([])
    expect(warnOfOverlap('mace', overlapOf(all(3, 20), 3, 20), 10)).toEqual([])
  })

  it('says how many judgments are missing and what would be enough', () => {
    const [warning] = warnOfOverlap('dawid-skene', overlapOf(all(3, 29), 3, 29), 2)
    expect(warning).toMatch(/half of the annotators have at most 29 judgments/)
    expect(warning).toMatch(/about 30 are needed \(15 for each of 2 classes\)/)
    // Three annotators have judged all there is: more judgments an image are not to be had from them.
    expect(warning).toMatch(/Enough would be 3 or more annotators with about 30 judgments each/)
    const sparse = overlapOf(
      judgments(...Array.from({ length: 40 }, (_, i): [number, number] => [i % 4, i >> 1])),
      4,
      20,
    )
    expect(warnOfOverlap('wawa', sparse, 2)[0]).toMatch(
      /Enough would be about 4 judgments by different annotators on every image \(now 2\), which gives each of the 4 annotators about 20/,
    )
  })

  it('does not call the answers of one annotator to one image comparable', () => {
    const repeated = [...judgments([0, 0], [1, 1]), { annotator: 0, image: 0, chosen: 1 }]
    for (const method of ['dawid-skene', 'mace', 'wawa'] as const)
      expect(warnOfOverlap(method, overlapOf(repeated, 2, 2), 2)[0]).toMatch(
        /none of 2 judged images has judgments by two or more annotators\. All that could be learned from is where one annotator/,
      )
  })

  it('is given for groups of two, in which nothing says who is right', () => {
    const pairs = [0, 1].flatMap((group) =>
      [0, 1].flatMap((one) =>
        Array.from({ length: 50 }, (_, i): [number, number] => [2 * group + one, 50 * group + i]),
      ),
    )
    expect(warnOfOverlap('wawa', overlapOf(judgments(...pairs), 4, 100), 2)[0]).toMatch(
      /200 judgments of 200 are in groups of one or two annotators/,
    )
  })

  it('is given where most images are judged once', () => {
    const votes = [...all(3, 30), ...Array.from({ length: 31 }, (_, i) => ({ annotator: 0, image: 30 + i, chosen: 0 }))]
    expect(warnOfOverlap('mace', overlapOf(votes, 3, 61), 2)[0]).toMatch(
      /only 30 of 61 judged images have judgments by two or more/,
    )
  })
})
