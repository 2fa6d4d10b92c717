/** Figure 2 by data set and Figure 4 by iteration, drawn; the paper's own dotted. */
import { PROTOCOLS, type Protocol } from '../../shared/domain'
import type { PaperCurve, PaperRow } from '../../shared/paper'
import { PAPER_SETS, paperSet, SET_WORDS, type PaperSet } from '../dataSets'
import { groupBy, SIDES, type Side } from '../pairs'
import { nearestPublished } from '../published'
import { fixed } from '../words'
import { axes, extent, FRAME, legend, linear, mark, path, svg, xRange, yRange, type Scale } from './chart'
import { figure, HARD_SOFT } from './frame'
import { el, type Child, type Markup } from './markup'

type Of = Protocol | 'paper'

/** Described has marks and a plain line, released is dashed and thin, the paper's dotted. */
const lineClass = (of: Of, side: Side) => `line ${of === 'described' ? side : of === 'paper' ? `paper-${side}` : `released-${side}`}` // prettier-ignore

function legendOf(found: ReadonlySet<Of>): Markup {
  const own = PROTOCOLS.filter((protocol) => found.has(protocol))
  return legend([
    ...HARD_SOFT,
    ...(own.length > 1 ? [{ kind: 'released-hard', text: 'protocol released, hard' } as const, { kind: 'released-soft', text: 'released, soft' } as const] : []), // prettier-ignore
    ...(found.has('paper') ? [{ kind: 'paper-hard', text: 'paper, hard' } as const, { kind: 'paper-soft', text: 'paper, soft' } as const] : []), // prettier-ignore
  ])
}

const valueOf = (row: PaperRow | undefined, of: Of) => (of === 'paper' ? row?.published : row?.cells[of]?.value) ?? null

/** Of the mean over networks, or of the one network there is. */
export function figure2Charts(rows: readonly PaperRow[]): Child {
  const measured = rows.filter(({ cells }) => cells.described ?? cells.released)
  const means = measured.filter(({ network }) => network.startsWith('mean over'))
  const [first] = means.length > 0 ? means : measured
  if (!first) return null
  const own = rows.filter(({ network }) => network === first.network)
  const sets = PAPER_SETS.filter((set) => own.some(({ dataset }) => paperSet(dataset) === set))
  if (sets.length < 2) return null
  const present = ([...PROTOCOLS, 'paper'] as const).filter((of) => own.some((row) => valueOf(row, of) !== null))
  const chart = (measure: string) => setChart(own.filter((row) => row.measure === measure), sets, present) // prettier-ignore
  return [
    legendOf(new Set(present)),
    el(
      'div',
      { class: 'charts' },
      figure(`Accuracy, ${first.network}`, chart('accuracy')),
      figure(`Cross-entropy to labels, ${first.network}`, chart('crossEntropyToLabels')),
    ),
  ]
}

/** Two lines a name, so that six fit. */
const NAMES: Record<PaperSet, [string, string]> = {
  cifar10: ['CIFAR-10', 'mixed'],
  'cifar10-train': ['CIFAR-10', '50,000'],
  'cifar10.1-v6': ['CIFAR-10.1', 'v6'],
  'cifar10.1-v4': ['CIFAR-10.1', 'v4'],
  cinic10: ['CINIC-10', ''],
  'imagenet-far': ['ImageNet', 'Far'],
}

function setChart(rows: PaperRow[], sets: readonly PaperSet[], present: readonly Of[]): Markup | null {
  const factor = rows[0]?.measure === 'accuracy' ? 100 : 1
  const at = (set: PaperSet, side: Side, of: Of) => {
    const value = valueOf(rows.find((row) => paperSet(row.dataset) === set && row.target === side), of) // prettier-ignore
    return value === null ? null : factor * value
  }
  const values = sets.flatMap((set) => SIDES.flatMap((side) => present.flatMap((of) => at(set, side, of) ?? [])))
  if (values.length === 0) return null
  const [left, right] = xRange(FRAME)
  const x = (i: number) => left + ((i + 0.5) * (right - left)) / sets.length
  const y = linear(extent(values, 0.1), yRange(FRAME))
  const scale: Scale = Object.assign(x, { domain: [0, sets.length] as [number, number], ticks: [] })
  const [bottom] = yRange(FRAME)
  const label = SIDES.map((side) => `${side} ${sets.map((set) => `${SET_WORDS[set]} ${fixed(at(set, side, present[0] ?? 'paper') ?? 0, 2)}`).join(', ')}`).join('; ') // prettier-ignore
  return svg(
    label,
    FRAME,
    axes(FRAME, { x: scale, y, xLabel: '', yLabel: '', yUnit: factor === 100 ? '%' : '' }),
    sets.map((set, i) => NAMES[set].map((part, line) => el('text', { class: 'tick', x: x(i), y: bottom + 16 + 14 * line, 'text-anchor': 'middle' }, part))), // prettier-ignore
    present.flatMap((of) =>
      SIDES.map((side) => {
        const points = sets.flatMap((set, i) => {
          const value = at(set, side, of)
          return value === null ? [] : [[x(i), y(value)] as const]
        })
        const marked = of === 'described' || !present.includes('described')
        return [el('path', { class: lineClass(of, side), d: path(points) }), of !== 'paper' && marked && points.map(([px, py]) => mark(side, px, py, 4))] // prettier-ignore
      }),
    ),
  )
}

export function figure4Charts(curves: readonly PaperCurve[]): Child {
  const own = curves.filter(({ of }) => of !== 'paper')
  if (own.length === 0) return null
  const charts = [...groupBy(own, ({ network }) => network)].flatMap(([network, its]) => {
    const paper = curves.filter((each) => each.of === 'paper' && each.network === nearestPublished(network))
    return (['crossEntropyToLabels', 'accuracy'] as const).flatMap((measure) => {
      const drawn = [...its, ...paper].filter((each) => each.measure === measure)
      // Accuracy known only before and after would be a line through nothing.
      const known = Math.max(0, ...its.filter((each) => each.measure === measure).map(({ values }) => values.filter((value) => value !== null).length)) // prettier-ignore
      if (known < 3) return []
      return [figure(`${measure === 'accuracy' ? 'Accuracy' : 'Loss'}, ${network}`, stepChart(drawn, measure === 'accuracy'))] // prettier-ignore
    })
  })
  return [legendOf(new Set(curves.map(({ of }) => of))), el('div', { class: 'charts' }, charts)]
}

function stepChart(curves: readonly PaperCurve[], share: boolean): Markup {
  const factor = share ? 100 : 1
  const points = ({ values }: PaperCurve) => values.flatMap((value, step) => (value === null ? [] : [[step, factor * value] as const])) // prettier-ignore
  const all = curves.flatMap(points)
  const x = linear([0, Math.max(...all.map(([step]) => step))], xRange(FRAME), 10)
  const y = linear([0, Math.max(...all.map(([, value]) => value)) * 1.05 || 1], yRange(FRAME))
  const marked = curves.some(({ of }) => of === 'described') ? 'described' : 'released'
  const label = curves.filter(({ of }) => of !== 'paper').map((curve) => `${curve.of} ${curve.target} ends at ${fixed(points(curve).at(-1)?.[1] ?? 0, 2)}`).join(', ') // prettier-ignore
  return svg(
    label,
    FRAME,
    axes(FRAME, { x, y, xLabel: 'iteration of PGD', yLabel: '', yUnit: share ? '%' : '', xClass: 'attack' }),
    curves.map((curve) => {
      const side: Side = curve.target === 'hard' ? 'hard' : 'soft'
      const drawn = points(curve).map(([step, value]) => [x(step), y(value)] as const)
      return [el('path', { class: lineClass(curve.of, side), d: path(drawn) }), curve.of === marked && drawn.map(([px, py]) => mark(side, px, py, 3.5))] // prettier-ignore
    }),
  )
}
