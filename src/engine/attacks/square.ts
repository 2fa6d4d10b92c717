/**
 * Square Attack, l-infinity (Andriushchenko et al., ECCV 2020): random squares of +-epsilon a channel, kept where they
 * lower the label's margin. It only asks for predictions, so that gradients which are masked do not mislead it.
 */
import type { ImageShape } from '../model'
import type { Random } from '../../domain/addressedRandom'
import type { Attack } from './attack'
import type { Ask } from './attacker'

/** Share of the image that a square covers at first. */
const FIRST_SHARE = 0.8
/** The share is halved after each of these ten-thousandths of all queries. */
const HALVED_AFTER = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]
/** Of a square whose signs change nothing new ones are drawn: one in eight does, where there is anything to change. */
const DRAWS = 8

export interface SquareStrength {
  /** On the scale of images, [0, 1]. */
  epsilon: number
  /** Predictions asked for, after that of the image itself. */
  queries: number
}

/** Of the images kept so far (n): the label's logit less the best other, below 0 where the label has fallen. */
export interface SquareOutcome {
  margins: Float64Array
}

/** Ends early when every image of the batch has fallen. Images that the network gets wrong by itself are left alone. */
export const square: Attack<Ask, SquareStrength, SquareOutcome> = async function* (
  ask,
  { images, hard, shape },
  { epsilon, queries },
  random,
) {
  const { width, channels, classes } = shape
  const size = images.length / (hard.length / classes)
  const marginsOf = async (asked: Float32Array) => margins(await ask(asked), hard, classes)
  const clean = await marginsOf(images)
  const standing = (found: Float64Array) => [...found.keys()].filter((n) => (found[n] as number) >= 0)
  const copy = (from: Float32Array, to: Float32Array, n: number) =>
    to.set(from.subarray(n * size, (n + 1) * size), n * size)

  const best = images.slice()
  for (const n of standing(clean)) paintStripes(best, images, n * size, epsilon, { size, width, channels }, random)
  const found = await marginsOf(best)
  yield { margins: found.slice() }
  for (let query = 1; query < queries; query++) {
    const open = standing(found)
    if (open.length === 0) break
    const side = sideOf((query - 1) / queries, shape)
    const tried = best.slice()
    for (const n of open) paintSquare(tried, images, n * size, epsilon, side, shape, random)
    const now = await marginsOf(tried)
    for (const n of open) {
      if (!((now[n] as number) < (found[n] as number))) continue
      found[n] = now[n] as number
      copy(tried, best, n)
    }
    yield { margins: found.slice() }
  }
  // Stripes that only helped the network, and nothing found since that hurt it: then nothing is changed.
  for (const n of clean.keys()) if ((clean[n] as number) <= (found[n] as number)) copy(images, best, n)
  return best
}

/** Side in pixels of the squares when `share` of the queries, 0 to 1, has been used. */
export function sideOf(share: number, { height, width }: ImageShape): number {
  const passed = HALVED_AFTER.filter((after) => Math.floor(share * 10_000) > after).length
  const side = Math.round(Math.sqrt((FIRST_SHARE / 2 ** passed) * height * width))
  return Math.max(1, Math.min(side, Math.min(height, width) - 1))
}

function margins(logits: Float32Array, hard: Float32Array, classes: number): Float64Array {
  return Float64Array.from({ length: hard.length / classes }, (_, n) => {
    let [label, other] = [0, -Infinity]
    for (let c = 0; c < classes; c++) {
      const logit = logits[n * classes + c] as number
      if (hard[n * classes + c] === 1) label = logit
      else other = Math.max(other, logit)
    }
    return label - other
  })
}

const moved = (value: number, by: number): number => Math.fround(Math.min(1, Math.max(0, value + by)))

/** Every column of the image one sign a channel. */
function paintStripes(
  target: Float32Array,
  images: Float32Array,
  start: number,
  epsilon: number,
  { size, width, channels }: { size: number; width: number; channels: number },
  random: Random,
): void {
  const row = Float64Array.from({ length: width * channels }, () => signed(epsilon, random))
  for (let i = 0; i < size; i++) target[start + i] = moved(images[start + i] as number, row[i % row.length] as number)
}

/** A square at a random place, one sign a channel, other than what is there. */
function paintSquare(
  target: Float32Array,
  images: Float32Array,
  start: number,
  epsilon: number,
  side: number,
  { height, width, channels }: ImageShape,
  random: Random,
): void {
  const top = random.integer(height - side)
  const left = random.integer(width - side)
  let isNew = false
  for (let draw = 0; draw < DRAWS && !isNew; draw++) {
    const signs = Array.from({ length: channels }, () => signed(epsilon, random))
    for (let y = top; y < top + side; y++) {
      const from = start + (y * width + left) * channels
      for (let i = from; i < from + side * channels; i++) {
        const value = moved(images[i] as number, signs[(i - from) % channels] as number)
        isNew ||= value !== target[i]
        target[i] = value
      }
    }
  }
}

const signed = (epsilon: number, random: Random): number => (random.integer(1) === 1 ? epsilon : -epsilon)
