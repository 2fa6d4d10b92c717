/** report.json and report.html of an experiment's finished runs, or of all of a project's. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { reportHtml } from '../../domain/report/html'
import { buildReport } from '../../domain/report/report'
import { StudioError } from '../../domain/errors'
import { version } from '../../../package.json'
import type { ProjectStore } from '../storage'
import { writeAtomically } from '../storage/files'
import { withUsualMask } from '../storage/permissions'
import { furtherData, judgedPredictions, peopleOf, picturesOf, predictionsOf, scopeOf } from '../experiments/scope'

export interface WrittenReport {
  folder: string
  html: string
}

/** Where a report goes when nothing else is said. */
export const reportFolder = (store: ProjectStore, experiment: number | null) =>
  join(store.folder, 'reports', experiment === null ? 'all' : String(experiment))

/** Throws StudioError where there is nothing to report of yet. */
export function writeReport(store: ProjectStore, experiment: number | null, into?: string): WrittenReport {
  const scope = scopeOf(store, experiment)
  const { runs, done, labels, images } = scope
  if (!labels) throw new StudioError('conflict', 'This project has no label set.', { hint: 'Import one first.' })
  if (!images)
    throw new StudioError('conflict', `The label set ${labels.name} still waits for its images.`, {
      hint: `Import the images of ${labels.imageSet}.`,
    })
  if (done.length === 0)
    throw new StudioError(
      'conflict',
      scope.experiment ? 'No run of this experiment is finished yet.' : 'No run is finished yet.',
    )
  const about = {
    runs,
    imageSet: images,
    labelSet: labels,
    people: peopleOf(store, labels),
    labels: store.imageSets.labels(images.id),
    predictions: predictionsOf(store, done, images),
    setPredictions: judgedPredictions(store, done, images),
    further: furtherData(store, done),
  }
  const report = buildReport({ ...about, preset: scope.experiment?.preset ?? null, created: new Date().toISOString() })
  const folder = into ?? reportFolder(store, experiment)
  const html = join(folder, 'report.html')
  const curves = new Map(done.map((run) => [run.id, store.runs.metrics(run.id)]))
  const document = reportHtml(report, { ...about, version, curves, pictures: picturesOf(store, images) })
  const write = () => {
    mkdirSync(folder, { recursive: true })
    writeAtomically(html, document)
    writeAtomically(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  }
  if (into === undefined) write()
  else withUsualMask(write)
  return { folder, html }
}
