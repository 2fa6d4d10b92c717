/** What a configuration means for the data: prefixes of the fold, whole batches only. */
import { describe, expect, it } from 'vitest'
import { fold } from '../../../src/engine/data/folds'
import { planRun } from '../../../src/engine/data/plan'
import { tinyInputs, TINY } from '../training/fixture'

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

  it('holds nothing out where all images are trained on', () => {
    const plan = planRun({ ...TINY, folds: 1, fold: 0, batch: 10 }, inputs)
    expect([...plan.train].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect([plan.heldOut.length, plan.stepsPerEpoch]).toEqual([0, 5])
  })

  it('cuts out what the network says, unless the run says otherwise', () => {
    const network = 'shake_shake_8_2x2d_SSI_cutout4'
    expect(planRun({ ...TINY, network }, inputs).cutout).toBe(4)
    expect(planRun({ ...TINY, network, cutout: 0 }, inputs).cutout).toBe(0)
    expect(planRun({ ...TINY, cutout: 2 }, inputs).cutout).toBe(2)
  })

  it('refuses mixup without an alpha, and an alpha without mixup', () => {
    expect(() => planRun({ ...TINY, target: 'mixup' }, inputs)).toThrow('Mixup needs its alpha')
    expect(() => planRun({ ...TINY, mixupAlpha: 1 }, inputs)).toThrow('Mixup needs its alpha')
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
