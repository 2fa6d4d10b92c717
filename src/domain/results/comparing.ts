/**
 * Any runs against any others: paired by fold and seed where both held out the same images, every measure with its
 * paired difference and the interval of the corrected resampled t-test. What cannot be paired is said, with its reason.
 * Not here: hard against another target in all else equal runs (figures.ts), which choose among rates.
 */
import { correctedResampledT } from '../measures/paired'
import type { RunConfig } from '../runs/config'
import type { RunInfo } from '../runs/info'
import type { ComparedMeasure, RunPair, RunsComparison } from '../runs/comparison'
import { canonical, completeConfig } from '../runs/runKey'
import { foldLabel } from '../runs/foldLabel'
import { NOT_COMPARED } from './contrasts'
import { groupBy, testShare } from './pairs'
import { isFinished, partsOf, type FinishedRun } from './runValues'

type Side = 'first' | 'second'
type LeftOut = RunsComparison['leftOut']
interface Paired extends RunPair {
  runs: Record<Side, FinishedRun>
}

/** @param second compared with `first`: differences are second minus first */
export function compareRuns(first: readonly RunInfo[], second: readonly RunInfo[]): RunsComparison {
  const leftOut: LeftOut = []
  const both = new Set(first.map(({ id }) => id).filter((id) => second.some((run) => run.id === id)))
  const usable = (runs: readonly RunInfo[], side: Side) => usableRuns(runs, side, both, leftOut)
  const sides = { first: usable(first, 'first'), second: usable(second, 'second') }
  const bySeed = pairUp(sides, ({ fold, seed }) => `${fold} ${seed}`)
  const byFold = bySeed.length === 0 && oneAFold(sides.first) && oneAFold(sides.second)
  const pairs = byFold ? pairUp(sides, ({ fold }) => String(fold)) : bySeed
  sayUnpaired(sides, pairs, leftOut)
  const share = Math.max(0, ...pairs.flatMap(({ runs }) => [testShare(runs.first), testShare(runs.second)]))
  return {
    pairs: pairs.map(({ runs: _, ...pair }) => pair),
    pairedBy: byFold && pairs.length > 0 ? 'fold' : 'fold and seed',
    testShare: share,
    measures: measuresOf(pairs, share),
    leftOut: leftOut.sort((a, b) => (a.side === b.side ? a.run - b.run : a.side < b.side ? -1 : 1)),
    differs: differences(pairs),
  }
}

/** Finished ones, each fold and seed of a split once: the newest. */
function usableRuns(runs: readonly RunInfo[], side: Side, both: ReadonlySet<number>, leftOut: LeftOut): FinishedRun[] {
  const say = (run: number, reason: string) => leftOut.push({ run, side, reason })
  const kept = new Map<string, FinishedRun>()
  for (const stored of [...runs].sort((a, b) => a.id - b.id)) {
    const run = { ...stored, config: completeConfig(stored.config) }
    if (both.has(run.id)) say(run.id, 'It is on both sides.')
    else if (!isFinished(run)) say(run.id, `It is ${run.state}: nothing was measured yet.`)
    else {
      const place = `${split(run.config)} ${run.config.fold} ${run.config.seed}`
      const older = kept.get(place)
      if (older) say(older.id, `Run ${run.id} of this side has the same fold and seed and is newer.`)
      kept.set(place, run)
    }
  }
  return [...kept.values()]
}

/** Equal for runs of which the same fold holds out the same images. */
const split = ({ imageSet, folds, foldSeed, testImages }: RunConfig): string =>
  canonical({ imageSet, folds, foldSeed, testImages })

function splitInWords({ imageSet, folds, foldSeed, testImages }: RunConfig): string {
  if (folds === 1) return `trained on all of ${imageSet}`
  const part = testImages === null ? '' : `, the first ${testImages} of a fold`
  return `${folds} folds of ${imageSet}, fold seed ${foldSeed}${part}`
}

const oneAFold = (runs: readonly FinishedRun[]) =>
  new Set(runs.map(({ config }) => `${split(config)} ${config.fold}`)).size === runs.length

function pairUp({ first, second }: Record<Side, FinishedRun[]>, by: (config: RunConfig) => string): Paired[] {
  const place = ({ config }: FinishedRun) => `${split(config)} ${by(config)}`
  const partners = new Map(second.map((run) => [place(run), run]))
  return first
    .flatMap((run): Paired[] => {
      const partner = partners.get(place(run))
      const { fold, seed } = run.config
      return partner ? [{ fold, seed, first: run.id, second: partner.id, runs: { first: run, second: partner } }] : []
    })
    .sort((a, b) => a.seed - b.seed || a.fold - b.fold || a.first - b.first)
}

function sayUnpaired(sides: Record<Side, FinishedRun[]>, pairs: readonly Paired[], leftOut: LeftOut) {
  for (const side of ['first', 'second'] as const) {
    const others = sides[side === 'first' ? 'second' : 'first']
    const paired = new Set(pairs.map((pair) => pair[side]))
    for (const { id, config } of sides[side]) {
      if (paired.has(id)) continue
      const alike = others.filter((other) => split(other.config) === split(config))
      const other = others[0]
      const reason = !other
        ? 'The other side has nothing to pair it with.'
        : alike.length === 0
          ? `Other images were held out: ${splitInWords(config)}; the other side ${splitInWords(other.config)}.`
          : alike.every(({ config: { fold } }) => fold !== config.fold)
            ? `The other side has no run of ${foldLabel(config.fold, config.folds)}.`
            : `The other side has ${foldLabel(config.fold, config.folds)}, but not with seed ${config.seed}.`
      leftOut.push({ run: id, side, reason })
    }
  }
}

function measuresOf(pairs: readonly Paired[], share: number): ComparedMeasure[] {
  const found = new Map<string, { dataset: string; measure: string; values: ComparedMeasure['values'] }>()
  for (const { fold, seed, runs } of pairs) {
    const others = new Map(partsOf(runs.second).map(({ dataset, values }) => [dataset, values]))
    for (const { dataset, values } of partsOf(runs.first))
      for (const [measure, value] of values) {
        const other = others.get(dataset)?.get(measure)
        if (other === undefined || NOT_COMPARED.has(measure)) continue
        const key = `${dataset}\n${measure}`
        const entry = found.get(key) ?? { dataset, measure, values: [] }
        entry.values.push({ fold, seed, first: value, second: other })
        found.set(key, entry)
      }
  }
  return [...found.values()].map(({ dataset, measure, values }) => {
    const { mean, interval, p } = correctedResampledT(
      values.map(({ first, second }) => second - first),
      share,
    )
    const average = (side: Side) => values.reduce((sum, each) => sum + each[side], 0) / values.length
    return {
      dataset,
      measure,
      first: average('first'),
      second: average('second'),
      difference: mean,
      interval,
      p,
      values,
    }
  })
}

/** Not looked at: what pairs runs, and what computes them. */
const PAIRING: ReadonlySet<string> = new Set(['fold', 'seed', 'device'])

function differences(pairs: readonly Paired[]): RunsComparison['differs'] {
  const valuesOf = (side: Side) => {
    const entries = pairs.flatMap(({ runs }) => Object.entries(runs[side].config))
    const grouped = groupBy(entries, ([field]) => field)
    return new Map(
      [...grouped].map(([field, list]) => [field, [...new Set(list.map(([, value]) => canonical(value)))]]),
    )
  }
  const [first, second] = [valuesOf('first'), valuesOf('second')]
  return [...first].flatMap(([field, values]) => {
    const others = second.get(field) ?? []
    const isSame = values.length === others.length && values.every((value) => others.includes(value))
    return isSame || PAIRING.has(field) ? [] : [{ field, first: values, second: others }]
  })
}
