/** The frame every chart shares: scales, axes with hairlines, legend marks. Text stays text; colours are classes. */
import { fixed } from '../text/numbers'
import { el, type Child, type Markup } from './markup'

export type Scale = ((value: number) => number) & { domain: [number, number]; ticks: number[] }

/** Linear from `domain` to `range`, with ticks at round values inside the domain. */
export function linear(domain: [number, number], range: [number, number], count = 5): Scale {
  const [low, high] = domain
  const span = high - low || 1
  const scale = (value: number) => range[0] + ((value - low) / span) * (range[1] - range[0])
  return Object.assign(scale, { domain, ticks: ticks(low, high, count) })
}

function ticks(low: number, high: number, count: number): number[] {
  const raw = (high - low || 1) / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const steps = [1, 2, 5, 10].map((factor) => factor * power)
  const within = (step: number) => Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1
  const wanted = steps.findIndex((each) => each >= raw * 0.999)
  // One step finer where the round numbers fall so that fewer than three ticks would be left.
  const found = steps[wanted] ?? 10 * power
  const step = within(found) < 3 ? (steps[wanted - 1] ?? found / 2) : found
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first) + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** The extent of the values, widened by a share of itself; never empty. */
export function extent(values: readonly number[], margin = 0.06): [number, number] {
  const finite = values.filter(Number.isFinite)
  const low = Math.min(...finite)
  const high = Math.max(...finite)
  if (finite.length === 0) return [0, 1]
  const pad = (high - low || Math.abs(high) || 1) * margin
  return [low - pad, high + pad]
}

export interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

export const FRAME: Frame = { width: 480, height: 280, left: 52, right: 20, top: 16, bottom: 44 }

export const xRange = ({ left, width, right }: Frame): [number, number] => [left, width - right]
export const yRange = ({ top, height, bottom }: Frame): [number, number] => [height - bottom, top]

export function svg(label: string, { width, height }: Pick<Frame, 'width' | 'height'>, ...children: Child[]): Markup {
  return el('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label }, ...children)
}

interface Axes {
  x: Scale
  y: Scale
  xLabel: string
  yLabel: string
  xUnit?: string
  yUnit?: string
  /** Of the name of x: "attack" where the axis is an attack's strength. */
  xClass?: string
}

/** Horizontal hairlines, tick numbers, and the axes' names; the name of y stands above, where it can be read. */
export function axes(frame: Frame, { x, y, xLabel, yLabel, xUnit, yUnit, xClass = '' }: Axes): Child {
  const [xTick, yTick] = [tickText(x, xUnit), tickText(y, yUnit)]
  const [left, right] = xRange(frame)
  const [bottom, top] = yRange(frame)
  return [
    y.ticks.map((tick) => [
      el('line', { class: 'grid', x1: left, x2: right, y1: y(tick), y2: y(tick) }),
      el('text', { class: 'tick', x: left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, yTick(tick)),
    ]),
    el('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    x.ticks.map((tick) => [
      el('line', { class: 'axis', x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4 }),
      el('text', { class: 'tick', x: x(tick), y: bottom + 18, 'text-anchor': 'middle' }, xTick(tick)),
    ]),
    el('text', { class: `name ${xClass}`, x: (left + right) / 2, y: bottom + 36, 'text-anchor': 'middle' }, xLabel),
    yLabel !== '' && el('text', { class: 'name', x: 0, y: top - 6 }, yLabel),
  ]
}

/** Tick numbers with as many digits as the finest of them needs: 0.5, 1.0, 1.5. */
export function tickText(scale: Scale, unit = ''): (value: number) => string {
  const digits = Math.max(0, ...scale.ticks.map((tick) => (String(tick).split('.')[1] ?? '').length))
  return (value) => fixed(value, digits) + unit
}

export const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

/** Hard targets are squares, soft targets circles: shape repeats what colour says. */
export function mark(target: 'hard' | 'soft', x: number, y: number, radius = 4.5): Markup {
  return target === 'hard'
    ? el('rect', {
        class: 'fill-hard',
        x: x - radius * 0.9,
        y: y - radius * 0.9,
        width: radius * 1.8,
        height: radius * 1.8,
      })
    : el('circle', { class: 'fill-soft', cx: x, cy: y, r: radius })
}

export interface LegendEntry {
  kind:
    'hard' | 'soft' | 'noise' | 'paper-hard' | 'paper-soft' | 'released-hard' | 'released-soft' | 'perfect' | 'people'
  text: string
}

/** Above the charts that share it, as text with a drawn sample. */
export function legend(entries: LegendEntry[]): Markup {
  const sample = ({ kind }: LegendEntry) => {
    const target = kind.endsWith('soft') ? 'soft' : 'hard'
    const line = el('line', { class: `line ${kind}`, x1: 0, x2: 28, y1: 7, y2: 7 })
    const hollow =
      kind === 'released-hard'
        ? el('rect', { class: 'hollow hard', x: 10, y: 3, width: 8, height: 8 })
        : kind === 'released-soft' && el('circle', { class: 'hollow soft', cx: 14, cy: 7, r: 4 })
    return el(
      'svg',
      { width: 28, height: 14, 'aria-hidden': 'true' },
      line,
      kind === 'hard' || kind === 'soft' ? mark(target, 14, 7) : hollow,
    )
  }
  return el(
    'p',
    { class: 'legend' },
    entries.map((entry) => el('span', {}, sample(entry), entry.text)),
  )
}
