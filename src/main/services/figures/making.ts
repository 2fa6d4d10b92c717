/** Figures made from a project: what a worker process, or the command line, works out. */
import { ensembles } from '../../../domain/claims/ensembles'
import { figureRows } from '../../../domain/results/contrasts'
import { laidOut } from '../../../domain/paper/files'
import { paperFigures } from '../../../domain/paper/paperFigures'
import { finishedRuns } from '../../../domain/results/runValues'
import type { FigureRow } from '../../../domain/results/figureRow'
import type { RunConfig } from '../../../domain/runs/config'
import type { RunInfo } from '../../../domain/runs/info'
import type { PaperViews } from '../../../domain/paper'
import type { ProjectStore } from '../../store'
import { fillsOf, importsOf } from './plans'
import { judgedPredictions, peopleOf, predictionsOf, scopeOf, type Scope } from './scope'

export interface MadeFigures {
  views: PaperViews
  /** Hard labels against every other target, every measure. */
  rows: FigureRow[]
  /** By figure, in the order of its plans: what filling one does. */
  fills: Record<string, { queue: RunConfig[]; adopt: number[] }[]>
}

/** Figure 1 is about networks trained on hard labels; their predictions are all it reads. */
const isHard = ({ config }: RunInfo) => config.target === 'hard' && config.folds > 1

/** The figures as they are in report.json of the same runs. */
export function figuresOf(store: ProjectStore, { done, images, labels }: Scope) {
  const runs = finishedRuns(done)
  const people = labels && images ? peopleOf(store, labels) : null
  const together = images && people ? ensembles({ runs, imageSet: images, people, labels: store.imageSets.labels(images.id), setPredictions: judgedPredictions(store, done, images) }) : [] // prettier-ignore
  const predictions = images ? predictionsOf(store, done.filter(isHard), images) : [] // prettier-ignore
  return paperFigures({ runs, people, predictions, ensembles: together })
}

export async function makeFigures(store: ProjectStore, experiment: number | null): Promise<MadeFigures> {
  const scope = scopeOf(store, experiment)
  const figures = figuresOf(store, scope)
  const fills = await fillsOf(store, scope, figures)
  const { images, done } = scope
  return {
    views: {
      figures: figures.map((figure) => ({
        ...laidOut(figure),
        plans: (fills.get(figure.id) ?? []).map(({ plan }) => plan),
        imports: importsOf(store, scope, figure.id),
      })),
      runs: done.length,
      imageSet: images?.name ?? '',
      classes: images?.classes ?? [],
      licence: images?.licence ?? null,
      citation: images?.citation ?? null,
    },
    rows: figureRows(done),
    fills: Object.fromEntries([...fills].map(([id, own]) => [id, own.map(({ queue, adopt }) => ({ queue, adopt }))])),
  }
}
