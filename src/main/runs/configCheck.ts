/** Whether run configurations fit the project, said when they are queued and not hours later. */
import type { ImageSetInfo } from '../../domain/labels/sets'
import type { RunConfig, Target } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import { runKey } from '../../domain/runs/runKey'
import type { ProjectStore } from '../storage'
import { imageSetNamed, labelSetNamed } from '../labels/labelSets'

/** Targets that need no people. */
const OF_LABELS: ReadonlySet<Target> = new Set<Target>(['hard', 'mixup', 'distilled', 'aggregated'])

type Refuse = (field: keyof RunConfig, reason: string) => StudioError

/** Throws StudioError('bad-input' or 'not-found') on the first that does not. */
export async function checkConfigs(store: ProjectStore, configs: RunConfig[]): Promise<void> {
  // TensorFlow.js comes with it: loaded when the first run is queued.
  const { network } = await import('../../engine/model')
  const queued = new Set<string>()
  configs.forEach((config, i) => {
    const refuse: Refuse = (field, reason) => new StudioError('bad-input', reason, { place: `configs.${i}.${field}` })
    const images = imageSetNamed(store, config.imageSet)
    const { height, width, channels, classes } = images
    network(config.network, { height, width, channels, classes: classes.length })
    checkLabels(store, config, images, refuse)
    checkFold(config, images, refuse)
    for (const key of [config.startFrom, ...config.teachers])
      if (key !== null && !queued.has(key) && !store.runs.findByKey(key))
        throw refuse(
          key === config.startFrom ? 'startFrom' : 'teachers',
          `There is no run ${key} in this project, nor before this one in the list.`,
        )
    queued.add(runKey(config))
  })
}

function checkLabels(store: ProjectStore, config: RunConfig, images: ImageSetInfo, refuse: Refuse) {
  const { target, labelSet, aggregatedFrom, mixupAlpha, teachers, evaluations } = config
  if (labelSet === null && !OF_LABELS.has(target)) throw refuse('labelSet', `The target ${target} needs a label set.`)
  if ((target === 'aggregated') !== (aggregatedFrom !== null))
    throw refuse('aggregatedFrom', 'The target aggregated needs a label set to train towards, and no other takes one.')
  if ((target === 'distilled') !== teachers.length > 0)
    throw refuse('teachers', 'The target distilled needs teachers, and no other takes any.')
  if ((target === 'mixup') !== (mixupAlpha !== null))
    throw refuse('mixupAlpha', 'The target mixup needs its alpha, and no other takes one.')
  const fits = (field: keyof RunConfig, name: string | null, set: ImageSetInfo) => {
    if (name === null) return
    const labels = labelSetNamed(store, name)
    if (labels.imageSet !== set.name || labels.images !== set.count)
      throw refuse(field, `${labels.name} does not label ${set.name}.`)
  }
  fits('labelSet', labelSet, images)
  fits('aggregatedFrom', aggregatedFrom, images)
  for (const evaluation of evaluations) {
    const set = imageSetNamed(store, evaluation.imageSet)
    if (
      set.height !== images.height ||
      set.width !== images.width ||
      set.channels !== images.channels ||
      set.classes.length !== images.classes.length
    )
      throw refuse('evaluations', `${set.name} has images of another size, or other classes, than ${images.name}.`)
    fits('evaluations', evaluation.labelSet, set)
  }
}

function checkFold({ folds, fold, trainImages, batch }: RunConfig, images: ImageSetInfo, refuse: Refuse) {
  if (fold >= folds) throw refuse('fold', `There is no fold ${fold}: ${folds} folds are numbered from 0.`)
  if (folds > images.count) throw refuse('folds', `${images.count} images cannot be divided into ${folds} folds.`)
  const training = folds === 1 ? images.count : images.count - Math.ceil(images.count / folds)
  if (batch > Math.min(training, trainImages ?? training))
    throw refuse('batch', `A batch of ${batch} is more than the training images.`)
}
