/** Experiments: presets planned on the project's data, their runs queued, and what came of them as figures and report. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { People } from '../../experiments/claims'
import { cost, costInWords } from '../../experiments/cost'
import { figureRows } from '../../experiments/figures'
import { planPreset } from '../../experiments/presets'
import { buildReport } from '../../experiments/report'
import { reportHtml } from '../../experiments/html'
import type { FigureRow } from '../../shared/contract'
import type { DeviceId, ExperimentInfo, ImageSetInfo, LabelSetInfo, Preset, RunConfig } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import type { ProjectStore } from '../store'
import { writeAtomically } from '../store/files'
import { readPredictions } from '../store/runFiles'
import { version as packageVersion } from '../../../package.json'
import { imageSetNamed, labelSetNamed, newestLabelSet } from './data'
import type { EventHub } from './events'
import { presetData } from './presetData'
import type { ProjectService } from './project'
import { checkConfigs } from './runConfigs'
import type { RunsService } from './runs'

export interface StartOptions {
  preset: Preset
  device: DeviceId
  /** Default: the newest. */
  labelSet?: string
  /** Asking again with the same key answers the experiment that was made the first time. */
  key?: string
}

export interface ExperimentsService {
  plan(preset: Preset, device: DeviceId, labelSet: string): { configs: RunConfig[]; estimate: string }
  start(options: StartOptions): Promise<ExperimentInfo>
  list(): ExperimentInfo[]
  /** Writes report.json and report.html of the finished runs into `folder`, by default in the project. */
  report(id: number, folder?: string): { folder: string; html: string }
  figures(experiment: number | null): FigureRow[]
}

/** A label set with its images, for training: both must be there. */
function dataOf(store: ProjectStore, labelSet: string): { images: ImageSetInfo; labels: LabelSetInfo } {
  const labels = labelSetNamed(store, labelSet)
  if (!store.imageSets.find(labels.imageSet)) {
    const hint = `Import the images of ${labels.imageSet}.`
    throw new StudioError('conflict', `The label set ${labels.name} still waits for its images.`, { hint })
  }
  return { labels, images: imageSetNamed(store, labels.imageSet) }
}

function keptPredictions(store: ProjectStore, run: number) {
  const kept = readPredictions(store.runFolder(run))
  return kept ? [{ run, values: kept.predictions, heldOut: kept.heldOut }] : []
}

interface Parts {
  project: ProjectService
  events: EventHub
  runs: RunsService
}

export function experimentsService({ project, events, runs }: Parts): ExperimentsService {
  function plan(preset: Preset, device: DeviceId, labelSet: string) {
    const { images, labels } = dataOf(project.store(), labelSet)
    const configs = planPreset(preset, presetData(project.store(), images, labels), device)
    return { configs, estimate: costInWords(cost(configs, images.count)), images }
  }

  function found(id: number): ExperimentInfo {
    const experiment = project.store().experiments.find(id)
    if (experiment) return experiment
    throw new StudioError('not-found', `There is no experiment ${id} in this project.`)
  }

  function people(store: ProjectStore, labels: LabelSetInfo): People {
    const { probabilities, classes } = store.labelSets.arrays(labels.id)
    return { distributions: probabilities, classes }
  }

  return {
    plan(preset, device, labelSet) {
      const { configs, estimate } = plan(preset, device, labelSet)
      return { configs, estimate }
    },
    async start({ preset, device, labelSet, key }) {
      const store = project.store()
      const { configs, images } = plan(preset, device, labelSet ?? newestLabelSet(store).name)
      await checkConfigs(store, configs)
      // The experiment and its runs appear together or not at all.
      const id = store.transaction(() => {
        const before = key === undefined ? null : store.experiments.findByKey(key)
        if (before) return before.id
        const labels = configs[0]?.labelSet ?? ''
        const made = store.experiments.insert({
          preset,
          families: [],
          imageSet: images.name,
          labelSet: labels,
          device,
          key: key ?? null,
        })
        store.runs.insert(configs, made)
        return made
      })
      const experiment = found(id)
      events.emit('experiment.changed', experiment)
      runs.announce(experiment.runs)
      return experiment
    },
    list: () => project.store().experiments.list(),
    report(id, into) {
      const store = project.store()
      const experiment = found(id)
      const { images, labels } = dataOf(store, experiment.labelSet)
      const its = store.runs.byExperiment(id)
      if (!its.some(({ state }) => state === 'done'))
        throw new StudioError('conflict', 'No run of this experiment is finished yet.')
      const created = new Date().toISOString()
      const about = { runs: its, imageSet: images, labelSet: labels, people: people(store, labels) }
      const report = buildReport({ ...about, preset: experiment.preset, created })
      const done = its.filter(({ state }) => state === 'done')
      const folder = into ?? join(store.folder, 'reports', String(id))
      mkdirSync(folder, { recursive: true })
      const html = join(folder, 'report.html')
      const document = reportHtml(report, {
        ...about,
        version: packageVersion,
        curves: new Map(done.map((run) => [run.id, store.runs.metrics(run.id)])),
        predictions: done.flatMap((run) => keptPredictions(store, run.id)),
        labels: store.imageSets.labels(images.id),
      })
      writeAtomically(html, document)
      writeAtomically(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
      return { folder, html }
    },
    figures(experiment) {
      const store = project.store()
      return figureRows(experiment === null ? store.runs.list() : store.runs.byExperiment(found(experiment).id))
    },
  }
}
