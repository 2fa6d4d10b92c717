/** Figures made from a project: what a worker process, or the command line, works out. */
import { ensembles } from '../../domain/claims/ensembles'
import { figureRows } from '../../domain/results/contrasts'
import { laidOut } from '../../domain/paper/files'
import { paperFigures } from '../../domain/paper/paperFigures'
import { finishedRuns } from '../../domain/results/runValues'
import type { RunInfo } from '../../domain/runs/info'
import type { MadeFigures } from '../workers/messages'
import type { ProjectStore } from '../storage'
import { fillsOf, importsOf } from './plans'
import { judgedPredictions, peopleOf, predictionsOf, scopeOf, type Scope } from '../experiments/scope'

/** Figure 1 is about networks trained on hard labels; their predictions are all it reads. */
const isHard = ({ config }: RunInfo) => config.target === 'hard' && config.folds > 1

/** The figures as they are in report.json of the same runs. */
export function figuresOf(store: ProjectStore, { done, images, labels }: Scope) {
  const runs = finishedRuns(done)
  const people = labels && images ? peopleOf(store, labels) : null
  const together =
    images && people
      ? ensembles({
          runs,
          imageSet: images,
          people,
          labels: store.imageSets.labels(images.id),
          setPredictions: judgedPredictions(store, done, images),
        })
      : []
  const predictions = images ? predictionsOf(store, done.filter(isHard), images) : []
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
