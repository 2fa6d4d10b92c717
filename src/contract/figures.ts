/** Figures of the paper and their files. */
import { z } from 'zod'
import type { PaperViews } from '../domain/paper'
import type { FigureRow } from '../domain/results/figureRow'
import { answer, call, id, index, name, nothing } from './fields'

/** How a figure leaves the program; `json` is figures.json, of all that were asked for. */
export const FIGURE_FORMATS = ['csv', 'md', 'tex', 'svg', 'png', 'json'] as const

export type FigureFormat = (typeof FIGURE_FORMATS)[number]

/** What completing a figure did: runs queued, and others' that became the experiment's too. */
export interface FilledFigure {
  queued: number
  adopted: number
}

export const FIGURE_CALLS = {
  'figures.table': call(z.strictObject({ experiment: id.nullable() }), answer<FigureRow[]>()),
  /** The paper's figures and tables from one experiment's runs or all; worked out in a process of its own and kept. */
  'figures.paper': call(z.strictObject({ experiment: id.nullable() }), answer<PaperViews>()),
  /** One file, or an archive where several were asked for; `figure` null for all of them. */
  'figures.file': call(
    z.strictObject({
      experiment: id.nullable(),
      figure: name.nullable(),
      formats: z.array(z.enum(FIGURE_FORMATS)).min(1).max(10),
    }),
    answer<{ name: string; bytes: Uint8Array }>(),
  ),
  /** Queues the runs that a figure lacks: those of the `plan`-th of its plans. */
  'figures.fill': call(
    z.strictObject({ experiment: id.nullable(), figure: name, plan: index }),
    answer<FilledFigure>(),
  ),
  /** Ends what is being worked out of figures, files and reports: who waits for it is told. */
  'figures.stop': call(nothing, answer<null>()),
} as const
