/** The pieces of a run: schedule, augmentation, checkpoint files. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MEAN } from '../../../src/engine/model'
import { Random } from '../../../src/domain/addressedRandom'
import { batchOf, copyCrop } from '../../../src/engine/data/augmentation'
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '../../../src/engine/training/checkpoint'
import { learningRateAt } from '../../../src/engine/training/schedule'
import { TINY } from './fixture'

describe('learning rates', () => {
  const at = (step: number, epoch: number) => ({ step, steps: 100, epoch, epochs: 10 })
  it('stay, fall at milestones, or follow a cosine to 0', () => {
    expect(learningRateAt({ kind: 'constant' }, 0.1, at(99, 9))).toBe(0.1)
    const steps = { kind: 'step' as const, milestones: [3, 6], gamma: 0.1 }
    const rates = [0, 2, 3, 5, 6, 9].map((epoch) => learningRateAt(steps, 1, at(0, epoch)))
    expect(rates.map((rate) => Number(rate.toFixed(6)))).toEqual([1, 1, 0.1, 0.1, 0.01, 0.01])
    const cosine = { kind: 'cosine' as const }
    expect(learningRateAt(cosine, 0.2, at(0, 0))).toBe(0.2)
    expect(learningRateAt(cosine, 0.2, at(50, 5))).toBeCloseTo(0.1, 12)
    expect(learningRateAt(cosine, 0.2, at(100, 10))).toBeCloseTo(0, 12)
    // Made for twice as many epochs, the cosine is cut off half way down.
    expect(learningRateAt({ ...cosine, epochs: 20 }, 0.2, at(100, 10))).toBeCloseTo(0.1, 12)
  })
})

describe('augmentation', () => {
  const [height, width, channels] = [5, 6, 3]
  const images = { pixels: new Uint8Array(2 * 90).map((_, i) => 1 + (i % 250)), height, width, channels }

  it('without a stream only scales to [0, 1]', () => {
    const batch = batchOf(images, [1, 0], null)
    expect(batch[0]).toBe(Math.fround(images.pixels[90]! / 255))
    expect(batch[179]).toBe(Math.fround(images.pixels[89]! / 255))
  })

  it('is the crop of the padded image, mirrored: compared with padding spelled out', () => {
    const crop = fc.record({
      top: fc.integer({ min: -4, max: 4 }),
      left: fc.integer({ min: -4, max: 4 }),
      flip: fc.boolean(),
    })
    fc.assert(
      fc.property(crop, ({ top, left, flip }) => {
        const result = new Float32Array(90)
        copyCrop(images, 90, result, 0, top, left, flip)
        const padded = (y: number, x: number, c: number) =>
          y < 0 || y >= height || x < 0 || x >= width ? 0 : images.pixels[90 + (y * width + x) * channels + c]! / 255
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            for (let c = 0; c < channels; c++) {
              const expected = padded(y + top, (flip ? width - 1 - x : x) + left, c)
              expect(result[(y * width + x) * channels + c]).toBe(Math.fround(expected))
            }
          }
        }
      }),
    )
  })

  it('repeats itself by key and uses every shift and both mirrors', () => {
    const indices = new Int32Array(600)
    const one = batchOf(images, indices, new Random(1, 2, 3))
    expect(batchOf(images, indices, new Random(1, 2, 3))).toEqual(one)
    const variants = new Set(Array.from(indices, (_, n) => one.subarray(n * 90, (n + 1) * 90).join()))
    expect(variants.size).toBeGreaterThan(130) // of 9 * 9 * 2
  })
})

describe('cutout', () => {
  const side = 12
  const white = { pixels: new Uint8Array(side * side * 3).fill(255), height: side, width: side, channels: 3 }
  const mean = MEAN.map(Math.fround)

  it('makes one square of mean colour, cut off at the edges, whose centre lies anywhere in the image', () => {
    for (const cutout of [4, 5]) {
      const indices = new Int32Array(3000)
      const batch = batchOf(white, indices, new Random(1, 2, 3), cutout)
      const places = new Set<string>()
      const sizes = new Set<number>()
      for (let n = 0; n < indices.length; n++) {
        const cut: [number, number][] = []
        for (let y = 0; y < side; y++) {
          for (let x = 0; x < side; x++) {
            const at = (n * side * side + y * side + x) * 3
            if (mean.every((value, c) => batch[at + c] === value)) cut.push([y, x])
          }
        }
        const [ys, xs] = [cut.map(([y]) => y), cut.map(([, x]) => x)]
        const [top, bottom, left, right] = [Math.min(...ys), Math.max(...ys), Math.min(...xs), Math.max(...xs)]
        const [height, width] = [bottom - top + 1, right - left + 1]
        expect(cut.length).toBe(height * width)
        expect(height < cutout ? top === 0 || bottom === side - 1 : height === cutout).toBe(true)
        expect(width < cutout ? left === 0 || right === side - 1 : width === cutout).toBe(true)
        places.add([top, bottom, left, right].join())
        sizes.add(height * width)
      }
      // An even side has one more place than the image has rows, an odd one as many.
      expect(places.size).toBe((side + (cutout % 2 === 0 ? 1 : 0)) ** 2)
      expect(Math.min(...sizes)).toBe(Math.ceil(cutout / 2) ** 2)
    }
  })

  it('leaves crops and mirrors as they are without it, and images alone outside of training', () => {
    const indices = [0, 0, 0]
    expect(batchOf(white, indices, new Random(5), 0)).toEqual(batchOf(white, indices, new Random(5)))
    expect(batchOf(white, indices, null, 4)).toEqual(new Float32Array(3 * white.pixels.length).fill(1))
  })
})

describe('checkpoint files', () => {
  const checkpoint: Checkpoint = {
    config: TINY,
    phase: 'training',
    step: 7,
    epoch: 2,
    evaluatedAt: -1,
    accumulated: { steps: 1, loss: 0.1 + 0.2, correct: 3, images: 10 },
    best: { step: 5, epoch: 1, score: -0.25 },
    sets: [{ imageSet: 'other', labelSet: null, images: 3, measures: { accuracy: 1 / 3 } }],
    attacks: [],
    notJudged: 2,
    state: {
      'conv/filter': { shape: [1, 2], data: Float32Array.of(1.5, -0) },
      'fc/bias': { shape: [], data: Float32Array.of(1e-45) },
    },
  }
  const bytes = encodeCheckpoint(checkpoint)

  it('come back bit for bit, from any offset of a buffer', () => {
    expect(decodeCheckpoint(bytes, 'f')).toEqual(checkpoint)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeCheckpoint(shifted.subarray(3), 'f')).toEqual(checkpoint)
  })

  it('are refused when cut off anywhere or when any byte changed', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(() => decodeCheckpoint(bytes.slice(0, length), 'run.ckpt')).toThrow(/not a checkpoint|cut off/)
      }),
    )
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const broken = bytes.slice()
        broken[at]! ^= change
        expect(() => decodeCheckpoint(broken, 'run.ckpt')).toThrow(/not a checkpoint|changed/)
      }),
    )
    expect(() => decodeCheckpoint(new Uint8Array(), 'run.ckpt')).toThrow(/not a checkpoint/)
  })
})
