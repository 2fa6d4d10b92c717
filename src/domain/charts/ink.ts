/**
 * The report's looks on a light ground as attributes, for pictures that stand alone: what reads an SVG may know neither
 * style sheets nor custom properties. The colours are those of html/style.ts and the window.
 */
import { Markup } from './markup'

export const GROUND = '#fcfcfa'
export const INK = '#1b1c1e'
const HARD = '#7a7b80'
const SOFT = '#008663'
export const FONT = "Inter, 'Inter Variable', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"

type Look = Record<string, string>
const dashed = (stroke: string, width: string, dash: string): Look => ({
  fill: 'none',
  stroke,
  'stroke-width': width,
  'stroke-dasharray': dash,
  'stroke-linejoin': 'round',
})
const hollow = (stroke: string): Look => ({ fill: GROUND, stroke, 'stroke-width': '1.75' })

/** By everything an element's class says. */
const LOOKS: Record<string, Look> = {
  grid: { stroke: '#e5e5e0' },
  axis: { stroke: '#93938c' },
  tick: { fill: '#64666a' },
  name: { fill: '#64666a' },
  'name attack': { fill: '#a94300' },
  quiet: { fill: '#64666a' },
  small: { fill: '#4d4f52', 'font-size': '10' },
  'small strong': { fill: INK, 'font-size': '10', 'font-weight': '600' },
  title: { fill: INK, 'font-size': '16', 'font-weight': '600' },
  head: { fill: INK, 'font-size': '13', 'font-weight': '600' },
  'head hard': { fill: '#5d5f64', 'font-size': '12', 'font-weight': '600' },
  'head soft': { fill: '#00704f', 'font-size': '12', 'font-weight': '600' },
  column: { fill: '#4d4f52', 'font-size': '12', 'font-weight': '600' },
  word: { fill: INK },
  'number hard': { fill: '#5d5f64' },
  'number soft': { fill: '#00704f' },
  number: { fill: INK },
  under: { fill: '#64666a', 'font-size': '10' },
  rule: { stroke: INK, 'stroke-width': '1.25' },
  thin: { stroke: '#93938c', 'stroke-width': '0.75' },
  dot: { fill: INK },
  'fill-hard': { fill: HARD },
  'fill-soft': { fill: SOFT },
  'fill-people': { fill: '#b97a00' },
  'fill-network': { fill: '#0072b2' },
  'hollow hard': hollow(HARD),
  'hollow soft': hollow(SOFT),
  'reach hard': { stroke: HARD, 'stroke-width': '1.5' },
  'reach soft': { stroke: SOFT, 'stroke-width': '1.5' },
  'level hard': { stroke: HARD, 'stroke-width': '2', 'stroke-dasharray': '2 2' },
  'level soft': { stroke: SOFT, 'stroke-width': '2', 'stroke-dasharray': '2 2' },
  'line hard': dashed(HARD, '2', '7 3'),
  'line soft': { fill: 'none', stroke: SOFT, 'stroke-width': '2', 'stroke-linejoin': 'round' },
  'line released-hard': dashed(HARD, '1.5', '10 4 2 4'),
  'line released-soft': dashed(SOFT, '1.5', '10 4 2 4'),
  'line paper-hard': { ...dashed(HARD, '1.5', '1 4'), 'stroke-linecap': 'round' },
  'line paper-soft': { ...dashed(SOFT, '1.5', '1 4'), 'stroke-linecap': 'round' },
}

/** The same picture with attributes in place of classes. Throws RangeError on a class it has no look for. */
export function inked({ html }: Markup): Markup {
  return new Markup(
    html.replace(/ class="([^"]*)"/g, (_, name: string) => {
      const look = LOOKS[name.trim()]
      if (!look) throw new RangeError(`a picture's class "${name}" has no look`)
      return Object.entries(look)
        .map(([key, value]) => ` ${key}="${value}"`)
        .join('')
    }),
  )
}
