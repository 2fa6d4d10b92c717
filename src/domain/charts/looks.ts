/**
 * How charts look, by what an element's class says: once for the window and the report, where colors follow light and
 * dark, and for pictures that stand alone, whose reader may know neither style sheets nor custom properties.
 */

/** Light and dark (Okabe-Ito hues at WCAG AA contrast): people amber, networks blue, soft teal, hard grey, attacks vermilion. */
export const COLORS = {
  ground: ['#fcfcfa', '#151618'],
  line: ['#e5e5e0', '#292c30'],
  'line-strong': ['#93938c', '#6c7077'],
  ink: ['#1b1c1e', '#eceae5'],
  'ink-2': ['#4d4f52', '#b6b6b1'],
  'ink-3': ['#64666a', '#989a9c'],
  people: ['#b97a00', '#eda920'],
  network: ['#0072b2', '#56b4e9'],
  'network-text': ['#00629a', '#6fbfee'],
  soft: ['#008663', '#2cbf95'],
  'soft-text': ['#00704f', '#40c9a1'],
  hard: ['#7a7b80', '#9fa1a6'],
  'hard-text': ['#5d5f64', '#b4b6ba'],
  'attack-text': ['#a94300', '#ff9359'],
  bad: ['#b3261e', '#f2857d'],
} as const
type Color = keyof typeof COLORS

/** Properties of SVG; `fill` and `stroke` by the name of a color. */
export interface Look {
  fill?: Color | 'none'
  stroke?: Color
  'stroke-width'?: number
  'stroke-dasharray'?: string
  'stroke-linejoin'?: 'round'
  'stroke-linecap'?: 'round'
  'font-size'?: number
  'font-weight'?: number
  opacity?: number
}

const line = (stroke: Color, width = 2, dash?: string): Look => ({
  fill: 'none',
  stroke,
  'stroke-width': width,
  ...(dash !== undefined && { 'stroke-dasharray': dash }),
  'stroke-linejoin': 'round',
})
const dotted = (stroke: Color): Look => ({ ...line(stroke, 1.5, '1 4'), 'stroke-linecap': 'round' })
const hollow = (stroke: Color): Look => ({ fill: 'ground', stroke, 'stroke-width': 1.75 })
const level = (stroke: Color): Look => ({ stroke, 'stroke-width': 2, 'stroke-dasharray': '2 2' })

/** By everything an element's class says. */
export const CHART_LOOKS: Record<string, Look> = {
  grid: { stroke: 'line' },
  axis: { stroke: 'line-strong' },
  zero: { stroke: 'ink-3', 'stroke-dasharray': '3 3' },
  tick: { fill: 'ink-3' },
  'tick strong': { fill: 'ink', 'font-weight': 600 },
  name: { fill: 'ink-3' },
  'name attack': { fill: 'attack-text' },
  note: { fill: 'ink' },
  small: { fill: 'ink-2', 'font-size': 10 },
  'small strong': { fill: 'ink', 'font-size': 10, 'font-weight': 600 },
  join: { stroke: 'line-strong', 'stroke-width': 1.5 },
  dot: { fill: 'ink' },
  interval: { stroke: 'ink', 'stroke-width': 2.5 },
  faint: { opacity: 0.4 },
  'fill-hard': { fill: 'hard' },
  'fill-soft': { fill: 'soft' },
  'fill-people': { fill: 'people' },
  'fill-network': { fill: 'network' },
  'area people': { fill: 'people', opacity: 0.14 },
  'band hard': { fill: 'hard', opacity: 0.16 },
  'band soft': { fill: 'soft', opacity: 0.16 },
  'hollow hard': hollow('hard'),
  'hollow soft': hollow('soft'),
  'reach hard': { stroke: 'hard', 'stroke-width': 1.5 },
  'reach soft': { stroke: 'soft', 'stroke-width': 1.5 },
  'level hard': level('hard'),
  'level soft': level('soft'),
  'line hard': line('hard', 2, '7 3'),
  'line soft': line('soft'),
  'line people': line('people'),
  'line perfect': line('line-strong', 1),
  'line noise': line('hard', 1.25, '2 3'),
  'line noise hard': line('hard', 1.25, '2 3'),
  'line noise soft': line('soft', 1.25, '2 3'),
  'line paper-hard': dotted('hard'),
  'line paper-soft': dotted('soft'),
  'line released-hard': line('hard', 1.5, '10 4 2 4'),
  'line released-soft': line('soft', 1.5, '10 4 2 4'),
}

const isColor = (value: unknown): value is Color => typeof value === 'string' && Object.hasOwn(COLORS, value)

/** Of a document whose root has the colors as custom properties ("--hard"). */
export const CHART_CSS = Object.entries(CHART_LOOKS)
  .map(([classes, look]) => {
    const rules = Object.entries(look).map(([name, value]) => `${name}: ${isColor(value) ? `var(--${value})` : value}`)
    return `svg .${classes.split(' ').join('.')} { ${rules.join('; ')} }`
  })
  .join('\n')

/** The colors as custom properties that follow the reader's system. */
export const COLOR_CSS = Object.entries(COLORS)
  .map(([name, both]) => `--${name}: light-dark(${both.join(', ')});`)
  .join('\n  ')

/** In light colors. */
export const attributesOf = (look: Look): string =>
  Object.entries(look)
    .map(([name, value]) => ` ${name}="${isColor(value) ? COLORS[value][0] : value}"`)
    .join('')
