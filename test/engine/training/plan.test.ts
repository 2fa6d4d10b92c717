/** What a configuration means for the data: prefixes of the fold, whole batches only. */
import { describe, expect, it } from 'vitest'
import { fold } from '../../../src/engine/training/folds'
import { planRun } from '../../../src/engine/training/plan'
import { tinyInputs, TINY } from './fixture'

const inputs = tinyInputs(50)

describe('a plan', () => {
  it('takes the first images asked for of each part of the fold, and drops the last partial batch', () => {
    const { train, heldOut } = fold(50, 5, 2, 7)
    const config = { ...TINY, folds: 5, fold: 2, foldSeed: 7, trainImages: 25, testImages: 4, batch: 10, epochs: 3 }
    const plan = planRun(config, inputs)
    expect([...plan.train]).toEqual([...train.subarray(0, 25)])
    expect([...plan.heldOut]).toEqual([...heldOut.subarray(0, 4)])
    expect(plan).toMatchObject({ stepsPerEpoch: 2, steps: 6, pointEvery: 1, evaluationBatch: 4 })
    const whole = planRun({ ...config, trainImages: null, testImages: 1000 }, inputs)
    expect([whole.train.length, whole.heldOut.length, whole.steps]).toEqual([40, 10, 12])
  })

  it('gives about ten points an epoch', () => {
    expect(planRun({ ...TINY, batch: 1 }, inputs).pointEvery).toBe(3)
  })

  it('refuses a protocol it would not follow', () => {
    expect(() => planRun({ ...TINY, protocol: 'released' }, inputs)).toThrow(
      'The protocol "released" cannot be run yet',
    )
  })

  it('asks only the images it uses for labels', () => {
    const { heldOut } = planRun(TINY, inputs)
    const spoil = (image: number) => ({
      ...inputs,
      images: { ...inputs.images, labels: inputs.images.labels.map((label, i) => (i === image ? 255 : label)) },
    })
    const unused = heldOut.at(-1) ?? -1
    expect(() => planRun(TINY, spoil(unused))).toThrow(`Image ${unused} has no label`)
    expect(() => planRun({ ...TINY, testImages: 3 }, spoil(unused))).not.toThrow()
  })
})
