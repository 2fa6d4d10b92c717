/** Reliability curves, and how few images hold most of people's uncertainty. */
import type { Side } from '../runs/config'
import type { Bin } from '../measures/reliability'
import { fixed } from '../text/numbers'
import { axes, FRAME, linear, mark, path, svg, xRange, yRange } from '../charts/chart'
import { el, type Markup } from '../charts/markup'
import { count } from '../text/numbers'

/** Bins of fewer predictions than this are drawn faint: their height is mostly chance. */
const FEW = 30

export function reliabilityChart(title: string, bins: Partial<Record<Side, Bin[]>>, of: 'correct' | 'people'): Markup {
  const x = linear([0, 100], xRange(FRAME))
  const y = linear([0, 100], yRange(FRAME))
  const targets: Side[] = ['hard', 'soft']
  return svg(
    title,
    FRAME,
    axes(FRAME, { x, y, xLabel: 'confidence of the network', yLabel: '', xUnit: '%', yUnit: '%' }),
    el('path', {
      class: 'line perfect',
      d: path([
        [x(0), y(0)],
        [x(100), y(100)],
      ]),
    }),
    targets.map((target) => {
      const counted = (bin: Bin) => (of === 'people' ? bin.judged : bin.count)
      const own = (bins[target] ?? []).filter((bin) => counted(bin) > 0)
      const points = own.map((bin) => [x(100 * bin.confidence), y(100 * bin[of])] as const)
      return [
        el('path', { class: `line ${target}`, d: path(points) }),
        own.map((bin, i) => {
          const [px, py] = points[i] ?? [0, 0]
          const words = `${target}: ${counted(bin)} predictions, mean confidence ${fixed(100 * bin.confidence, 1)}%, ${of === 'correct' ? 'right' : 'people agreeing'} ${fixed(100 * bin[of], 1)}%`
          return el('g', { class: counted(bin) < FEW && 'faint' }, el('title', {}, words), mark(target, px, py, 4))
        }),
      ]
    }),
  )
}

/** Share of all human entropy held by the most uncertain images, in amber; the 30% of the paper's claim marked. */
export function concentrationChart(entropies: Float64Array): Markup | null {
  const descending = Float64Array.from(entropies).sort().reverse()
  const total = descending.reduce((a, b) => a + b, 0)
  if (total === 0) return null
  const x = linear([0, 100], xRange(FRAME))
  const y = linear([0, 100], yRange(FRAME))
  const points: [number, number][] = [[x(0), y(0)]]
  let held = 0
  let at30 = 0
  descending.forEach((entropy, i) => {
    held += entropy
    const share = (i + 1) / descending.length
    if (share <= 0.3 + 1e-9) at30 = held / total
    if ((i + 1) % Math.max(1, Math.floor(descending.length / 100)) === 0)
      points.push([x(100 * share), y((100 * held) / total)])
  })
  return svg(
    `The most uncertain 30% of the images hold ${fixed(100 * at30, 1)}% of people's entropy`,
    FRAME,
    axes(FRAME, { x, y, xLabel: 'images, the most uncertain first', yLabel: '', xUnit: '%', yUnit: '%' }),
    el('path', { class: 'area people', d: `${path([...points, [x(100), y(100)], [x(100), y(0)]])}Z` }),
    el('path', { class: 'line people', d: path([...points, [x(100), y(100)]]) }),
    el('line', { class: 'zero', x1: x(30), x2: x(30), y1: y(0), y2: y(100 * at30) }),
    el('circle', { class: 'fill-people', cx: x(30), cy: y(100 * at30), r: 5 }),
    el(
      'text',
      { class: 'note', x: x(30) + 12, y: y(100 * at30) + 22 },
      `30% of the images hold ${fixed(100 * at30, 1)}%`,
    ),
  )
}

const NATS_PER_BIN = 0.1

/** How many images people are how uncertain about. Images of entropy 0 stand in a bar of their own. */
export function entropyHistogram(entropies: Float64Array): Markup {
  const atZero = entropies.filter((entropy) => entropy <= 0).length
  const bins = new Map<number, number>()
  for (const entropy of entropies) {
    const bin = Math.floor(entropy / NATS_PER_BIN)
    if (entropy > 0) bins.set(bin, (bins.get(bin) ?? 0) + 1)
  }
  const last = Math.max(1, ...bins.keys()) + 1
  const x = linear([-NATS_PER_BIN, last * NATS_PER_BIN], xRange(FRAME), 8)
  const y = linear([0, Math.max(atZero, ...bins.values()) * 1.05], yRange(FRAME))
  const bar = (from: number, count: number, words: string) =>
    el(
      'g',
      {},
      el('title', {}, words),
      el('rect', {
        class: 'fill-people',
        x: x(from) + 1,
        y: y(count),
        width: x(NATS_PER_BIN) - x(0) - 2,
        height: y(0) - y(count),
      }),
    )
  return svg(
    `${atZero} of ${entropies.length} images have an entropy of 0`,
    FRAME,
    axes(FRAME, {
      x: Object.assign(x, { ticks: x.ticks.filter((tick) => tick >= 0) }),
      y,
      xLabel: 'entropy, nats',
      yLabel: '',
    }),
    bar(-NATS_PER_BIN, atZero, `entropy 0: ${atZero} images`),
    [...bins].map(([bin, count]) =>
      bar(
        bin * NATS_PER_BIN,
        count,
        `${fixed(bin * NATS_PER_BIN, 1)} to ${fixed((bin + 1) * NATS_PER_BIN, 1)} nats: ${count} images`,
      ),
    ),
    el('text', { class: 'note', x: x(0) + 8, y: y(atZero) + 12 }, `entropy 0: ${count(atZero)}`),
  )
}
