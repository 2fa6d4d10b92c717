/**
 * Curves as data: points keyed by step, and runs of several folds as a mean with a band. Pure functions.
 * A resumed run sends again the steps after its checkpoint: what it sends replaces what was there.
 */
import { mean } from '../../domain/averages'
import type { MetricPoint } from '../../domain/runs/info'

/** Merges new points into sorted old ones; from the first new step on, the new ones stand (fields merge per step). */
export function mergePoints(old: MetricPoint[], fresh: MetricPoint[]): MetricPoint[] {
  if (fresh.length === 0) return old
  const first = Math.min(...fresh.map(({ step }) => step))
  const bySteps = new Map<number, MetricPoint>()
  for (const point of old) if (point.step <= first) bySteps.set(point.step, point)
  for (const point of fresh) bySteps.set(point.step, { ...bySteps.get(point.step), ...point })
  return [...bySteps.values()].sort((a, b) => a.step - b.step)
}

export type Measure = Exclude<keyof MetricPoint, 'step' | 'epoch'>

export interface BandPoint {
  step: number
  mean: number
  low: number
  high: number
  /** Runs that reached this step. */
  n: number
}

/**
 * Mean and range over runs at each step where any run has the measure. Runs are compared at equal steps only: no
 * interpolation, so that a point is always something that was measured. The band is minimum to maximum over folds.
 */
export function meanAndBand(curves: readonly MetricPoint[][], measure: Measure): BandPoint[] {
  const values = new Map<number, number[]>()
  for (const curve of curves)
    for (const point of curve) {
      const value = point[measure]
      if (value === undefined || !Number.isFinite(value)) continue
      const list = values.get(point.step)
      if (list) list.push(value)
      else values.set(point.step, [value])
    }
  return [...values]
    .sort(([a], [b]) => a - b)
    .map(([step, list]) => ({
      step,
      mean: mean(list),
      low: Math.min(...list),
      high: Math.max(...list),
      n: list.length,
    }))
}

/** At most about `most` points, by averaging neighbours: a chart 300 px wide cannot show 10,000 steps. */
export function thin(points: BandPoint[], most: number): BandPoint[] {
  if (points.length <= most) return points
  const size = Math.ceil(points.length / most)
  const thinned: BandPoint[] = []
  for (let start = 0; start < points.length; start += size) {
    const group = points.slice(start, start + size)
    const last = group[group.length - 1]
    if (!last) continue
    thinned.push({
      step: last.step,
      mean: group.reduce((sum, { mean }) => sum + mean, 0) / group.length,
      low: Math.min(...group.map(({ low }) => low)),
      high: Math.max(...group.map(({ high }) => high)),
      n: last.n,
    })
  }
  return thinned
}
