/**
 * One finding of the paper against pairs of runs: a claim a network, and one over all of them where several ran. It
 * holds when the whole 95% interval lies on the side the paper says, fails when it lies on the other, and is undecided
 * in between or with fewer than two pairs.
 */
import { PROTOCOLS, type Protocol } from '../runs/config'
import type { Claim } from './claim'
import { correctedResampledT } from '../measures/paired'
import { meanOrNull } from '../averages'
import { groupBy } from '../results/pairs'
import { plural } from '../text/numbers'

export interface ContrastPair {
  fold: number
  seed: number
  hard: number
  soft: number
}

/** Two sides of a network, fold by fold; `hard` and `soft` unless `sides` calls them otherwise. */
export interface Contrast {
  network: string
  protocol: Protocol
  dataset: string
  testShare: number
  pairs: ContrastPair[]
  /** What is measured here, where it is not the same for all: an attack's radius. */
  what?: string
}

export interface Finding {
  id: string
  statement: string
  /** What is measured, in words. */
  what: string
  /** Side of soft - hard on which the statement is true. */
  side: 1 | -1
  unit: 'nats' | 'points'
  sides?: [string, string]
}

export const unmeasured = (id: string, statement: string): Claim => ({
  id,
  statement,
  measured: 'Not measured by these runs.',
  value: null,
  interval: null,
  verdict: 'not-measured',
})

export function verdict(interval: [number, number] | null, side: 1 | -1): Claim['verdict'] {
  if (!interval) return 'undecided'
  const [low, high] = side === 1 ? interval : [-interval[1], -interval[0]]
  return low > 0 ? 'holds' : high < 0 ? 'fails' : 'undecided'
}

export const signed = (value: number, digits: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
const differences = ({ pairs }: Contrast) => pairs.map(({ hard, soft }) => soft - hard)
const average = (values: number[]) => meanOrNull(values) ?? 0

function inWords(
  { unit, sides = ['hard', 'soft'] }: Finding,
  pairs: ContrastPair[],
  interval: [number, number] | null,
) {
  const show = (value: number) => (unit === 'points' ? `${(100 * value).toFixed(1)}%` : value.toFixed(3))
  const change = (value: number) => signed(unit === 'points' ? 100 * value : value, unit === 'points' ? 1 : 3)
  const [hard, soft] = [average(pairs.map((pair) => pair.hard)), average(pairs.map((pair) => pair.soft))]
  const reach = interval ? `, 95% interval ${change(interval[0])} to ${change(interval[1])}` : ''
  return `${sides[0]} ${show(hard)}, ${sides[1]} ${show(soft)}, difference ${change(soft - hard)}${unit === 'points' ? ' points' : ''}${reach}`
}

const said = (protocol: Protocol) => (protocol === 'described' ? '' : `Protocol ${protocol}. `)

function ofOne(finding: Finding, contrast: Contrast): Claim {
  const test = correctedResampledT(differences(contrast), contrast.testShare)
  const { network, dataset, pairs, protocol } = contrast
  const [hard, soft] = finding.sides ?? ['hard', 'soft']
  const n = `${plural(pairs.length, 'pair')} of ${hard} and ${soft}`
  return {
    id: finding.id,
    statement: finding.statement,
    measured: `${said(protocol)}${contrast.what ?? finding.what}, ${network} on ${dataset}: ${inWords(finding, pairs, test.interval)} (n = ${n}).`,
    value: test.mean,
    interval: test.interval,
    verdict: verdict(test.interval, finding.side),
  }
}

/** Fold by fold, the mean over networks, on the folds that all of them have. */
export function overNetworks(contrasts: Contrast[]): { pairs: ContrastPair[]; testShare: number } {
  const key = ({ fold, seed }: ContrastPair) => `${fold}/${seed}`
  const [first, ...others] = contrasts
  const pairs = (first?.pairs ?? []).flatMap((pair): ContrastPair[] => {
    const same = [pair, ...others.flatMap((each) => each.pairs.find((other) => key(other) === key(pair)) ?? [])]
    if (same.length < contrasts.length) return []
    return [{ ...pair, hard: average(same.map(({ hard }) => hard)), soft: average(same.map(({ soft }) => soft)) }]
  })
  return { pairs, testShare: Math.max(...contrasts.map(({ testShare }) => testShare)) }
}

function ofAll(finding: Finding, contrasts: Contrast[]): Claim[] {
  const { pairs, testShare } = overNetworks(contrasts)
  const [first] = contrasts
  if (!first || pairs.length === 0) return []
  const test = correctedResampledT(
    pairs.map(({ hard, soft }) => soft - hard),
    testShare,
  )
  const own = contrasts.map((each) => correctedResampledT(differences(each), each.testShare))
  const agree = own.filter((each) => each.mean * finding.side > 0).length
  const clear = own.filter((each) => verdict(each.interval, finding.side) === 'holds').length
  const counted = `so in ${agree} of ${contrasts.length} networks, with the whole interval in ${clear}`
  const folds = `${plural(pairs.length, 'fold')} of ${contrasts.length} networks`
  return [
    {
      id: finding.id,
      statement: finding.statement,
      measured: `${said(first.protocol)}${first.what ?? finding.what}, mean over ${contrasts.length} networks on ${first.dataset}: ${inWords(finding, pairs, test.interval)} (n = ${folds}); ${counted}.`,
      value: test.mean,
      interval: test.interval,
      verdict: verdict(test.interval, finding.side),
    },
  ]
}

/** Over all networks first, under the plain id; then each by itself. The second protocol's ids end in its name. */
export function judge(finding: Finding, found: readonly Contrast[]): Claim[] {
  const contrasts = found.filter(({ pairs }) => pairs.length > 0)
  if (contrasts.length === 0) return [unmeasured(finding.id, finding.statement)]
  const protocols = PROTOCOLS.filter((protocol) => contrasts.some((each) => each.protocol === protocol))
  return protocols.flatMap((protocol, i) => {
    const own = contrasts.filter((each) => each.protocol === protocol)
    const suffix = i === 0 ? '' : `:${protocol}`
    const [only] = own
    if (only && own.length === 1) return [{ ...ofOne(finding, only), id: `${finding.id}${suffix}` }]
    const networks = groupBy(own, ({ network }) => network).size
    // Several configurations of one network are told apart by themselves; a mean over them would mean nothing.
    const overall = networks === own.length ? ofAll(finding, own) : []
    return [
      ...overall.map((claim) => ({ ...claim, id: `${finding.id}${suffix}` })),
      ...own.map((each) => ({ ...ofOne(finding, each), id: `${finding.id}:${each.network}:${each.dataset}${suffix}` })),
    ]
  })
}
