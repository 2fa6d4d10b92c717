/**
 * One image with what people and networks said of it, drawn on a canvas: the gallery's cells and the contact sheet's.
 * Bars as everywhere: in class order, people above the network in one row, the label marked at the left.
 */
import type { Palette } from './palette'

type Row = ArrayLike<number>

export interface CellFacts {
  /** Null while it is on its way. */
  picture: CanvasImageSource | null
  /** Null where nobody judged the image, where no chosen run held it out, and while they are on their way. */
  people: Row | null
  network: Row | null
  other: Row | null
  label: number
  /** Set below the picture: the class, then a number each of people and networks. */
  name: string
  numbers: { people: string; network: string | null; other: string | null }
}

export interface CellShape {
  picture: number
  bars: number
  /** Of one class; three bars need more than two. */
  row: number
  classes: number
  smooth: boolean
}

/** How the two networks look: filled with a colour, or as an outline of it. */
export interface Series {
  colour: string
  text: string
  outlined: boolean
}

export interface CellLook {
  palette: Palette
  font: string
  network: Series
  other: Series
}

/** A network by the kind of its target; null for people only. */
type Marked = { mark: 'hard' | 'soft' | null }

/** Of two networks a hard and a soft one have their targets' colours; of two alike the second is an outline. */
export function seriesOf(
  network: Marked,
  against: Marked | null,
  colour: (name: 'network' | 'hard' | 'soft') => [mark: string, text: string],
): { network: Series; other: Series } {
  const filled = (name: 'network' | 'hard' | 'soft', outlined = false): Series => {
    const [mark, text] = colour(name)
    return { colour: mark, text, outlined }
  }
  if (against?.mark && network.mark && against.mark !== network.mark)
    return { network: filled(network.mark), other: filled(against.mark) }
  return { network: filled('network'), other: filled('network', true) }
}

export const CELL = { padding: 8, gap: 8, caption: 20, left: 5 } as const

export const cellHeight = ({ picture, row, classes }: CellShape) =>
  2 * CELL.padding + Math.max(picture, row * classes) + CELL.caption
export const cellWidth = ({ picture, bars }: CellShape) => 2 * CELL.padding + picture + CELL.gap + bars

/** What the drawing asks of a canvas; the context that writes SVG has it too. */
export type Drawing = Pick<
  CanvasRenderingContext2D,
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'drawImage'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'font'
  | 'textBaseline'
  | 'textAlign'
  | 'imageSmoothingEnabled'
>

function bar(context: Drawing, series: Series, x: number, y: number, width: number, height: number) {
  if (width <= 0) return
  if (series.outlined) {
    context.strokeStyle = series.colour
    context.lineWidth = 1
    context.strokeRect(x + 0.5, y + 0.5, Math.max(0, width - 1), height - 1)
    return
  }
  context.fillStyle = series.colour
  context.fillRect(x, y, width, height)
}

export function drawBars(context: Drawing, facts: CellFacts, look: CellLook, shape: CellShape, x: number, y: number) {
  const { palette } = look
  const people: Series = { colour: palette.people, text: '', outlined: false }
  const all = [
    [facts.people, people],
    [facts.network, look.network],
    [facts.other, look.other],
  ] as const
  const series = all.flatMap(([values, style]) => (values ? [{ values, style }] : []))
  const height = series.length === 1 ? shape.row - 2 : Math.max(2, Math.floor((shape.row - 1) / series.length))
  const span = shape.bars - CELL.left
  context.fillStyle = palette.line
  context.fillRect(x + CELL.left - 1, y, 1, shape.row * shape.classes)
  for (let c = 0; c < shape.classes; c++) {
    const top = y + c * shape.row
    if (c === facts.label) {
      context.fillStyle = palette.ink
      context.fillRect(x, top, 3, shape.row - 1)
    }
    series.forEach(({ values, style }, at) =>
      bar(context, style, x + CELL.left, top + at * height, (values[c] ?? 0) * span, height),
    )
  }
}

/** Draws within `cellWidth` by `cellHeight` at (x, y), CSS pixels. */
export function drawCell(context: Drawing, facts: CellFacts, look: CellLook, shape: CellShape, x: number, y: number) {
  const { palette } = look
  const [left, top] = [x + CELL.padding, y + CELL.padding]
  const body = Math.max(shape.picture, shape.row * shape.classes)
  if (facts.picture) {
    context.imageSmoothingEnabled = shape.smooth
    context.drawImage(facts.picture, left, top, shape.picture, shape.picture)
  } else {
    context.fillStyle = palette.line
    context.fillRect(left, top, shape.picture, shape.picture)
  }
  const bars = left + shape.picture + CELL.gap
  if (facts.people ?? facts.network ?? facts.other) drawBars(context, facts, look, shape, bars, top)
  context.font = look.font
  context.textBaseline = 'alphabetic'
  context.textAlign = 'left'
  const line = top + body + 15
  const write = (text: string | null, colour: string, at: number) => {
    if (text === null) return
    context.fillStyle = colour
    context.fillText(text, at, line)
  }
  write(facts.name, palette['ink-2'], left)
  const step = facts.numbers.other === null ? 44 : 31
  write(facts.numbers.people, palette['people-text'], bars)
  write(facts.numbers.network, look.network.text, bars + step)
  write(facts.numbers.other, look.other.text, bars + 2 * step)
}
