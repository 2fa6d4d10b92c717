/**
 * Images that nobody judged: no measure of people counts them, no run is trained towards them, and the number is said.
 */
import { describe, expect, it } from 'vitest'
import { crossEntropyWhereJudged, measuresWhereJudged } from '../../../src/domain/measures/judged'
import { measures, OF_PEOPLE } from '../../../src/domain/measures/measures'
import { openEager } from '../../../src/engine/devices/eager'
import type { Checkpoint } from '../../../src/engine/training/checkpoint'
import { executeRun, type RunEvent, type RunInputs } from '../../../src/engine/training/run'
import { planRun } from '../../../src/engine/data/plan'
import { openTargets } from '../../../src/engine/data/targets'
import { rowEntropies } from '../../../src/domain/measures/humanEntropy'
import { reliability } from '../../../src/domain/measures/reliability'
import { categoryDistributions } from '../../../src/domain/labels/categories'
import { TARGETS, type RunConfig, type Target } from '../../../src/domain/runs/config'
import { done, TINY, tinyInputs } from './fixture'

const NOBODY = [NaN, NaN, NaN]
const network = [
  [0.7, 0.2, 0.1],
  [0.1, 0.8, 0.1],
  [0.3, 0.3, 0.4],
  [0.2, 0.5, 0.3],
]
const people = [[0.5, 0.5, 0], NOBODY, [0, 0.25, 0.75], [0.1, 0.9, 0]]
const labels = [0, 1, 2, 0]
const of = (rows: number[][]) => Float64Array.from(rows.flat())
const judged = [0, 2, 3]

describe('measures', () => {
  it('of people are those of the images that were judged, of labels those of all, and the number is said', () => {
    const found = measuresWhereJudged(of(network), Uint8Array.from(labels), of(people), 3)
    const among = <T>(rows: T[]) => judged.map((image) => rows[image] as T)
    const ofJudged = measures(of(among(network)), Uint8Array.from(among(labels)), of(among(people)), 3)
    const ofAll = measures(of(network), Uint8Array.from(labels), null, 3)
    const { judgedImages, ...rest } = found
    expect(judgedImages).toBe(3)
    const expected = Object.entries(ofJudged).filter(([name]) => OF_PEOPLE.has(name))
    expect(expected.length).toBeGreaterThan(10)
    expect(rest).toEqual({ ...ofAll, ...Object.fromEntries(expected) })
  })
  it('are as ever where all images were judged, and none of people where none was', () => {
    const all = of(network)
    expect(measuresWhereJudged(all, Uint8Array.from(labels), all, 3)).toEqual(
      measures(all, Uint8Array.from(labels), all, 3),
    )
    const none = of(network.map(() => NOBODY))
    expect(measuresWhereJudged(all, Uint8Array.from(labels), none, 3)).toEqual({
      ...measures(all, Uint8Array.from(labels), null, 3),
      judgedImages: 0,
    })
    expect(
      crossEntropyWhereJudged({ values: all, labels: Uint8Array.from(labels), people: none, classes: 3 }),
    ).toBeNull()
  })
  it('refuse a row that is no distribution, judged or not', () => {
    const wrong = of([[0.5, 0.6, 0], NOBODY, [0, 0.25, 0.75], [NaN, 0.9, 0.1]])
    expect(() => measuresWhereJudged(of(network), Uint8Array.from(labels), wrong, 3)).toThrow('sums to 1.1')
    const partly = of([[0.5, 0.5, 0], NOBODY, [0, NaN, 1], [0.1, 0.9, 0]])
    expect(() => measuresWhereJudged(of(network), Uint8Array.from(labels), partly, 3)).toThrow('no probability')
  })
})

describe('figures', () => {
  it('leave them out of entropies, of categories and of reliability', () => {
    expect(rowEntropies(of(people), 3)).toEqual(rowEntropies(of(judged.map((image) => people[image] as number[])), 3))
    expect([...categoryDistributions(of(people), [0, 0, 2, 1], 3).subarray(0, 3)]).toEqual([0.5, 0.5, 0])
    const predictions = [{ run: 1, values: Float32Array.from(network.flat()), heldOut: Int32Array.of(0, 1, 2, 3) }]
    const bins = reliability(predictions, { labels: Uint8Array.from(labels), distributions: of(people), classes: 3 })
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(4)
    expect(bins.reduce((sum, { judged }) => sum + judged, 0)).toBe(3)
    // The second network is sure of class 1; nobody judged its image, and no other is in that bin.
    expect(bins.map(({ people }) => Number(people.toFixed(3)))).toEqual([0.75, 0.9, 0.5, NaN])
  })
})

describe('a run', () => {
  const whole = tinyInputs()
  const parts = planRun(TINY, whole)
  const nobody = [...parts.train.subarray(0, 3), ...parts.heldOut.subarray(0, 2)]
  const distributions = Float32Array.from(whole.distributions ?? [])
  for (const image of nobody) distributions.fill(NaN, image * 3, (image + 1) * 3)
  const inputs: RunInputs = { ...whole, distributions }
  const config = (target: Target): RunConfig => ({
    ...TINY,
    target,
    attacks: TINY.attacks.slice(0, 1),
    epochs: 1,
    mixupAlpha: target === 'mixup' ? 0.2 : null,
    aggregatedFrom: target === 'aggregated' ? 'other' : null,
    selection: 'best-loss',
  })
  const IMAGE_BY_IMAGE: readonly Target[] = ['soft', 'sampled-hard', 'majority-hard', 'mode-forced', 'aggregated']

  it.each(TARGETS)('towards %s is trained on no image without a target, and on all others', (target) => {
    const given = target === 'aggregated' || target === 'distilled' ? distributions : null
    const its = { ...inputs, given: target === 'distilled' ? whole.distributions : given }
    const plan = planRun(config(target), its)
    const all = planRun(config(target), {
      ...its,
      distributions: whole.distributions,
      given: given && whole.distributions,
    })
    const out = IMAGE_BY_IMAGE.includes(target) ? nobody : []
    expect([...plan.train]).toEqual([...all.train].filter((image) => !out.includes(image)))
    expect(plan.heldOut).toEqual(all.heldOut)
    expect(plan.notJudged).toBe(all.train.length - plan.train.length)
    const data = { labels: whole.images.labels, classes: 3, people: distributions, given: its.given, train: plan.train }
    const targets = openTargets(config(target), data)
    expect(targets.batch(plan.train, { epoch: 0, index: 0 }).every(Number.isFinite)).toBe(true)
  })

  it('says how many it left out, and measures the others', async () => {
    const device = await openEager('tfjs-cpu')
    const events: RunEvent[] = []
    for await (const event of executeRun(config('soft'), inputs, device)) events.push(event)
    const { result, heldOut } = done(events)
    expect(result.notJudged).toBe(3)
    expect(heldOut).toHaveLength(parts.heldOut.length)
    expect(result.measures['judgedImages']).toBe(parts.heldOut.length - 2)
    expect(result.measures['crossEntropyToPeople']).toBeGreaterThan(0)
    expect(result.measures['crossEntropyToTargets']).toBe(result.measures['crossEntropyToPeople'])
    expect(result.attacks[0]?.crossEntropyToPeople).toBeGreaterThan(0)
  })

  it('is not resumed from a checkpoint that counted them otherwise, as those of earlier versions do', async () => {
    const device = await openEager('tfjs-cpu')
    const checkpoints: Checkpoint[] = []
    for await (const event of executeRun(config('soft'), whole, device, { shouldStop: () => 'pause' }))
      if (event.type === 'checkpoint') checkpoints.push(event.checkpoint)
    const [resume] = checkpoints
    expect(resume?.notJudged).toBe(0)
    const first = executeRun(config('soft'), inputs, device, { ...(resume && { resume }) }).next()
    await expect(first).rejects.toThrow('left out 0 images that nobody judged, and would now leave out 3')
  })

  it('is refused where too few are left, and the reason says why', () => {
    const few = { ...config('soft'), batch: parts.train.length }
    expect(() => planRun(few, whole)).not.toThrow()
    expect(() => planRun(few, inputs)).toThrow(
      expect.objectContaining({ where: { hint: expect.stringContaining('judged by nobody') as string } }),
    )
  })
})
