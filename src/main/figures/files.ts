/** Figures as files: one of them in one format, or all in all formats; figures.json holds them as data. */
import { zipSync } from 'fflate'
import { figureText, TEXT_FORMATS, type FigureContext, type TextFormat } from '../../domain/paper/files'
import { FIGURE_FORMATS, type FigureFormat } from '../../contract'
import type { DataName } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import type { PaperFigure, PaperViews } from '../../domain/paper'
import type { FigureFile } from '../workers/messages'
import type { ProjectStore } from '../storage'
import { version } from '../../../package.json'
import { rasterise } from './rasterise'
import { furtherData, picturesOf, scopeOf } from '../experiments/scope'

/** figures.json: the figures as in report.json, and what is needed to repeat them. */
export interface FiguresFile {
  version: 1
  program: string
  created: string
  /** Null: all finished runs of the project. */
  experiment: number | null
  device: string
  engine: string
  seeds: number[]
  runs: { id: number; key: string }[]
  data: DataName[]
  figures: PaperFigure[]
}

export interface FilesRequest {
  experiment: number | null
  /** Null: all. */
  figure: string | null
  formats: readonly FigureFormat[]
}

/** Not a Buffer, which crosses the wire as something else. */
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const isText = (format: FigureFormat): format is TextFormat => (TEXT_FORMATS as readonly string[]).includes(format)

export async function figureFiles(
  store: ProjectStore,
  { figures, runs, classes }: PaperViews,
  { experiment, figure, formats }: FilesRequest,
): Promise<FigureFile[]> {
  const chosen = figures.filter(({ id }) => figure === null || id === figure)
  if (chosen.length === 0)
    throw new StudioError('not-found', `There is no figure ${figure ?? ''}.`, {
      hint: `There are: ${figures.map(({ id }) => id).join(', ')}.`,
    })
  const scope = scopeOf(store, experiment)
  const { images } = scope
  const created = new Date().toISOString()
  const program = `Second Guess ${version}`
  const context: FigureContext = {
    classes,
    picture: images ? picturesOf(store, images).picture : () => null,
    images: { name: images?.name ?? 'none', licence: images?.licence ?? null, citation: images?.citation ?? null },
    made: `${program}, ${runs} finished ${runs === 1 ? 'run' : 'runs'}${scope.experiment ? ` of experiment ${scope.experiment.id} (${scope.experiment.preset})` : ''}, ${created.slice(0, 10)}`,
  }
  const files: FigureFile[] = []
  for (const each of chosen)
    for (const format of FIGURE_FORMATS.filter((asked) => formats.includes(asked))) {
      const name = `${each.id}.${format}`
      if (isText(format)) files.push({ name, bytes: utf8(figureText(each, format, context)) })
      else if (format === 'png') files.push({ name, bytes: await rasterise(figureText(each, 'svg', context)) })
    }
  if (!formats.includes('json')) return files
  const distinct = <T>(values: (T | null)[]) => [...new Set(values.filter((value) => value !== null))]
  const whole: FiguresFile = {
    version: 1,
    program,
    created,
    experiment,
    device: distinct(scope.done.map(({ device }) => device)).join('; '),
    engine: distinct(scope.done.map(({ engine }) => engine)).join('; '),
    seeds: distinct(scope.done.map(({ config }) => config.seed)).sort((a, b) => a - b),
    runs: scope.done.map(({ id, key }) => ({ id, key })),
    data: [
      ...new Map(
        [...(images ? [images] : []), ...(scope.labels ? [scope.labels] : []), ...furtherData(store, scope.done)].map(
          ({ name, digest }) => [name, { name, digest }],
        ),
      ).values(),
    ],
    figures: chosen.map(({ panels: _p, tables: _t, bare: _b, plans: _pl, imports: _i, ...plain }) => plain),
  }
  return [...files, { name: 'figures.json', bytes: utf8(`${JSON.stringify(whole, null, 2)}\n`) }]
}

/** One file: the one asked for, or all that were asked for in an archive. */
export function oneFile(files: readonly FigureFile[], name: string): FigureFile {
  const [first] = files
  if (first && files.length === 1) return first
  // PNG is compressed already.
  const entries = files.map((file): [string, [Uint8Array, { level: 0 | 6 }]] => [
    file.name,
    [file.bytes, { level: file.name.endsWith('.png') ? 0 : 6 }],
  ])
  return { name: `${name}.zip`, bytes: zipSync(Object.fromEntries(entries)) }
}
