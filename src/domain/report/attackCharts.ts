/** Robustness: accuracy over epsilon beside random noise of equal size, loss over PGD's steps, and the trust table. */
import { axes, FRAME, linear, mark, path, svg, xRange, yRange } from '../charts/chart'
import { el, type Markup } from '../charts/markup'
import { publishedPgdLoss } from '../published/published'
import type { Comparison } from '../results/pairs'
import { attackName } from '../results/runValues'
import { trustRows, type MadeAttack, type TrustRow } from '../results/trust'
import { trustChecks, trustSummary, type TrustCheck } from '../results/trustChecks'
import { SIDES, type Side } from '../runs/config'
import { fixed, percent } from '../text/numbers'

/** Attacks on the networks of one side of a comparison, means over its runs. */
interface SideAttack extends TrustRow {
  side: Side
  checks: TrustCheck[]
}

export function attacksOf(comparison: Pick<Comparison, 'hard' | 'soft'>): SideAttack[] {
  const order = { fgsm: 0, pgd: 1 }
  return SIDES.flatMap((side) => {
    const rows = trustRows(comparison[side])
    return rows.map((row) => ({ ...row, side, checks: trustChecks(row, rows) }))
  }).sort((a, b) => order[a.attack] - order[b.attack] || a.epsilon - b.epsilon || a.steps - b.steps)
}

/** Attacks as the paper's text has them; where there are none, whatever variants there are. */
function plain(found: SideAttack[]): SideAttack[] {
  const own = found.filter(({ made, attack, epsilon }) =>
    made.some((each) => attackName(each.attack) === `${attack}-${epsilon}`),
  )
  return own.length > 0 ? own : found
}

/** FGSM's accuracy from epsilon 0 on, with the random-noise baseline dashed. */
export function epsilonChart(comparison: Comparison): Markup | null {
  const found = plain(attacksOf(comparison).filter(({ attack }) => attack === 'fgsm'))
  if (found.length === 0) return null
  const x = linear([0, Math.max(...found.map(({ epsilon }) => epsilon))], xRange(FRAME), 8)
  const y = linear([0, 100], yRange(FRAME))
  const lines = SIDES.flatMap((target) => {
    const own = found.filter((each) => each.side === target)
    const [first] = own
    if (!first) return []
    const zero = [x(0), y(100 * first.cleanAccuracy)] as const
    const attacked = own.map(({ epsilon, accuracy }) => [x(epsilon), y(100 * accuracy)] as const)
    const noise = own.map(({ epsilon, randomNoiseAccuracy }) => [x(epsilon), y(100 * randomNoiseAccuracy)] as const)
    return [
      el('path', { class: `line noise ${target}`, d: path([zero, ...noise]) }),
      el('path', { class: `line ${target}`, d: path([zero, ...attacked]) }),
      [zero, ...attacked].map(([px, py]) => mark(target, px, py, 4)),
    ]
  })
  const label = `Accuracy under FGSM: ${found.map(({ side, epsilon, accuracy }) => `${side} at ${epsilon}/255 ${fixed(100 * accuracy, 1)}%`).join(', ')}`
  return svg(
    label,
    FRAME,
    axes(FRAME, { x, y, xLabel: 'ε, in 1/255', yLabel: '', yUnit: '%', xClass: 'attack' }),
    lines,
  )
}

/** The strongest PGD's mean loss before the first step and after each; the paper's Figure 4 dotted where it applies. */
export function pgdChart(comparison: Comparison): Markup | null {
  const all = plain(attacksOf(comparison).filter(({ attack }) => attack === 'pgd'))
  const epsilon = [...all].sort((a, b) => Math.abs(a.epsilon - 4) - Math.abs(b.epsilon - 4))[0]?.epsilon
  const found = SIDES.flatMap((target) =>
    all.filter((each) => each.side === target && each.epsilon === epsilon).slice(-1),
  )
  if (found.length === 0) return null
  const paper =
    epsilon === 4
      ? SIDES.flatMap((target) => {
          const losses = publishedPgdLoss(comparison.imageSet, comparison.network, target)
          return losses ? [{ target, losses }] : []
        })
      : []
  const series = [...found.map(({ lossByStep }) => lossByStep), ...paper.map(({ losses }) => losses)]
  const x = linear([0, Math.max(...series.map((losses) => losses.length - 1))], xRange(FRAME), 10)
  const y = linear([0, Math.max(...series.flat()) * 1.05], yRange(FRAME))
  const points = (losses: number[]) => losses.map((loss, step) => [x(step), y(loss)] as const)
  const label = `Loss over PGD steps: ${found.map(({ side, lossByStep }) => `${side} from ${fixed(lossByStep[0] ?? 0, 2)} to ${fixed(lossByStep.at(-1) ?? 0, 2)}`).join(', ')}`
  return svg(
    label,
    FRAME,
    axes(FRAME, { x, y, xLabel: `step of PGD, ε = ${epsilon}/255`, yLabel: '', xClass: 'attack' }),
    paper.map(({ target, losses }) => el('path', { class: `line paper-${target}`, d: path(points(losses)) })),
    found.map(({ side, lossByStep }) => [
      el('path', { class: `line ${side}`, d: path(points(lossByStep)) }),
      points(lossByStep).map(([px, py]) => mark(side, px, py, 3.5)),
    ]),
  )
}

/** What lets a reader tell robustness from obscured gradients, next to every attack. */
export function trustTable(comparison: Comparison): Markup | null {
  const found = attacksOf(comparison)
  if (found.length === 0) return null
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
    'Checks',
  ]
  const cells = (row: SideAttack): string[] => [
    percent(row.accuracy),
    fixed(row.crossEntropyToLabels, 2),
    percent(row.cleanAccuracy),
    percent(row.accuracyAtZero),
    percent(row.randomNoiseAccuracy),
    `${fixed(row.maximumPerturbation, 2)}/255`,
    percent(row.zeroGradientShare, 2),
    row.monotone === null ? 'not known' : row.monotone ? 'every step' : 'not every step',
    ...(queried ? [row.blackBox ? percent(row.blackBox.accuracy) : ''] : []),
    trustSummary(row.checks).words,
  ]
  const head = heads.map((each, i) => el('th', { scope: 'col', class: i < 2 && 'word' }, each))
  const lines = found.map((row) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', class: 'word attack' }, row.title),
      el('td', { class: `word ${row.side}` }, row.side === 'hard' ? 'hard' : comparison.variant),
      cells(row).map((cell) => el('td', {}, cell)),
    ),
  )
  return el('table', { class: 'numbers' }, el('thead', {}, el('tr', {}, head)), el('tbody', {}, lines))
}

const imagesOf = ({ run, attack }: MadeAttack): number =>
  Math.min(attack.images ?? Infinity, attack.on === 'all' ? Infinity : (run.result?.heldOut ?? 0))

export const attackedImages = (comparison: Comparison): string => {
  const counts = attacksOf(comparison).map(
    ({ made, runs }) => `${Math.min(...made.map(imagesOf))} images in each of ${runs} runs`,
  )
  return [...new Set(counts)].join('; ')
}

/** Whether a loss axis has anything of the paper's to show. */
export const hasPaperCurve = ({ imageSet, network }: Comparison): boolean =>
  publishedPgdLoss(imageSet, network, 'hard') !== null
