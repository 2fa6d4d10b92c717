/** Names at the ends of lines, pushed apart where lines end close together: a reader need not go back to a legend. */
import type { Chart, Plugin } from 'chart.js'
import { FONT, readPalette } from '../lib/palette'

const LINE_HEIGHT = 12
const CHARACTER = 6.3
const WIDEST = 130

declare module 'chart.js' {
  interface LineControllerDatasetOptions {
    /** Written at the end of the line; none without it. */
    endName?: string
  }
}

/** Room that names need to the right of the lines, in CSS pixels. */
export const roomForNames = (names: readonly string[]): number =>
  Math.min(WIDEST, 10 + CHARACTER * Math.max(0, ...names.map(({ length }) => length)))

const clipped = (name: string) => {
  const most = Math.floor((WIDEST - 10) / CHARACTER)
  return name.length > most ? `${name.slice(0, most - 1)}…` : name
}

function ends(chart: Chart): { name: string; y: number }[] {
  return chart.data.datasets.flatMap((dataset, at) => {
    const name = 'endName' in dataset ? dataset.endName : undefined
    const last = chart.getDatasetMeta(at).data.at(-1)
    return name !== undefined && last && Number.isFinite(last.y) ? [{ name, y: last.y }] : []
  })
}

export const lineNames: Plugin = {
  id: 'lineNames',
  afterDatasetsDraw(chart) {
    const { ctx, chartArea } = chart
    const names = ends(chart).sort((a, b) => a.y - b.y)
    let below = -Infinity
    for (const each of names) below = each.y = Math.max(each.y, below + LINE_HEIGHT)
    // What was pushed out at the bottom pushes back up.
    let above = chartArea.bottom + LINE_HEIGHT / 2
    for (const each of names.reverse()) above = each.y = Math.min(each.y, above - LINE_HEIGHT / 2 - 6)
    ctx.save()
    ctx.font = `11px ${FONT}`
    ctx.fillStyle = readPalette()['ink-2']
    ctx.textAlign = 'left'
    ctx.textBaseline = 'middle'
    for (const { name, y } of names) ctx.fillText(clipped(name), chartArea.right + 8, y)
    ctx.restore()
  },
}
