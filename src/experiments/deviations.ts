/** Where a run departs from what the paper describes: said in every report, found by looking at the configuration. */
import type { RunConfig } from '../shared/domain'
import { isPublished } from './published'

/** The paper's residual networks of section 5. */
const EPOCHS = 150
const FOLDS = 10
const IMAGES = 10_000

/** Sentences, the general ones first. `images` is the size of the image set. */
export function deviations(configs: readonly RunConfig[], images: number, onPublishedData: boolean): string[] {
  const [first] = configs
  if (!first) return []
  const found: string[] = [
    'Optimiser: SGD with Nesterov momentum, where the paper’s text says Adam; every training log the authors released says SGD.', // prettier-ignore
    'The last epoch is evaluated. The released figures chose the epoch by accuracy on the held-out fold itself.',
  ]
  const distinct = <T>(of: (config: RunConfig) => T) => [...new Set(configs.map(of))]
  if (!onPublishedData) {
    found.push('The data are not CIFAR-10 with CIFAR-10H: published numbers do not apply and are not shown.')
  }
  const networks = distinct(({ network }) => network).filter((network) => !isPublished(network))
  if (networks.length > 0) {
    found.push(`Networks: ${networks.join(', ')}, smaller members of families whose published members are larger; published numbers shown beside are those of the family’s published member.`) // prettier-ignore
  }
  const epochs = distinct((config) => config.epochs).filter((value) => value !== EPOCHS)
  if (epochs.length > 0) {
    found.push(`Epochs: ${epochs.join(', ')} instead of ${EPOCHS}, the schedule scaled to them.`)
  }
  const folds = distinct(({ fold }) => fold).length
  const of = distinct((config) => config.folds)
  if (of.some((value) => value !== FOLDS) || folds < FOLDS) {
    found.push(`Folds: ${folds} of ${of.join(', ')} were run; the paper ran all ${FOLDS}.`)
  }
  const training = images - Math.ceil(images / first.folds)
  const cut = distinct(({ trainImages }) => trainImages).filter((value) => value !== null && value < training)
  if (cut.length > 0) {
    found.push(
      `Training images: ${cut.join(', ')} of the ${training.toLocaleString('en-US')} in a fold’s training part.`,
    )
  }
  if (images !== IMAGES) found.push(`Images: ${images.toLocaleString('en-US')}, where the paper has ${IMAGES.toLocaleString('en-US')}.`) // prettier-ignore
  const heldOut = distinct(({ testImages }) => testImages).filter((value) => value !== null)
  if (heldOut.length > 0) found.push(`Held-out images: the first ${heldOut.join(', ')} of each fold.`)
  const batches = distinct(({ batch }) => batch).filter((value) => value !== 128)
  if (batches.length > 0) found.push(`Batch: ${batches.join(', ')} instead of 128.`)
  if (!configs.every(({ augment }) => augment)) found.push('Some runs use no augmentation (crop and flip).')
  const attacked = new Set(configs.flatMap(({ attacks }) => attacks.map(({ images }) => images ?? 'all')))
  if (configs.some(({ attacks }) => attacks.length > 0)) {
    found.push(`Attacks: on held-out images only (${[...attacked].join(', ')} in each attack), of networks trained from scratch; the paper attacks all 10,000 images, most of which had served for fine-tuning.`) // prettier-ignore
  }
  return found
}
