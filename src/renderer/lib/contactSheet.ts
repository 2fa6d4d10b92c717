/**
 * Contact sheets: images with what people and networks said of them, on pages with a line that says what they are.
 * Pages are laid out here and drawn with any drawing context, on a canvas or as SVG.
 */
import {
  cellHeight,
  cellWidth,
  drawCell,
  type CellFacts,
  type CellLook,
  type CellShape,
  type Drawing,
} from './cellDrawing'

export const SHEET = { margin: 24, across: 8, perPage: 160, line: 18 } as const

export interface SheetPage {
  /** Images from `start` to before `end` of those exported. */
  start: number
  end: number
  width: number
  height: number
  /** Where the images begin. */
  top: number
}

export function sheetPages(images: number, lines: number, shape: CellShape): SheetPage[] {
  const [w, h] = [cellWidth(shape) + 8, cellHeight(shape)]
  const top = SHEET.margin + lines * SHEET.line + 16
  const width = 2 * SHEET.margin + SHEET.across * w
  return Array.from({ length: Math.ceil(images / SHEET.perPage) }, (_, page) => {
    const [start, end] = [page * SHEET.perPage, Math.min(images, (page + 1) * SHEET.perPage)]
    return { start, end, width, height: top + Math.ceil((end - start) / SHEET.across) * h + SHEET.margin, top }
  })
}

/** Breaks a text into lines of at most `most` characters, between words. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** The facts of one image are asked for when it is drawn, so that its picture may lie on a canvas that all share. */
export function drawSheet(
  context: Drawing,
  page: SheetPage,
  title: readonly string[],
  factsOf: (at: number) => CellFacts,
  look: CellLook,
  shape: CellShape,
) {
  const { palette } = look
  context.fillStyle = palette.ground
  context.fillRect(0, 0, page.width, page.height)
  context.textAlign = 'left'
  context.textBaseline = 'alphabetic'
  title.forEach((line, at) => {
    context.font = at === 0 ? look.font.replace('400 12px', '600 14px') : look.font
    context.fillStyle = at === 0 ? palette.ink : palette['ink-2']
    context.fillText(line, SHEET.margin + 8, SHEET.margin + 12 + at * SHEET.line)
  })
  const [w, h] = [cellWidth(shape) + 8, cellHeight(shape)]
  for (let at = page.start; at < page.end; at++) {
    const place = at - page.start
    const [x, y] = [SHEET.margin + (place % SHEET.across) * w, page.top + Math.floor(place / SHEET.across) * h]
    drawCell(context, factsOf(at), look, shape, x, y)
  }
}
