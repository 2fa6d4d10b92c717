/** Experiments: presets planned on the project's data, their runs queued, and what came of them as figures and report. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { People } from '../../experiments/claims'
import { cost, costInWords } from '../../experiments/cost'
import { figureRows } from '../../experiments/figures'
import type { SetPredictions } from '../../experiments/ensembles'
import { planPreset } from '../../experiments/presets'
import { buildReport } from '../../experiments/report'
import { reportHtml } from '../../experiments/html'
import type { FigureRow } from '../../shared/contract'
import { stageOf } from '../../shared/stage'
import type {
  DataName,
  DeviceId,
  ExperimentInfo,
  ImageSetInfo,
  LabelSetInfo,
  Preset,
  RunConfig,
  RunInfo,
} from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { runKey } from '../../shared/runKey'
import type { ProjectStore } from '../store'
import { writeAtomically } from '../store/files'
import { readPredictions, readSetPredictions } from '../store/runFiles'
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
  /** Confines the preset to these families of networks; default: all of it. */
  families?: readonly string[]
  /** Asking again with the same key answers the experiment that was made the first time. */
  key?: string
}

export interface ExperimentsService {
  plan(preset: Preset, device: DeviceId, labelSet: string, families?: readonly string[]): { configs: RunConfig[]; estimate: string } // prettier-ignore
  /** Runs that are done in the project already, in whatever experiment or merged in, are taken as they are. */
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

/** The run of an experiment's plan that is done already, shown as its own where no other experiment queued it. */
function finishedRun(store: ProjectStore, key: string, experiment: number): number | null {
  const found = store.runs.findByKey(key)
  if (found?.state !== 'done') return null
  store.runs.adopt(found.id, experiment)
  return found.id
}

/** The experiment's own runs that another one has made unnecessary: no longer its own, and no longer waiting. */
function replaceFinished(store: ProjectStore, experiment: number) {
  const now = store.runs.byExperiment(experiment).map((run) => {
    const done = run.state === 'done' || run.state === 'running' ? null : finishedRun(store, run.key, experiment)
    if (done === null) return run.id
    if (run.startedAt === null) store.runs.remove(run.id)
    else store.runs.change(run.id, { state: 'stopped', finishedAt: new Date().toISOString() })
    return done
  })
  store.experiments.setRuns(experiment, now)
}

function keptPredictions(store: ProjectStore, run: number) {
  const kept = readPredictions(store.runFolder(run))
  return kept ? [{ run, values: kept.predictions, heldOut: kept.heldOut }] : []
}

/** What pretrained runs say about the images that people judged, for ensembles. */
function judgedPredictions(store: ProjectStore, { id, config }: RunInfo, imageSet: string): SetPredictions[] {
  if (stageOf(config) !== 'pretrained') return []
  const at = config.evaluations.findIndex((set) => set.imageSet === imageSet)
  const kept = at < 0 ? null : readSetPredictions(store.runFolder(id), at + 1)
  return kept ? [{ run: id, imageSet, values: kept.predictions, images: kept.indices }] : []
}

/** Every set that a run was made of or measured on beyond the judged one, once, in the order of the runs. */
function furtherData(store: ProjectStore, done: readonly RunInfo[]): DataName[] {
  const names = done.flatMap(({ config }) => [config.imageSet, config.aggregatedFrom, ...config.evaluations.flatMap(({ imageSet, labelSet }) => [imageSet, labelSet])]) // prettier-ignore
  return [...new Set(names)].flatMap((name) => {
    const found = name === null ? null : (store.imageSets.find(name) ?? store.labelSets.find(name))
    return found ? [{ name: found.name, digest: found.digest }] : []
  })
}

interface Parts {
  project: ProjectService
  events: EventHub
  runs: RunsService
}

export function experimentsService({ project, events, runs }: Parts): ExperimentsService {
  function plan(preset: Preset, device: DeviceId, labelSet: string, families: readonly string[] = []) {
    const { images, labels } = dataOf(project.store(), labelSet)
    const configs = planPreset(preset, presetData(project.store(), images, labels), device, { families })
    return { configs, estimate: costInWords(cost(configs, images.count)), images, labels }
  }

  function found(id: number): ExperimentInfo {
    const experiment = project.store().experiments.find(id)
    if (experiment) return experiment
    throw new StudioError('not-found', `There is no experiment ${id} in this project.`)
  }

  function people(store: ProjectStore, labels: LabelSetInfo): People {
    const { probabilities, counts, classes } = store.labelSets.arrays(labels.id)
    return { distributions: probabilities, counts, classes }
  }

  return {
    plan(preset, device, labelSet, families) {
      const { configs, estimate } = plan(preset, device, labelSet, families)
      return { configs, estimate }
    },
    async start({ preset, device, labelSet, key, families = [] }) {
      const store = project.store()
      const { configs, images, labels } = plan(preset, device, labelSet ?? newestLabelSet(store).name, families)
      await checkConfigs(store, configs)
      // The experiment and its runs appear together or not at all.
      const id = store.transaction(() => {
        const before = key === undefined ? null : store.experiments.findByKey(key)
        if (before) {
          replaceFinished(store, before.id)
          return before.id
        }
        const made = store.experiments.insert({
          preset,
          families: [...families],
          imageSet: images.name,
          labelSet: labels.name,
          device,
          key: key ?? null,
        })
        const its = configs.flatMap((config) => finishedRun(store, runKey(config), made) ?? store.runs.insert([config], made)) // prettier-ignore
        store.experiments.setRuns(made, its)
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
      const done = its.filter(({ state }) => state === 'done')
      const about = {
        runs: its,
        imageSet: images,
        labelSet: labels,
        people: people(store, labels),
        labels: store.imageSets.labels(images.id),
        predictions: done.flatMap((run) => (run.config.imageSet === images.name ? keptPredictions(store, run.id) : [])),
        setPredictions: done.flatMap((run) => judgedPredictions(store, run, images.name)),
        further: furtherData(store, done),
      }
      const report = buildReport({ ...about, preset: experiment.preset, created })
      const folder = into ?? join(store.folder, 'reports', String(id))
      mkdirSync(folder, { recursive: true })
      const html = join(folder, 'report.html')
      const document = reportHtml(report, {
        ...about,
        version: packageVersion,
        curves: new Map(done.map((run) => [run.id, store.runs.metrics(run.id)])),
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
