/** Whether run configurations fit the project, said when they are queued and not hours later. */
import type { RunConfig } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import type { ProjectStore } from '../store'
import { imageSetNamed, labelSetNamed } from './data'

/** Throws StudioError('bad-input' or 'not-found') on the first that does not. */
export async function checkConfigs(store: ProjectStore, configs: RunConfig[]): Promise<void> {
  // TensorFlow.js comes with it: loaded when the first run is queued.
  const { network } = await import('../../engine/networks')
  const { checkProtocol } = await import('../../engine/training/plan')
  configs.forEach((config, i) => {
    checkProtocol(config)
    const refuse = (field: string, reason: string) =>
      new StudioError('bad-input', reason, { place: `configs.${i}.${field}` })
    const images = imageSetNamed(store, config.imageSet)
    const labels = labelSetNamed(store, config.labelSet ?? '')
    if (labels.imageSet !== images.name || labels.images !== images.count)
      throw refuse('labelSet', `${labels.name} does not label ${images.name}.`)
    const { height, width, channels, classes } = images
    network(config.network, { height, width, channels, classes: classes.length })
    if (config.fold >= config.folds)
      throw refuse('fold', `There is no fold ${config.fold}: ${config.folds} folds are numbered from 0.`)
    if (config.folds > images.count)
      throw refuse('folds', `${images.count} images cannot be divided into ${config.folds} folds.`)
    const training = images.count - Math.ceil(images.count / config.folds)
    if (config.batch > Math.min(training, config.trainImages ?? training))
      throw refuse('batch', `A batch of ${config.batch} is more than the training images.`)
  })
}
