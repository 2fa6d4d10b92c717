/**
 * The claims table: each finding the paper states in words, the figure found here, its interval, and whether it holds.
 * A paired finding holds when the whole 95% interval lies on the side the paper says, fails when it lies on the other,
 * and is undecided in between or with fewer than two pairs.
 */
import type { FigureRow } from '../shared/contract'
import type { Claim, RunInfo } from '../shared/domain'
import { correctedResampledT } from '../engine/evaluation/paired'
import { row } from './figures'
import { entropyHeldByTop, rowEntropies, type Distributions } from './humanEntropy'
import { comparisons, type Comparison } from './pairs'
import type { FinishedRun } from './runValues'
import { measureWords } from './words'

export interface People {
  /** (images, classes) */
  distributions: Distributions
  classes: number
}

interface Finding {
  id: string
  statement: string
  /** The measure, or the one of an attack at the epsilon nearest to 4/255. */
  measure: string
  attack?: 'fgsm' | 'pgd'
  /** Side of soft - hard on which the statement is true. */
  side: 1 | -1
  unit: 'nats' | 'points'
}

const FINDINGS: Finding[] = [
  {
    id: 'soft-cross-entropy-people',
    statement: 'Training on human soft labels lowers cross-entropy to people on held-out images (section 5.2).',
    measure: 'crossEntropyToPeople',
    side: -1,
    unit: 'nats',
  },
  {
    id: 'soft-cross-entropy-labels',
    statement: 'It lowers cross-entropy to the hard labels too (section 5.2).',
    measure: 'crossEntropyToLabels',
    side: -1,
    unit: 'nats',
  },
  {
    id: 'soft-accuracy',
    statement: 'Accuracy is higher with human soft labels (section 5.2: 83.5% to 84.5% on CIFAR-10).',
    measure: 'accuracy',
    side: 1,
    unit: 'points',
  },
  {
    id: 'soft-second-best',
    statement: 'Second-best accuracy is higher with human soft labels (section 5.2: by 5 points on average).',
    measure: 'secondBestAccuracy',
    side: 1,
    unit: 'points',
  },
  {
    id: 'fgsm-cross-entropy',
    statement: 'Under FGSM, cross-entropy is lower after training on human soft labels (section 7, Table 2).',
    measure: 'crossEntropyToLabels',
    attack: 'fgsm',
    side: -1,
    unit: 'nats',
  },
  {
    id: 'fgsm-accuracy',
    statement: 'Under FGSM, accuracy improves for most architectures (section 7: five of eight).',
    measure: 'accuracy',
    attack: 'fgsm',
    side: 1,
    unit: 'points',
  },
]

/** Findings of the paper that no run of this version can speak to, listed so that the table is whole. */
const NOT_MEASURED: [id: string, statement: string][] = [
  ['generalisation', 'The advantage grows with distance from the training set: CIFAR-10.1, CINIC-10, ImageNet-Far (section 5.2).'], // prettier-ignore
  ['alternatives', 'Human soft labels beat mixup, category soft labels and sampled labels in fitting people (section 6, Table 1).'], // prettier-ignore
  ['knowledge-ensemble', 'An ensemble of pretrained networks does not recover human uncertainty: cross-entropy 0.41 (section 6.3).'], // prettier-ignore
]

export function claims(runs: readonly RunInfo[], people: People | null): Claim[] {
  const all = comparisons(runs)
  const several = all.length > 1
  const suffix = (id: string, comparison: Comparison) =>
    several ? `${id}:${comparison.network}:${comparison.dataset}` : id
  const paired = FINDINGS.flatMap((finding) =>
    all.length === 0
      ? [unmeasured(finding.id, finding.statement)]
      : all.map((comparison) => ({ ...pairedClaim(finding, comparison), id: suffix(finding.id, comparison) })),
  )
  const growth = all.length === 0 ? [lossGrowth(null)] : all.map((each) => ({ ...lossGrowth(each), id: suffix('pgd-loss-growth', each) })) // prettier-ignore
  return [...paired, ...growth, bulkOfUncertainty(people), ...NOT_MEASURED.map(([id, statement]) => unmeasured(id, statement))] // prettier-ignore
}

const unmeasured = (id: string, statement: string): Claim => ({
  id,
  statement,
  measured: 'Not measured by these runs.',
  value: null,
  interval: null,
  verdict: 'not-measured',
})

function pairedClaim(finding: Finding, comparison: Comparison): Claim {
  const measure = measureOf(finding, comparison)
  const found = measure === null ? null : row(comparison, measure)
  if (!found || found.difference === null) return unmeasured(finding.id, finding.statement)
  return {
    id: finding.id,
    statement: finding.statement,
    measured: `${measureWords(measure ?? '').name}, ${comparison.network} on ${comparison.dataset}: ${inWords(found, finding.unit)}.`,
    value: found.difference,
    interval: found.interval,
    verdict: verdict(found.interval, finding.side),
  }
}

/** The measure's name among the runs; for an attack, the one of epsilon nearest to 4/255. */
function measureOf({ measure, attack }: Finding, { hard, soft }: Comparison): string | null {
  if (!attack) return measure
  const epsilons = [...hard, ...soft].flatMap((run) =>
    run.result.attacks.filter((each) => each.attack === attack).map(({ epsilon }) => epsilon),
  )
  const nearest = epsilons.sort((a, b) => Math.abs(a - 4) - Math.abs(b - 4))[0]
  return nearest === undefined ? null : `${attack}-${nearest}-${measure}`
}

function inWords({ pairs, hard, soft, difference, interval }: FigureRow, unit: Finding['unit']): string {
  const show = (value: number) => (unit === 'points' ? `${(100 * value).toFixed(1)}%` : value.toFixed(3))
  const change = (value: number) => signed(unit === 'points' ? 100 * value : value, unit === 'points' ? 1 : 3)
  const reach = interval ? `, 95% interval ${change(interval[0])} to ${change(interval[1])}` : ''
  const n = `${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} of hard and soft`
  return `hard ${show(hard ?? NaN)}, soft ${show(soft ?? NaN)}, difference ${change(difference ?? NaN)}${unit === 'points' ? ' points' : ''}${reach} (n = ${n})` // prettier-ignore
}

const signed = (value: number, digits: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`

export function verdict(interval: [number, number] | null, side: 1 | -1): Claim['verdict'] {
  if (!interval) return 'undecided'
  const [low, high] = side === 1 ? interval : [-interval[1], -interval[0]]
  return low > 0 ? 'holds' : high < 0 ? 'fails' : 'undecided'
}

/** How much the loss rises over the iterations of PGD at the epsilon nearest to 4/255. */
export function pgdLossRise(run: FinishedRun): number | null {
  const pgd = run.result.attacks.filter(({ attack }) => attack === 'pgd')
  const losses = pgd.sort((a, b) => Math.abs(a.epsilon - 4) - Math.abs(b.epsilon - 4) || b.steps - a.steps)[0]?.trust.lossByStep // prettier-ignore
  const [first, last] = [losses?.[0], losses?.at(-1)]
  return first === undefined || last === undefined ? null : last - first
}

function lossGrowth(comparison: Comparison | null): Claim {
  const statement = 'Under PGD the loss grows more slowly after training on human soft labels (section 7, Figure 4).'
  const rises = (comparison?.pairs ?? []).flatMap(({ hard, soft }) => {
    const [h, s] = [pgdLossRise(hard), pgdLossRise(soft)]
    return h === null || s === null ? [] : [{ h, s }]
  })
  if (!comparison || rises.length === 0) return unmeasured('pgd-loss-growth', statement)
  const test = correctedResampledT(rises.map(({ h, s }) => s - h), comparison.testShare) // prettier-ignore
  const mean = (of: (rise: { h: number; s: number }) => number) => rises.reduce((sum, rise) => sum + of(rise), 0) / rises.length // prettier-ignore
  const reach = test.interval ? `, 95% interval ${signed(test.interval[0], 2)} to ${signed(test.interval[1], 2)}` : ''
  return {
    id: 'pgd-loss-growth',
    statement,
    measured: `Rise of the loss from before the first to after the last step, ${comparison.network} on ${comparison.dataset}: hard ${mean(({ h }) => h).toFixed(2)}, soft ${mean(({ s }) => s).toFixed(2)} nats, difference ${signed(test.mean, 2)}${reach} (n = ${rises.length} pairs).`, // prettier-ignore
    value: test.mean,
    interval: test.interval,
    verdict: verdict(test.interval, -1),
  }
}

/** The bulk is taken as more than half: what any reading of the word asks for at least. */
function bulkOfUncertainty(people: People | null): Claim {
  const id = 'bulk-of-uncertainty'
  const statement = 'About 30% of the images carry the bulk of human uncertainty (section 8; the published labels: 82.6% of the entropy).' // prettier-ignore
  if (!people) return unmeasured(id, statement)
  const entropies = rowEntropies(people.distributions, people.classes)
  const share = entropyHeldByTop(entropies, 0.3)
  const images = entropies.length.toLocaleString('en-US')
  if (share === null) return { ...unmeasured(id, statement), measured: `All ${images} images are unanimous.` }
  return {
    id,
    statement,
    measured: `The most uncertain 30% hold ${(100 * share).toFixed(1)}% of the entropy (all n = ${images} images; a count, not an estimate).`, // prettier-ignore
    value: share,
    interval: null,
    verdict: share > 0.5 ? 'holds' : 'fails',
  }
}
