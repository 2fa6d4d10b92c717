/** Learning curves: the mean over folds as a line, the folds' range as a band; keyed by epoch. */
import type { MetricPoint } from '../runs/info'
import type { Side } from '../runs/config'
import { axes, extent, FRAME, linear, path, svg, xRange, yRange } from '../charts/chart'
import { el, type Markup } from '../charts/markup'
import { mean } from '../averages'

export type CurveField = 'loss' | 'heldOutAccuracy' | 'heldOutCrossEntropyToPeople' | 'heldOutCrossEntropyToLabels'

export interface Band {
  epoch: number
  mean: number
  low: number
  high: number
}

/** One entry an epoch: each run's mean over the epoch, then mean and range over runs. Epochs count from 1. */
export function bands(curves: readonly (readonly MetricPoint[])[], field: CurveField): Band[] {
  const epochs = new Map<number, number[]>()
  for (const points of curves) {
    const own = new Map<number, number[]>()
    for (const point of points) {
      const value = point[field]
      if (value !== undefined) own.set(point.epoch, [...(own.get(point.epoch) ?? []), value])
    }
    for (const [epoch, values] of own) epochs.set(epoch, [...(epochs.get(epoch) ?? []), mean(values)])
  }
  return [...epochs]
    .sort(([a], [b]) => a - b)
    .map(([epoch, values]) => ({
      epoch,
      mean: mean(values),
      low: Math.min(...values),
      high: Math.max(...values),
    }))
}

export function curveChart(
  title: string,
  curves: Record<Side, readonly (readonly MetricPoint[])[]>,
  field: CurveField,
): Markup | null {
  const drawn = { hard: bands(curves.hard, field), soft: bands(curves.soft, field) }
  const all = [...drawn.hard, ...drawn.soft]
  if (all.length === 0) return null
  const share = field === 'heldOutAccuracy'
  const factor = share ? 100 : 1
  const last = Math.max(...all.map(({ epoch }) => epoch))
  const x = linear([Math.min(1, last - 1), last], xRange(FRAME), Math.min(8, last))
  const y = linear(extent(all.flatMap(({ low, high }) => [factor * low, factor * high])), yRange(FRAME))
  const at = (points: Band[], of: 'mean' | 'low' | 'high') =>
    points.map((point) => [x(point.epoch), y(factor * point[of])] as const)
  // A pretrained network has nothing to stand beside it.
  const targets = (['hard', 'soft'] as const).filter((target) => drawn[target].length > 0)
  return svg(
    `${title} over epochs; hard ends at ${drawn.hard.at(-1)?.mean.toFixed(3) ?? '–'}, soft at ${drawn.soft.at(-1)?.mean.toFixed(3) ?? '–'}`,
    FRAME,
    axes(FRAME, { x, y, xLabel: 'epoch', yLabel: '', yUnit: share ? '%' : '' }),
    targets.map((target) =>
      el('path', {
        class: `band ${target}`,
        d: `${path([...at(drawn[target], 'high'), ...at(drawn[target], 'low').reverse()])}Z`,
      }),
    ),
    targets.map((target) => el('path', { class: `line ${target}`, d: path(at(drawn[target], 'mean')) })),
  )
}
