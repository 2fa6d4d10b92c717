/** Experiments: presets planned on the project's data, their runs queued. What comes of them is in figures/. */
import { cost, costInWords } from '../../domain/runs/cost'
import { planPreset } from '../../domain/runs/presets'
import type { DeviceId } from '../../domain/runs/devices'
import type { ExperimentInfo } from '../../domain/runs/info'
import type { ImageSetInfo, LabelSetInfo } from '../../domain/labels/sets'
import type { Preset, RunConfig } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import { runKey } from '../../domain/runs/runKey'
import type { ProjectStore } from '../storage'
import { CALL_PATIENCE_MS } from '../storage/writeLock'
import { imageSetNamed, labelSetNamed, newestLabelSet } from '../labels/labelSets'
import type { EventHub } from '../project/events'
import { experimentOf } from './scope'
import { finishedRates } from '../speeds/finishedRates'
import { presetData } from './presetData'
import type { ProjectService } from '../project/service'
import { checkConfigs } from '../runs/configCheck'
import type { RunsService } from '../runs/service'
import { ratesOf, readSpeeds } from '../speeds/speeds'

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
  plan(
    preset: Preset,
    device: DeviceId,
    labelSet: string,
    families?: readonly string[],
  ): { configs: RunConfig[]; estimate: string }
  /** Runs that are done in the project already, in whatever experiment or merged in, are taken as they are. */
  start(options: StartOptions): Promise<ExperimentInfo>
  list(): ExperimentInfo[]
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

interface Parts {
  project: ProjectService
  events: EventHub
  runs: RunsService
}

export function experimentsService({ project, events, runs }: Parts): ExperimentsService {
  function plan(preset: Preset, device: DeviceId, labelSet: string, families: readonly string[] = []) {
    const { images, labels } = dataOf(project.store(), labelSet)
    const configs = planPreset(preset, presetData(project.store(), images, labels), device, { families })
    return { configs, estimate: estimateOf(configs, images.count), images, labels }
  }

  /** By the speeds of this machine where they are known for all networks, else by typical ones. */
  function estimateOf(configs: readonly RunConfig[], images: number): string {
    const store = project.store()
    const here = { ...ratesOf(readSpeeds(store)), ...finishedRates(store, null) }
    if (configs.every(({ network }) => network in here))
      return costInWords(cost(configs, images, here), 'on this machine')
    return costInWords(cost(configs, images))
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
      await store.whenWritable(CALL_PATIENCE_MS)
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
        const its = configs.flatMap(
          (config) => finishedRun(store, runKey(config), made) ?? store.runs.insert([config], made),
        )
        store.experiments.setRuns(made, its)
        return made
      })
      const experiment = experimentOf(project.store(), id)
      events.emit('experiment.changed', experiment)
      runs.announce(experiment.runs)
      return experiment
    },
    list: () => project.store().experiments.list(),
  }
}
