/** Pictures that stand alone: their looks as attributes, on a light ground. */
import { attributesOf, CHART_LOOKS, COLORS, type Look } from './looks'
import { Markup } from './markup'

export const GROUND = COLORS.ground[0]
export const FONT = "Inter, 'Inter Variable', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"

/** Of figures laid out as documents: titles, and tables where nothing is drawn. */
const DOCUMENT_LOOKS: Record<string, Look> = {
  quiet: { fill: 'ink-3' },
  title: { fill: 'ink', 'font-size': 16, 'font-weight': 600 },
  head: { fill: 'ink', 'font-size': 13, 'font-weight': 600 },
  'head hard': { fill: 'hard-text', 'font-size': 12, 'font-weight': 600 },
  'head soft': { fill: 'soft-text', 'font-size': 12, 'font-weight': 600 },
  column: { fill: 'ink-2', 'font-size': 12, 'font-weight': 600 },
  word: { fill: 'ink' },
  number: { fill: 'ink' },
  'number hard': { fill: 'hard-text' },
  'number soft': { fill: 'soft-text' },
  under: { fill: 'ink-3', 'font-size': 10 },
  rule: { stroke: 'ink', 'stroke-width': 1.25 },
  thin: { stroke: 'line-strong', 'stroke-width': 0.75 },
}
const LOOKS = { ...CHART_LOOKS, ...DOCUMENT_LOOKS }

/** The same picture with attributes in place of classes. Throws RangeError on a class it has no look for. */
export function inked({ html }: Markup): Markup {
  return new Markup(
    html.replace(/ class="([^"]*)"/g, (_, name: string) => {
      const look = LOOKS[name.trim()]
      if (!look) throw new RangeError(`a picture's class "${name}" has no look`)
      return attributesOf(look)
    }),
  )
}

/** One chart as an SVG document. */
export const standAlone = (chart: Markup): string =>
  inked(chart).html.replace(
    /^<svg ([^>]*)>/,
    `<svg xmlns="http://www.w3.org/2000/svg" font-family="${FONT}" font-size="12" $1><rect width="100%" height="100%" fill="${GROUND}"/>`,
  )
