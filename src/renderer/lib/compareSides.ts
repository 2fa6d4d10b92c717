/** Choosing the two sides of a comparison: by what runs have in common, or by their numbers. Pure. */
import { TARGETS, type Target } from '../../domain/runs/config'
import type { RunInfo } from '../../domain/runs/info'
import { linesOf } from './series'

export interface SideChoice {
  name: string
  ids: number[]
}

const idsOf = (runs: readonly RunInfo[]) => runs.map(({ id }) => id)

/** Finished runs by network and target, by tag, by experiment: what has at least one. */
export function sideChoices(runs: readonly RunInfo[]): SideChoice[] {
  const done = runs.filter(({ state }) => state === 'done')
  const lines = linesOf(done).map(({ name, runs: its }): SideChoice => {
    const network = its[0]?.config.network ?? ''
    return { name: name.startsWith(network) ? name : `${network} · ${name}`, ids: idsOf(its) }
  })
  const tags = [...new Set(done.flatMap(({ tags: its = [] }) => its))].sort((a, b) => a.localeCompare(b, 'en'))
  const experiments = [...new Set(done.flatMap(({ experiment }) => experiment ?? []))]
  return [
    ...lines,
    ...tags.map((tag) => ({ name: `tag ${tag}`, ids: idsOf(done.filter((run) => (run.tags ?? []).includes(tag))) })),
    ...experiments.map((id) => ({ name: `experiment ${id}`, ids: idsOf(done.filter((run) => run.experiment === id)) })),
  ]
}

/** Runs that differ in target, fold and seed alone, and in what belongs to the target. */
const kindOf = ({
  config: {
    target: _t,
    fold: _f,
    seed: _s,
    device: _d,
    startFrom,
    evaluateEvery: _e,
    evaluations: _ev,
    attacks: _a,
    mixupAlpha: _m,
    aggregatedFrom: _ag,
    teachers: _te,
    ...rest
  },
}: RunInfo) => JSON.stringify({ ...rest, fine: startFrom !== null })
const place = ({ config: { fold, seed } }: RunInfo) => `${fold} ${seed}`

/**
 * Finished runs of two targets that differ in nothing else: hard against soft where there are any, the two with the
 * most folds and seeds on both sides, the newest of several; null where there are none.
 */
export function obviousSides(runs: readonly RunInfo[]): { a: number[]; b: number[] } | null {
  const kinds = new Map<string, Map<Target, RunInfo[]>>()
  for (const run of runs.filter(({ state }) => state === 'done')) {
    const sides = kinds.get(kindOf(run)) ?? new Map<Target, RunInfo[]>()
    sides.set(run.config.target, [...(sides.get(run.config.target) ?? []), run])
    kinds.set(kindOf(run), sides)
  }
  let best: { a: RunInfo[]; b: RunInfo[]; score: number[] } | null = null
  for (const sides of kinds.values())
    for (const [first, second] of TARGETS.flatMap((target, at) =>
      TARGETS.slice(at + 1).map((other) => [target, other] as const),
    )) {
      const [a, b] = [sides.get(first) ?? [], sides.get(second) ?? []]
      const there = new Set(b.map(place))
      const pairs = new Set(a.map(place).filter((each) => there.has(each))).size
      const score = [
        Number(first === 'hard' && second === 'soft'),
        pairs,
        Math.max(0, ...a.map(({ id }) => id), ...b.map(({ id }) => id)),
      ]
      if (pairs > 0 && (best === null || isMore(score, best.score))) best = { a, b, score }
    }
  return best && { a: idsOf(best.a), b: idsOf(best.b) }
}

/** By the first number in which they differ. */
function isMore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, i) => value !== other[i])
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0)
}

/** "1-3, 7": every run once, ranges with a hyphen. */
export function idsInWords(ids: readonly number[]): string {
  const sorted = [...new Set(ids)].sort((a, b) => a - b)
  const ranges: [number, number][] = []
  for (const id of sorted) {
    const last = ranges.at(-1)
    if (last && last[1] === id - 1) last[1] = id
    else ranges.push([id, id])
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ')
}

/** The runs of such words that exist; null where they are not such words. */
export function idsFromWords(words: string, runs: readonly RunInfo[]): number[] | null {
  const parts = words.split(/[\s,;]+/).filter(Boolean)
  const ranges: [number, number][] = []
  for (const part of parts) {
    const found = /^(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(part)
    if (!found) return null
    ranges.push([Number(found[1]), Number(found[2] ?? found[1])])
  }
  return idsOf(runs.filter(({ id }) => ranges.some(([from, to]) => id >= from && id <= to)))
}

/** What is wrong with such words; null where nothing is. */
export function idsProblem(words: string, runs: readonly RunInfo[]): string | null {
  const parts = words.split(/[\s,;]+/).filter(Boolean)
  const odd = parts.filter((part) => idsFromWords(part, runs) === null)
  if (odd.length > 0) return `Not a run’s number: ${odd.join(', ')}. Numbers and ranges are read, as 1-10, 14.`
  const missing = parts.filter((part) => idsFromWords(part, runs)?.length === 0)
  return missing.length > 0 ? `There is no run ${missing.join(', ')}.` : null
}
