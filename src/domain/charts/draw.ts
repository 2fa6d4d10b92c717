/**
 * A panel of a figure drawn as SVG. Colour says hard or soft and shape repeats it; filled marks and plain lines are the
 * protocol described, hollow and dash-dotted released, dots the paper. Looks are classes (html/style.ts, ink.ts).
 */
import { PROTOCOLS } from '../runs/config'
import type { PanelSeries, PaperPanel } from '../paper'
import { axes, extent, FRAME, linear, mark, path, svg, xRange, yRange, type LegendEntry, type Scale } from './chart'
import { el, type Child, type Markup } from './markup'
import { fixed } from '../text/numbers'

const WORDS = { described: 'described', released: 'released', paper: 'paper' } as const
const RADIUS = 4

const lineClass = ({ of, side }: PanelSeries) => `line ${of === 'described' ? side : `${of}-${side}`}`

/** "hard, described: CIFAR-10.1 v4 64.2%, ..." of every series: what the picture says. */
export function panelInWords({ title, series, names, unit }: PaperPanel): string {
  const said = series.map(
    ({ side, of, points }) =>
      `${side}, ${WORDS[of]}: ${points.map(({ at, value }) => `${placeName(names, at)} ${valueText(unit, value)}`).join(', ')}`,
  )
  return `${title}. ${said.join('; ')}.`
}

/** What stands at a position of the axis. */
export const placeName = (names: PaperPanel['names'], at: number) =>
  names ? (names[at] ?? '').replace('\n', ' ') : `step ${at}`

export const valueText = (unit: PaperPanel['unit'], value: number): string =>
  unit === 'share' ? `${fixed(100 * value, 1)}%` : fixed(value, 3)

function ours({ of, side }: PanelSeries, x: number, y: number): Markup {
  if (of !== 'released') return mark(side, x, y, RADIUS)
  return side === 'hard'
    ? el('rect', { class: 'hollow hard', x: x - RADIUS, y: y - RADIUS, width: 2 * RADIUS, height: 2 * RADIUS })
    : el('circle', { class: 'hollow soft', cx: x, cy: y, r: RADIUS })
}

/** The paper's has no interval and no folds of ours: a short line. */
const theirs = ({ side }: PanelSeries, x: number, y: number) =>
  el('line', { class: `level ${side}`, x1: x - 7, x2: x + 7, y1: y, y2: y })

/** Points that follow each other: where something was not measured the line breaks. */
function runsOf<T extends { at: number }>(points: readonly T[]): T[][] {
  const runs: T[][] = []
  for (const point of points) {
    const last = runs.at(-1)
    if (last && last.at(-1)?.at === point.at - 1) last.push(point)
    else runs.push([point])
  }
  return runs
}

function drawn(
  panel: PaperPanel,
  each: PanelSeries,
  x: (at: number) => number,
  y: Scale,
  factor: number,
  shift: number,
): Child {
  const places = each.points.map((point) => ({ ...point, px: x(point.at) + shift, py: y(factor * point.value) }))
  const marked = each.of !== 'paper' || !panel.joined
  return [
    panel.joined &&
      runsOf(places).map((run) =>
        el('path', { class: lineClass(each), d: path(run.map(({ px, py }) => [px, py] as const)) }),
      ),
    marked &&
      places.map(({ px, py, at, value, interval, n }) => {
        const reach = interval
          ? `, 95% ${valueText(panel.unit, interval[0])} to ${valueText(panel.unit, interval[1])}, n ${n}`
          : ''
        return el(
          'g',
          {},
          el(
            'title',
            {},
            `${each.side}, ${WORDS[each.of]}, ${placeName(panel.names, at)}: ${valueText(panel.unit, value)}${reach}`,
          ),
          interval &&
            !panel.joined &&
            el('line', {
              class: `reach ${each.side}`,
              x1: px,
              x2: px,
              y1: y(factor * interval[0]),
              y2: y(factor * interval[1]),
            }),
          each.of === 'paper' ? theirs(each, px, py) : ours(each, px, py),
        )
      }),
  ]
}

export function drawPanel(panel: PaperPanel): Markup {
  const { series, names, unit, joined } = panel
  const factor = unit === 'share' ? 100 : 1
  const values = series
    .flatMap(({ points }) => points.flatMap(({ value, interval }) => [value, ...(joined ? [] : (interval ?? []))]))
    .map((value) => factor * value)
  const [left, right] = xRange(FRAME)
  const [bottom] = yRange(FRAME)
  const last = Math.max(1, ...series.flatMap(({ points }) => points.map(({ at }) => at)))
  const place = names ? (at: number) => left + ((at + 0.5) * (right - left)) / names.length : null
  const x: Scale = place
    ? Object.assign(place, { domain: [0, names?.length ?? 1] as [number, number], ticks: [] })
    : linear([0, last], xRange(FRAME), 10)
  // A loss or accuracy by iteration starts at zero; elsewhere what differs is shown.
  const y = linear(names ? extent(values, 0.1) : [0, Math.max(...values) * 1.05 || 1], yRange(FRAME))
  const shiftOf = (i: number) =>
    joined
      ? 0
      : (i - (series.length - 1) / 2) * Math.min(24, (right - left) / (names?.length ?? 1) / (series.length + 1))
  return svg(
    panelInWords(panel),
    FRAME,
    axes(FRAME, { x, y, xLabel: panel.axis, yLabel: '', yUnit: unit === 'share' ? '%' : '' }),
    names?.map((name, i) =>
      name
        .split('\n')
        .map((part, line) =>
          el('text', { class: 'tick', x: x(i), y: bottom + 16 + 14 * line, 'text-anchor': 'middle' }, part),
        ),
    ),
    series.map((each, i) => drawn(panel, each, x, y, factor, shiftOf(i))),
  )
}

/** What the lines and marks of these panels mean. */
export function legendOf(panels: readonly PaperPanel[]): LegendEntry[] {
  const found = new Set(panels.flatMap(({ series }) => series.map(({ of }) => of)))
  const own = PROTOCOLS.filter((protocol) => found.has(protocol))
  return [
    ...(own.includes('described')
      ? [{ kind: 'hard', text: 'hard labels' } as const, { kind: 'soft', text: 'human soft labels' } as const]
      : []),
    ...(own.includes('released')
      ? [
          { kind: 'released-hard', text: 'protocol released, hard' } as const,
          { kind: 'released-soft', text: 'released, soft' } as const,
        ]
      : []),
    ...(found.has('paper')
      ? [{ kind: 'paper-hard', text: 'paper, hard' } as const, { kind: 'paper-soft', text: 'paper, soft' } as const]
      : []),
  ]
}
