/**
 * Every fold's hard and soft value joined by a line, and beside it the difference of each pair with the mean and its
 * 95% interval against zero.
 */
import type { FigureRow } from '../results/figureRow'
import { measureWords, show, showChange, showInterval } from '../measures/text'
import { foldNumber } from '../runs/foldLabel'
import { extent, linear, mark, svg, tickText, type Scale } from '../charts/chart'
import { el, type Markup } from '../charts/markup'

const WIDTH = 520
const ROW = 22
const TOP = 30
const VALUES: [number, number] = [64, 306]
const CHANGES: [number, number] = [346, WIDTH - 14]

export function pairedChart(row: FigureRow): Markup {
  const words = measureWords(row.measure)
  const factor = words.share ? 100 : 1
  const rows = row.pairs.length
  const meanY = TOP + rows * ROW + 16
  const bottom = meanY + 18
  const height = bottom + 40
  const values = linear(extent(row.pairs.flatMap(({ hard, soft }) => [factor * hard, factor * soft])), VALUES, 4)
  const changes = row.pairs.map(({ hard, soft }) => factor * (soft - hard))
  const interval = row.interval?.map((end) => factor * end) ?? []
  const change = linear(extent([0, ...changes, ...interval], 0.1), CHANGES, 3)
  const several = new Set(row.pairs.map(({ seed }) => seed)).size > 1
  const axis = (scale: typeof values) => [
    el('line', { class: 'axis', x1: scale(scale.domain[0]), x2: scale(scale.domain[1]), y1: bottom, y2: bottom }),
    roomy(scale).map((tick) => [
      el('line', { class: 'grid', x1: scale(tick), x2: scale(tick), y1: TOP - 10, y2: bottom }),
      el('text', { class: 'tick', x: scale(tick), y: bottom + 16, 'text-anchor': 'middle' }, tickText(scale)(tick)),
    ]),
  ]
  const label = `${words.name}: hard ${show(words, row.hard)}, soft ${show(words, row.soft)}, difference ${showChange(words, row.difference)}, 95% interval ${showInterval(words, row.interval)}`
  return svg(
    label,
    { width: WIDTH, height },
    axis(values),
    axis(change),
    el('line', { class: 'zero', x1: change(0), x2: change(0), y1: TOP - 10, y2: bottom }),
    row.pairs.map(({ fold, seed, hard, soft }, i) => {
      const y = TOP + i * ROW
      const [h, s] = [values(factor * hard), values(factor * soft)]
      return el(
        'g',
        {},
        el(
          'title',
          {},
          `Fold ${foldNumber(fold, row.folds)}${several ? `, seed ${seed}` : ''}: hard ${show(words, hard)}, soft ${show(words, soft)}, difference ${showChange(words, soft - hard)}`,
        ),
        el(
          'text',
          { class: 'tick', x: 0, y: y + 4 },
          several ? `Fold ${foldNumber(fold)} · ${seed}` : `Fold ${foldNumber(fold)}`,
        ),
        el('line', { class: 'join', x1: h, x2: s, y1: y, y2: y }),
        mark('hard', h, y),
        mark('soft', s, y),
        el('circle', { class: 'dot', cx: change(factor * (soft - hard)), cy: y, r: 3 }),
      )
    }),
    el('text', { class: 'tick strong', x: 0, y: meanY + 4 }, 'Mean'),
    row.hard !== null && mark('hard', values(factor * row.hard), meanY, 6),
    row.soft !== null && mark('soft', values(factor * row.soft), meanY, 6),
    interval.length === 2 &&
      el('line', {
        class: 'interval',
        x1: change(interval[0] ?? 0),
        x2: change(interval[1] ?? 0),
        y1: meanY,
        y2: meanY,
      }),
    row.difference !== null && el('circle', { class: 'dot', cx: change(factor * row.difference), cy: meanY, r: 5 }),
    el('text', { class: 'name', x: VALUES[0], y: height - 4 }, words.share ? 'percent' : 'value'),
    el('text', { class: 'name', x: CHANGES[0], y: height - 4 }, words.share ? 'soft − hard, points' : 'soft − hard'),
  )
}

/** Tick numbers need some 44 px each: where they have less, every other one stays, 0 always among them. */
function roomy(scale: Scale): number[] {
  const [first = 0, second = 0] = scale.ticks
  if (Math.abs(scale(second) - scale(first)) >= 44) return scale.ticks
  const zero = Math.max(0, scale.ticks.indexOf(0))
  return scale.ticks.filter((_, i) => (i - zero) % 2 === 0)
}
