/** Robustness: accuracy over epsilon beside random noise of equal size, loss over PGD's steps, and the trust table. */
import type { AttackResult } from '../attacks/config'
import { allRise } from '../attacks/checks'
import { publishedPgdLoss } from '../published/published'
import { SIDES, type Side } from '../runs/config'
import type { Comparison } from '../results/pairs'
import { attackName, type FinishedRun } from '../results/runValues'
import { fixed } from '../text/numbers'
import { measureWords } from '../measures/text'
import { axes, FRAME, linear, mark, path, svg, xRange, yRange } from '../charts/chart'
import { el, type Markup } from '../charts/markup'
import { mean } from '../averages'

interface AttackMean {
  target: Side
  attack: AttackResult['attack']
  /** As in report.json: "pgd-4-margin". */
  name: string
  onAll: boolean
  epsilon: number
  steps: number
  runs: number
  /** Images attacked per run, least of the runs. */
  images: number
  accuracy: number
  crossEntropyToLabels: number
  trust: AttackResult['trust']
  /** What each run's attack raises never falls; null where that is not known. */
  rises: boolean | null
  /** Accuracy against a gradient-free attack of the same radius; null where none was made. */
  blackBox: number | null
}

/** Means over the runs of each target, one entry per attack, epsilon and number of steps. */
export function attackMeans({ hard, soft }: Pick<Comparison, 'hard' | 'soft'>): AttackMean[] {
  const of = (target: Side, runs: FinishedRun[]) => {
    const groups = new Map<string, { result: AttackResult; heldOut: number }[]>()
    for (const run of runs)
      for (const result of run.result.attacks) {
        const key = `${attackName(result)} ${result.steps} ${onAll(result)}`
        groups.set(key, [...(groups.get(key) ?? []), { result, heldOut: run.result.heldOut }])
      }
    return [...groups.values()].flatMap((group) => attackMean(target, group) ?? [])
  }
  const order = { fgsm: 0, pgd: 1 }
  return [...of('hard', hard), ...of('soft', soft)].sort(
    (a, b) => order[a.attack] - order[b.attack] || a.epsilon - b.epsilon || a.steps - b.steps,
  )
}

const onAll = ({ on }: AttackResult) => (on as AttackResult['on'] | undefined) === 'all'

function attackMean(target: Side, group: { result: AttackResult; heldOut: number }[]): AttackMean | null {
  const results = group.map(({ result }) => result)
  const [first] = results
  if (!first) return null
  const over = (value: (trust: AttackResult['trust']) => number) => mean(results.map(({ trust }) => value(trust)))
  const steps = Math.min(...results.map(({ trust }) => trust.lossByStep.length))
  const blackBox = results.flatMap(({ trust }) => trust.blackBox?.accuracy ?? [])
  return {
    target,
    attack: first.attack,
    name: attackName(first),
    onAll: onAll(first),
    blackBox: blackBox.length === 0 ? null : mean(blackBox),
    epsilon: first.epsilon,
    steps: first.steps,
    runs: results.length,
    images: Math.min(
      ...group.map(({ result, heldOut }) => Math.min(result.images ?? Infinity, onAll(result) ? Infinity : heldOut)),
    ),
    accuracy: mean(results.map(({ accuracy }) => accuracy)),
    rises: allRise(results),
    crossEntropyToLabels: mean(results.map(({ crossEntropyToLabels }) => crossEntropyToLabels)),
    trust: {
      cleanAccuracy: over((trust) => trust.cleanAccuracy),
      accuracyAtZero: over((trust) => trust.accuracyAtZero),
      maximumPerturbation: Math.max(...results.map(({ trust }) => trust.maximumPerturbation)),
      zeroGradientShare: over((trust) => trust.zeroGradientShare),
      randomNoiseAccuracy: over((trust) => trust.randomNoiseAccuracy),
      lossByStep: Array.from({ length: steps }, (_, i) => over((trust) => trust.lossByStep[i] ?? NaN)),
    },
  }
}

/** Attacks as the paper's text has them; where there are none, whatever variants there are. */
function plain(found: AttackMean[]): AttackMean[] {
  const own = found.filter(({ name, attack, epsilon }) => name === `${attack}-${epsilon}`)
  return own.length > 0 ? own : found
}

/** FGSM's accuracy from epsilon 0 on, with the random-noise baseline dashed. */
export function epsilonChart(comparison: Comparison): Markup | null {
  const found = plain(attackMeans(comparison).filter(({ attack }) => attack === 'fgsm'))
  if (found.length === 0) return null
  const x = linear([0, Math.max(...found.map(({ epsilon }) => epsilon))], xRange(FRAME), 8)
  const y = linear([0, 100], yRange(FRAME))
  const lines = SIDES.flatMap((target) => {
    const own = found.filter((each) => each.target === target)
    const [first] = own
    if (!first) return []
    const zero = [x(0), y(100 * first.trust.cleanAccuracy)] as const
    const attacked = own.map(({ epsilon, accuracy }) => [x(epsilon), y(100 * accuracy)] as const)
    const noise = own.map(({ epsilon, trust }) => [x(epsilon), y(100 * trust.randomNoiseAccuracy)] as const)
    return [
      el('path', { class: `line noise ${target}`, d: path([zero, ...noise]) }),
      el('path', { class: `line ${target}`, d: path([zero, ...attacked]) }),
      [zero, ...attacked].map(([px, py]) => mark(target, px, py, 4)),
    ]
  })
  const label = `Accuracy under FGSM: ${found.map(({ target, epsilon, accuracy }) => `${target} at ${epsilon}/255 ${fixed(100 * accuracy, 1)}%`).join(', ')}`
  return svg(
    label,
    FRAME,
    axes(FRAME, { x, y, xLabel: 'ε, in 1/255', yLabel: '', yUnit: '%', xClass: 'attack' }),
    lines,
  )
}

/** The strongest PGD's mean loss before the first step and after each; the paper's Figure 4 dotted where it applies. */
export function pgdChart(comparison: Comparison): Markup | null {
  const all = plain(attackMeans(comparison).filter(({ attack }) => attack === 'pgd'))
  const epsilon = [...all].sort((a, b) => Math.abs(a.epsilon - 4) - Math.abs(b.epsilon - 4))[0]?.epsilon
  const found = SIDES.flatMap((target) =>
    all.filter((each) => each.target === target && each.epsilon === epsilon).slice(-1),
  )
  if (found.length === 0) return null
  const paper =
    epsilon === 4
      ? SIDES.flatMap((target) => {
          const losses = publishedPgdLoss(comparison.imageSet, comparison.network, target)
          return losses ? [{ target, losses }] : []
        })
      : []
  const series = [...found.map(({ trust }) => trust.lossByStep), ...paper.map(({ losses }) => losses)]
  const x = linear([0, Math.max(...series.map((losses) => losses.length - 1))], xRange(FRAME), 10)
  const y = linear([0, Math.max(...series.flat()) * 1.05], yRange(FRAME))
  const points = (losses: number[]) => losses.map((loss, step) => [x(step), y(loss)] as const)
  const label = `Loss over PGD steps: ${found.map(({ target, trust }) => `${target} from ${fixed(trust.lossByStep[0] ?? 0, 2)} to ${fixed(trust.lossByStep.at(-1) ?? 0, 2)}`).join(', ')}`
  return svg(
    label,
    FRAME,
    axes(FRAME, { x, y, xLabel: `step of PGD, ε = ${epsilon}/255`, yLabel: '', xClass: 'attack' }),
    paper.map(({ target, losses }) => el('path', { class: `line paper-${target}`, d: path(points(losses)) })),
    found.map(({ target, trust }) => [
      el('path', { class: `line ${target}`, d: path(points(trust.lossByStep)) }),
      points(trust.lossByStep).map(([px, py]) => mark(target, px, py, 3.5)),
    ]),
  )
}

/** What lets a reader tell robustness from obscured gradients, next to every attack. */
export function trustTable(comparison: Comparison): Markup | null {
  const found = attackMeans(comparison)
  if (found.length === 0) return null
  const percent = (value: number) => `${fixed(100 * value, 1)}%`
  const queried = found.some(({ blackBox }) => blackBox !== null)
  const heads = [
    'Attack',
    'Side',
    'Accuracy',
    'Loss',
    'Clean accuracy',
    'At ε = 0',
    'Random noise',
    'Largest |δ|',
    'Zero gradients',
    'Objective rises',
    ...(queried ? ['Gradient-free attack'] : []),
  ]
  return el(
    'table',
    { class: 'numbers' },
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        heads.map((head, i) => el('th', { scope: 'col', class: i < 2 && 'word' }, head)),
      ),
    ),
    el(
      'tbody',
      {},
      found.map(({ target, accuracy, crossEntropyToLabels, trust, rises, blackBox, ...about }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row', class: 'word attack' }, inWords(about)),
          el('td', { class: `word ${target}` }, target === 'hard' ? 'hard' : comparison.variant),
          el('td', {}, percent(accuracy)),
          el('td', {}, fixed(crossEntropyToLabels, 2)),
          el('td', {}, percent(trust.cleanAccuracy)),
          el('td', {}, percent(trust.accuracyAtZero)),
          el('td', {}, percent(trust.randomNoiseAccuracy)),
          el('td', {}, `${fixed(trust.maximumPerturbation, 2)}/255`),
          el('td', {}, `${fixed(100 * trust.zeroGradientShare, 2)}%`),
          el('td', {}, rises === null ? 'not known' : rises ? 'every step' : 'not every step'),
          queried && el('td', {}, blackBox === null ? '' : percent(blackBox)),
        ),
      ),
    ),
  )
}

/** "PGD 4/255, 10 steps, margin loss". */
function inWords({
  attack,
  epsilon,
  steps,
  name,
  onAll: all,
}: Pick<AttackMean, 'attack' | 'epsilon' | 'steps' | 'name' | 'onAll'>): string {
  const variants = measureWords(`${name}-accuracy`).name.split(', ').slice(2)
  const parts = [
    `${attack.toUpperCase()} ${epsilon}/255`,
    attack === 'pgd' && `${steps} steps`,
    ...variants,
    all && 'all images',
  ]
  return parts.filter((part) => part !== false).join(', ')
}

export const attackedImages = (comparison: Comparison): string => {
  const counts = attackMeans(comparison).map(({ images, runs }) => `${images} images in each of ${runs} runs`)
  return [...new Set(counts)].join('; ')
}

/** Whether a loss axis has anything of the paper's to show. */
export const hasPaperCurve = ({ imageSet, network }: Comparison): boolean =>
  publishedPgdLoss(imageSet, network, 'hard') !== null
