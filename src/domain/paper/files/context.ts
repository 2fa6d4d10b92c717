/** What files of figures say beside the numbers: whose images they show, and what they were made from. */
import type { PaperFigure, PaperPanel, PaperTable } from '..'

export interface FigureContext {
  classes: readonly string[]
  /** An image of Figure 1 as a PNG's data: address; null where its pixels are not at hand. */
  picture: (image: number) => string | null
  images: { name: string; licence: string | null; citation: string | null }
  /** "Second Guess 0.1.0, 46 finished runs of experiment 2, 2026-01-05". */
  made: string
}

/** A figure with its layout, as every kind of file needs it. */
export interface LaidOut extends PaperFigure {
  panels: PaperPanel[]
  tables: PaperTable[]
  bare: boolean
}

/** Whose the images are: licences ask for it wherever the images go. */
export const imageCredit = ({ images: { name, licence, citation } }: Pick<FigureContext, 'images'>): string =>
  `Images: ${name}. ${citation ?? 'No citation stated.'} Licence: ${licence ?? 'none stated'}.`

/** Said of a figure nothing of which these runs measured. */
export const bareSentence = ({ missing }: Pick<PaperFigure, 'missing'>): string =>
  `Not measured by these runs. Needed: ${missing.join(' ')}`
