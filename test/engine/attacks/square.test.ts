/** The Square Attack on a network of one line, so that what it should find is known. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sideOf, square } from '../../../src/engine/attacks/square'
import { Random } from '../../../src/domain/addressedRandom'

const shape = { height: 6, width: 6, channels: 3, classes: 2 }
const SIZE = 6 * 6 * 3
const COUNT = 4
const EPSILON = 8 / 255

/** The logit of class 0 is the sum of all weighted pixels, less a threshold; that of class 1 is 0. */
const weights = Float64Array.from({ length: SIZE }, (_, i) => Math.sin(1.3 * i) + 0.5 * Math.cos(0.2 * i))
const images = Float32Array.from({ length: COUNT * SIZE }, (_, i) =>
  i % 11 === 0 ? 0 : i % 13 === 0 ? 1 : 0.5 + 0.4 * Math.sin(0.37 * i),
)
const hard = Float32Array.from({ length: COUNT * 2 }, (_, i) => (i % 2 === 0 ? 1 : 0))
const score = (values: Float32Array, n: number) => weights.reduce((sum, w, i) => sum + w * values[n * SIZE + i]!, 0)
const starts = Float64Array.from({ length: COUNT }, (_, n) => score(images, n))

/** Every image begins with the label in the lead by `lead`. */
async function attack(lead: number, queries: number, { epsilon = EPSILON, seed = 1 } = {}) {
  const asked: Float32Array[] = []
  const ask = (given: Float32Array) => {
    asked.push(given.slice())
    return Promise.resolve(Float32Array.from([...starts].flatMap((start, n) => [lead + score(given, n) - start, 0])))
  }
  const history: Float64Array[] = []
  const attacking = square(ask, { images, hard, target: null, shape }, { epsilon, queries }, new Random(seed))
  for (;;) {
    const next = await attacking.next()
    if (next.done) return { asked, history, found: next.value }
    history.push(next.value.margins)
  }
}

describe('the square attack', () => {
  it('stays in the ball and in [0, 1] with all it asks and answers, and asks no more than it may', async () => {
    const given = fc.record({
      lead: fc.double({ min: -1, max: 4, noNaN: true }),
      queries: fc.integer({ min: 1, max: 40 }),
      epsilon: fc.constantFrom(0, 1e-9, 1 / 255, 8 / 255, 0.6),
      seed: fc.nat(1000),
    })
    await fc.assert(
      fc.asyncProperty(given, async ({ lead, queries, ...rest }) => {
        const { asked, found } = await attack(lead, queries, rest)
        // The images themselves, then the queries.
        expect(asked.length).toBeLessThanOrEqual(queries + 1)
        for (const each of [...asked, found])
          each.forEach((value, i) => {
            if (!(value >= 0 && value <= 1)) expect.fail(`${value} at ${i}`)
            if (Math.abs(value - images[i]!) > rest.epsilon + 1e-7) expect.fail(`moved ${value - images[i]!} at ${i}`)
          })
      }),
    )
  })

  it('never raises a margin, from query to query or against the images', async () => {
    const { history, found } = await attack(2, 200)
    for (let n = 0; n < COUNT; n++) {
      const margins = history.map((each) => each[n]!)
      expect(margins).toEqual(margins.toSorted((a, b) => b - a))
      expect(score(found, n)).toBeLessThanOrEqual(starts[n]!)
    }
    // One query is the stripes alone: where they only help the label, nothing is changed.
    for (let seed = 0; seed < 20; seed++) {
      const once = await attack(2, 1, { seed })
      for (let n = 0; n < COUNT; n++) expect(score(once.found, n)).toBeLessThanOrEqual(starts[n]!)
    }
  })

  it('finds more with more queries, most of what there is to find with many', async () => {
    const reached = async (queries: number) => Math.min(...(await attack(100, queries)).history.at(-1)!)
    const few = await reached(5)
    const many = await reached(2000)
    expect(await reached(100)).toBeLessThanOrEqual(few)
    expect(many).toBeLessThan(few)
    // The best in the ball moves every pixel against its weight.
    const best = 100 - EPSILON * weights.reduce((sum, w) => sum + Math.abs(w), 0)
    expect((100 - many) / (100 - best)).toBeGreaterThan(0.75)
  })

  it('ends when all have fallen, leaves alone what is wrong already, and repeats itself by seed', async () => {
    const fallen = await attack(0.2, 500)
    expect(fallen.asked.length).toBeLessThan(500)
    expect(Math.max(...fallen.history.at(-1)!)).toBeLessThan(0)
    expect((await attack(-1, 50)).found).toEqual(images)
    expect((await attack(2, 50)).found).toEqual((await attack(2, 50)).found)
    expect((await attack(2, 50, { seed: 2 })).found).not.toEqual((await attack(2, 50)).found)
  })

  it('follows the published schedule', () => {
    const cifar = { height: 32, width: 32, channels: 3, classes: 10 }
    const sides = [0, 0.001, 0.0011, 0.0051, 0.021, 0.051, 0.11, 0.21, 0.41, 0.61, 0.81].map((share) =>
      sideOf(share, cifar),
    )
    // round(sqrt(0.8 / 2^k * 1024)), k from 0
    expect(sides).toEqual([29, 29, 20, 14, 10, 7, 5, 4, 3, 2, 1])
    expect(sideOf(0, { ...cifar, height: 4, width: 1 })).toBe(1)
  })
})
