/**
 * Thousands of points drawn straight from columns, under a chart's axes: what is kept in colour over the rest in grey,
 * a dot where the network is right, a cross where it is wrong. A chart that made an object of each would take longer to
 * change its mind than a person does.
 */
import type { Chart, Plugin } from 'chart.js'
import type { Palette } from '../lib/palette'
import { FONT, withAlpha } from '../lib/palette'

export interface PointCloud {
  x: (image: number) => number
  y: (image: number) => number
  /** Whether the network is wrong about the image. */
  wrong: (image: number) => boolean
  kept: Uint32Array
  /** All images; empty where all are kept. */
  ground: Uint32Array
  colour: string
  /** Dashed lines, where the quadrants meet; a line through equal values instead where it is null. */
  cut: { x: number; y: number } | null
  /** Left top, right top, left bottom, right bottom. */
  names: readonly [string, string, string, string] | null
  palette: Palette
}

const cloudOf = (chart: Chart) => (chart.data.datasets[0] as { cloud?: PointCloud } | undefined)?.cloud

function drawPoints(chart: Chart, { x, y, wrong }: PointCloud, images: Uint32Array, colour: string, size: number) {
  const { ctx, scales } = chart
  const [across, up] = [scales['x'], scales['y']]
  if (!across || !up) return
  const half = size / 2
  ctx.fillStyle = colour
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  for (const image of images) {
    const [vx, vy] = [x(image), y(image)]
    // NaN: no network there.
    if (!(vx >= 0) || !(vy >= 0)) continue
    const [left, top] = [across.getPixelForValue(vx), up.getPixelForValue(vy)]
    if (!wrong(image)) {
      ctx.fillRect(left - half, top - half, size, size)
      continue
    }
    ctx.beginPath()
    ctx.moveTo(left - size, top - size)
    ctx.lineTo(left + size, top + size)
    ctx.moveTo(left + size, top - size)
    ctx.lineTo(left - size, top + size)
    ctx.stroke()
  }
}

function drawCut(chart: Chart, { cut, palette }: PointCloud) {
  const { ctx, chartArea, scales } = chart
  const [across, up] = [scales['x'], scales['y']]
  if (!across || !up) return
  const line = (x1: number, y1: number, x2: number, y2: number) => {
    ctx.beginPath()
    ctx.moveTo(x1, y1)
    ctx.lineTo(x2, y2)
    ctx.stroke()
  }
  const { left, right, top, bottom } = chartArea
  ctx.strokeStyle = palette['line-strong']
  ctx.lineWidth = 1
  ctx.setLineDash([3, 3])
  if (cut) {
    const [x, y] = [across.getPixelForValue(cut.x), up.getPixelForValue(cut.y)]
    line(x, top, x, bottom)
    line(left, y, right, y)
  } else line(left, bottom, right, top)
  ctx.setLineDash([])
}

function drawNames(chart: Chart, { names, palette }: PointCloud) {
  if (!names) return
  const { ctx, chartArea } = chart
  const { left, right, top, bottom } = chartArea
  ctx.font = `500 10px ${FONT}`
  names.forEach((name, at) => {
    const [onRight, below] = [at % 2 === 1, at >= 2]
    const width = ctx.measureText(name).width
    const [x, y] = [onRight ? right - 4 - width : left + 4, below ? bottom - 6 : top + 12]
    ctx.fillStyle = withAlpha(palette.ground, 0.78)
    ctx.fillRect(x - 3, y - 10, width + 6, 14)
    ctx.fillStyle = palette['ink-3']
    ctx.textAlign = 'left'
    ctx.textBaseline = 'alphabetic'
    ctx.fillText(name, x, y)
  })
}

export const pointCloud: Plugin<'scatter'> = {
  id: 'pointCloud',
  beforeDatasetsDraw(drawn) {
    const chart = drawn as unknown as Chart
    const cloud = cloudOf(chart)
    if (!cloud) return
    const { ctx } = chart
    const many = cloud.kept.length > 3000
    ctx.save()
    if (cloud.ground.length > 0) drawPoints(chart, cloud, cloud.ground, withAlpha(cloud.palette.hard, 0.25), 2)
    drawPoints(chart, cloud, cloud.kept, withAlpha(cloud.colour, many ? 0.45 : 0.75), many ? 2 : 3)
    drawCut(chart, cloud)
    drawNames(chart, cloud)
    ctx.restore()
  },
}
