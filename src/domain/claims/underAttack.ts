/** Findings of section 7: FGSM and PGD on networks fine-tuned on hard and on human soft labels. */
import type { AttackResult } from '../attacks/config'
import type { Claim } from './claim'
import { correctedResampledT } from '../measures/paired'
import { meanOrNull } from '../averages'
import type { Comparison } from '../results/pairs'
import { attackName, datasetOf, type FinishedRun } from '../results/runValues'
import { measureWords } from '../measures/text'
import { judge, overNetworks, unmeasured, type Contrast, type Finding } from './contrast'
import { contrastOf, preferring } from './hardAgainstSoft'
import { plural } from '../text/numbers'

const FGSM: (Omit<Finding, 'what'> & { measure: 'accuracy' | 'crossEntropyToLabels' })[] = [
  {
    id: 'fgsm-cross-entropy',
    statement: 'Under FGSM, cross-entropy is lower after training on human soft labels (section 7, Table 2).',
    measure: 'crossEntropyToLabels',
    side: -1,
    unit: 'nats',
  },
  {
    id: 'fgsm-accuracy',
    statement: 'Under FGSM, accuracy improves for most architectures (section 7: five of eight).',
    measure: 'accuracy',
    side: 1,
    unit: 'points',
  },
]

const attacksOf = ({ hard, soft }: Comparison) => [...hard, ...soft].flatMap((run) => run.result.attacks)
const nearFour = (a: AttackResult, b: AttackResult) => Math.abs(a.epsilon - 4) - Math.abs(b.epsilon - 4)

/** The plain attack on cross-entropy of the epsilon nearest to 4/255. */
export function nearest(attacks: readonly AttackResult[], attack: AttackResult['attack']): AttackResult | null {
  const own = attacks.filter((each) => each.attack === attack && !attackName(each).includes('margin'))
  return [...own].sort((a, b) => nearFour(a, b) || b.steps - a.steps)[0] ?? null
}

function attacked(comparison: Comparison, attack: 'fgsm' | 'pgd', measure: string): Contrast[] {
  const found = nearest(attacksOf(comparison), attack)
  const [run] = [...comparison.hard, ...comparison.soft]
  if (!found || !run) return []
  const on =
    (found.on as AttackResult['on'] | undefined) === 'all' ? `${comparison.imageSet} all images` : datasetOf(run)
  const name = `${attackName(found)}-${measure}`
  // The two protocols attack at different radii.
  return [{ ...contrastOf(comparison, name, on), what: measureWords(name).name }]
}

export function section7(all: readonly Comparison[]): Claim[] {
  const pool = preferring(all, 'fine-tuned', (each) => nearest(attacksOf(each), 'fgsm') !== null)
  const fgsm = FGSM.flatMap(({ measure, ...finding }) => {
    const contrasts = pool.flatMap((each) => attacked(each, 'fgsm', measure))
    return judge({ ...finding, what: '' }, contrasts)
  })
  const underPgd = preferring(all, 'fine-tuned', (each) => nearest(attacksOf(each), 'pgd') !== null)
  return [...fgsm, halved(pool), ...lossGrowth(underPgd), accuracyFloor(underPgd)]
}

/** Table 2: cross-entropy under FGSM is about halved. Ratios are averaged as logarithms, fold by fold. */
function halved(pool: Comparison[]): Claim {
  const id = 'fgsm-cross-entropy-halves'
  const statement = 'Under FGSM, cross-entropy is about halved (section 7, Table 2).'
  const contrasts = pool
    .flatMap((each) => attacked(each, 'fgsm', 'crossEntropyToLabels'))
    .filter(({ pairs }) => pairs.length > 0)
  const first = contrasts[0]?.protocol
  const own = contrasts.filter(({ protocol }) => protocol === first)
  const { pairs, testShare } = overNetworks(own)
  const logs = pairs.filter(({ hard, soft }) => hard > 0 && soft > 0).map(({ hard, soft }) => Math.log(soft / hard))
  if (logs.length === 0) return unmeasured(id, statement)
  const test = correctedResampledT(logs, testShare)
  const ratio = Math.exp(test.mean)
  const interval = test.interval && ([Math.exp(test.interval[0]), Math.exp(test.interval[1])] as [number, number])
  const reach = interval ? `, 95% interval ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}` : ''
  const judged = !interval ? 'undecided' : interval[0] > 0.5 ? 'fails' : interval[1] < 1 ? 'holds' : 'undecided'
  return {
    id,
    statement,
    value: ratio,
    interval,
    verdict: judged,
    measured: `Soft over hard: ${ratio.toFixed(2)}${reach} (${plural(own.length, 'network')}, n = ${logs.length} pairs; holds while the interval is below 1 and reaches 0.5).`,
  }
}

/** How much the loss rises over the iterations of PGD at the epsilon nearest to 4/255. */
export function pgdLossRise(run: FinishedRun): number | null {
  const losses = nearest(run.result.attacks, 'pgd')?.trust.lossByStep
  const [first, last] = [losses?.[0], losses?.at(-1)]
  return first === undefined || last === undefined ? null : last - first
}

function lossGrowth(pool: Comparison[]): Claim[] {
  const finding: Finding = {
    id: 'pgd-loss-growth',
    statement: 'Under PGD the loss grows more slowly after training on human soft labels (section 7, Figure 4).',
    what: 'Rise of the loss from before the first to after the last step',
    side: -1,
    unit: 'nats',
  }
  const contrasts = pool.map((comparison): Contrast => ({
    ...contrastOf(comparison, 'accuracy'),
    pairs: comparison.pairs.flatMap(({ fold, seed, hard, soft }) => {
      const [h, s] = [pgdLossRise(hard), pgdLossRise(soft)]
      return h === null || s === null ? [] : [{ fold, seed, hard: h, soft: s }]
    }),
  }))
  return judge(finding, contrasts)
}

/** As printed: 0% and 1%, so below 0.5% and 1.5%. */
function accuracyFloor(pool: Comparison[]): Claim {
  const id = 'pgd-accuracy-floor'
  const statement = 'Under PGD accuracy falls to 0% with hard labels and to 1% with human soft labels (section 7).'
  const contrasts = pool.flatMap((each) => attacked(each, 'pgd', 'accuracy')).filter(({ pairs }) => pairs.length > 0)
  const first = contrasts[0]?.protocol
  const own = contrasts.filter(({ protocol }) => protocol === first)
  const of = (side: 'hard' | 'soft') =>
    meanOrNull(own.map(({ pairs }) => meanOrNull(pairs.map((pair) => pair[side])) ?? 0))
  const [hard, soft] = [of('hard'), of('soft')]
  if (hard === null || soft === null) return unmeasured(id, statement)
  return {
    id,
    statement,
    measured: `After the last step, mean over ${plural(own.length, 'network')}: hard ${(100 * hard).toFixed(1)}%, soft ${(100 * soft).toFixed(1)}% (holds below 0.5% and 1.5%).`,
    value: soft,
    interval: null,
    verdict: hard < 0.005 && soft < 0.015 ? 'holds' : 'fails',
  }
}
