/**
 * Figures as files, in one place for the window, the command line and the report: CSV with every digit, Markdown, LaTeX
 * and SVG as a reader sees them. Pure; a PNG is made of the SVG by whoever can draw it.
 */
import type { PaperFigure } from '..'
import type { FigureContext, LaidOut } from './context'
import { figureCsv } from './csv'
import { figureLatex } from './latex'
import { figureMarkdown } from './markdown'
import { panelsOf } from '../panels'
import { figureSvg } from './svg'
import { isBare, tablesOf } from '../tables'

export type { FigureContext, LaidOut } from './context'

export const TEXT_FORMATS = ['csv', 'md', 'tex', 'svg'] as const
export type TextFormat = (typeof TEXT_FORMATS)[number]

export const laidOut = (figure: PaperFigure): LaidOut => ({
  ...figure,
  panels: panelsOf(figure),
  tables: tablesOf(figure),
  bare: isBare(figure),
})

const WRITERS: Record<TextFormat, (figure: LaidOut, context: FigureContext) => string> = {
  csv: figureCsv,
  md: figureMarkdown,
  tex: figureLatex,
  svg: figureSvg,
}

/** The whole text of a file; its name is the figure's id and the format: "table-1.tex". */
export const figureText = (figure: LaidOut, format: TextFormat, context: FigureContext): string =>
  WRITERS[format](figure, context)
