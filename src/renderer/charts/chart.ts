/** Chart.js with only the parts in use, the common options, and drawing a configuration to PNG or SVG. */
import {
  BarController,
  BarElement,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartConfiguration,
} from 'chart.js'
import { tickLabel, type Format } from './ticks'
import { FONT, readPalette, type Palette } from '../lib/palette'
import { svgContext } from './svgContext'

Chart.register(
  BarController,
  BarElement,
  LineController,
  ScatterController,
  LineElement,
  PointElement,
  LinearScale,
  Filler,
  Tooltip,
)
Chart.defaults.animation = false
Chart.defaults.font.family = FONT
Chart.defaults.font.size = 11

export { Chart }
export type Build = (palette: Palette) => ChartConfiguration<'line' | 'scatter' | 'bar'>

/** Quiet axes: hairline grid, no frame, few ticks, of which no two read alike where the format takes digits. */
export function axis(palette: Palette, title: string, format?: Format) {
  return {
    type: 'linear' as const,
    border: { display: false },
    grid: { color: palette.line, drawTicks: false, lineWidth: 1 },
    ticks: {
      color: palette['ink-3'],
      padding: 6,
      maxTicksLimit: 5,
      includeBounds: false,
      maxRotation: 0,
      ...(format
        ? {
            callback: (value: string | number, _at: number, ticks: { value: number }[]) =>
              tickLabel(
                format,
                Number(value),
                ticks.map((tick) => tick.value),
              ),
          }
        : {}),
    },
    title: { display: title !== '', text: title, color: palette['ink-3'], padding: 2 },
  }
}

export function tooltip(palette: Palette) {
  return {
    backgroundColor: palette.ink,
    titleColor: palette.ground,
    bodyColor: palette.ground,
    padding: 8,
    cornerRadius: 4,
    boxWidth: 8,
    boxHeight: 8,
    boxPadding: 4,
    usePointStyle: true,
    titleFont: { weight: 500 as const, size: 11 },
    bodyFont: { size: 11 },
  }
}

function offscreen(build: Build, width: number, height: number, ratio: number) {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const configuration = build(readPalette())
  configuration.options = {
    ...configuration.options,
    responsive: false,
    animation: false,
    devicePixelRatio: ratio,
    events: [],
  }
  return { canvas, configuration }
}

/** Twice the size on the screen, on the theme's ground. */
export async function toPng(build: Build, width: number, height: number): Promise<Blob> {
  const { canvas, configuration } = offscreen(build, width, height, 2)
  configuration.plugins = [
    ...(configuration.plugins ?? []),
    {
      id: 'ground',
      beforeDraw({ ctx }) {
        ctx.save()
        ctx.fillStyle = readPalette().ground
        ctx.fillRect(0, 0, width, height)
        ctx.restore()
      },
    },
  ]
  const chart = new Chart(canvas, configuration)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
  chart.destroy()
  if (!blob) throw new Error('The browser could not encode the picture.')
  return blob
}

export function toSvg(build: Build, width: number, height: number, title: string): string {
  const { canvas, configuration } = offscreen(build, width, height, 1)
  const real = canvas.getContext('2d')
  if (!real) throw new Error('The browser gave no drawing context.')
  const svg = svgContext(real, width, height)
  // Chart.js asks the canvas for its context and checks that the two belong together: they do.
  canvas.getContext = (() => svg.context) as unknown as HTMLCanvasElement['getContext']
  const chart = new Chart(canvas, configuration)
  chart.draw()
  const text = svg.toSvg(readPalette().ground, title)
  chart.destroy()
  return text
}
