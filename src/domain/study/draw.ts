/**
 * What one participant sees: labels shuffled once around the image, images with the fewest judgments first and random
 * among equals, the same number of each class, none twice, and an obvious image after every block (paper, section 4.2).
 */
import type { SeededRandom } from '../random'
import type { StudyProtocol } from '.'
import { imagesOf } from './protocol'

/** int32 (trials, 2), row-major: the image, and 1 where the trial is an attention check (of the checks' own set). */
export type Plan = Int32Array

export const planTrials = (plan: Plan): number => plan.length / 2
export const planImage = (plan: Plan, trial: number): number => plan[2 * trial] ?? -1
export const planIsCheck = (plan: Plan, trial: number): boolean => plan[2 * trial + 1] === 1

export interface Drawing {
  protocol: StudyProtocol
  /** Images that can be drawn. */
  candidates: Int32Array
  /** Publisher's class per image of the set. */
  labels: Uint8Array
  classes: number
  /** Judgments per image that count or are under way. */
  loads: Int32Array
  /** Obvious images, by index in their own set. */
  checks: readonly number[]
  /** Whether the checks come from the set that is judged: those of a participant are then not drawn again for them. */
  checksFromSameSet: boolean
}

/** Class on each slot. */
export const drawLayout = (classes: number, random: SeededRandom): number[] =>
  random.shuffle(Array.from({ length: classes }, (_, c) => c))

/** `count` of the candidates: those with the least load, random among equals. */
export function fewestFirst(candidates: Iterable<number>, loads: Int32Array, count: number, random: SeededRandom) {
  const levels = new Map<number, number[]>()
  for (const image of candidates) {
    const load = loads[image] ?? 0
    const level = levels.get(load)
    if (level) level.push(image)
    else levels.set(load, [image])
  }
  const chosen: number[] = []
  for (const load of [...levels.keys()].sort((a, b) => a - b)) {
    if (chosen.length >= count) break
    for (const image of random.shuffle(levels.get(load) ?? []).slice(0, count - chosen.length)) chosen.push(image)
  }
  return chosen
}

function byClass({ candidates, labels, classes }: Drawing, taken: ReadonlySet<number>): number[][] {
  const groups: number[][] = Array.from({ length: classes }, () => [])
  for (const image of candidates) if (!taken.has(image)) groups[labels[image] ?? classes]?.push(image)
  return groups
}

function drawImages(drawing: Drawing, taken: ReadonlySet<number>, random: SeededRandom): number[] {
  const { protocol, candidates, classes, loads } = drawing
  const free = taken.size > 0 ? candidates.filter((image) => !taken.has(image)) : candidates
  const count = imagesOf(protocol, candidates.length)
  if (protocol.order === 'sequence') return Array.from(free.slice(0, count))
  if (!protocol.balanceClasses || protocol.imagesPerParticipant === null)
    return random.shuffle(fewestFirst(free, loads, count, random))
  // What does not divide goes to classes drawn by lot.
  const extra = new Set(random.shuffle(Array.from({ length: classes }, (_, c) => c)).slice(0, count % classes))
  const chosen = byClass(drawing, taken).flatMap((group, c) =>
    fewestFirst(group, loads, Math.floor(count / classes) + (extra.has(c) ? 1 : 0), random),
  )
  return random.shuffle(chosen)
}

/** A participant's trials in order. */
export function drawPlan(drawing: Drawing, random: SeededRandom): Plan {
  const { protocol, candidates, checks, checksFromSameSet } = drawing
  const every = protocol.checkEvery
  const needed = every > 0 ? Math.floor(imagesOf(protocol, candidates.length) / every) : 0
  const obvious = random.shuffle([...new Set(checks)]).slice(0, needed)
  const images = drawImages(drawing, new Set(checksFromSameSet ? obvious : []), random)
  const rows = images.flatMap((image, at) => {
    const check = every > 0 && at % every === every - 1 ? obvious[(at + 1) / every - 1] : undefined
    return check === undefined ? [image, 0] : [image, 0, check, 1]
  })
  return Int32Array.from(rows)
}
