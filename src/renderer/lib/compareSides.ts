/** Choosing the two sides of a comparison: by what runs have in common, or by their numbers. Pure. */
import type { RunInfo } from '../../shared/domain'
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

/** Hard and soft runs that differ in nothing else, the newest there are; null where there are none. */
export function obviousSides(runs: readonly RunInfo[]): { a: number[]; b: number[] } | null {
  const done = runs.filter(({ state }) => state === 'done')
  const kind = ({ config: { target: _t, fold: _f, seed: _s, device: _d, startFrom, evaluateEvery: _e, evaluations: _ev, attacks: _a, mixupAlpha: _m, aggregatedFrom: _ag, teachers: _te, ...rest } }: RunInfo) => JSON.stringify({ ...rest, fine: startFrom !== null }) // prettier-ignore
  for (const newest of [...done].reverse()) {
    const alike = done.filter((run) => kind(run) === kind(newest))
    const of = (target: string) => idsOf(alike.filter(({ config }) => config.target === target))
    const [a, b] = [of('hard'), of('soft')]
    if (a.length > 0 && b.length > 0) return { a, b }
  }
  return null
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
