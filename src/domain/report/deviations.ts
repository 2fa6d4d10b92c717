/** Where runs depart from what the paper describes: said in every report, found by looking at the configurations. */
import type { RunConfig, Stage } from '../runs/config'
import { groupBy } from '../results/pairs'
import { isPublished } from '../published/published'
import { STAGE_WORDS, stageOf } from '../runs/stage'
import { count } from '../text/numbers'

/** The paper's residual networks of section 5. */
const EPOCHS = 150
const FOLDS = 10
const IMAGES = 10_000
/** Section 6; the released runs went down to 1e-5. */
const FINE_TUNING_RATES = [0.1, 0.01, 0.001]
/** Families whose batch is 64; the others' is 128. */
const SMALL_BATCH = /^(?:resnext|densenet|shake_shake)/

const distinct = <T>(configs: readonly RunConfig[], of: (config: RunConfig) => T) => [...new Set(configs.map(of))]
/** Sentences, the general ones first. `images` is the size of the image set that people judged. */
export function deviations(configs: readonly RunConfig[], images: number, onPublishedData: boolean): string[] {
  if (configs.length === 0) return []
  const trained = configs.filter((config) => stageOf(config) !== 'imported')
  const stages = groupBy(trained, stageOf)
  const of = (stage: Stage) => stages.get(stage) ?? []
  const named = (stage: Stage, sentences: string[]) =>
    stages.size < 2
      ? sentences
      : sentences.map((sentence) => `${STAGE_WORDS[stage].replace(/^./, (first) => first.toUpperCase())}. ${sentence}`)
  return [
    ...optimisers(trained),
    ...epochChoice(trained),
    ...(onPublishedData
      ? []
      : ['The data are not CIFAR-10 with CIFAR-10H: published numbers do not apply and are not shown.']),
    ...smaller(trained),
    ...(images === IMAGES ? [] : [`Images: ${count(images)}, where the paper has ${count(IMAGES)}.`]),
    ...named('from-scratch', [...lengths(of('from-scratch')), ...folds(of('from-scratch'), images)]),
    ...named('pretrained', pretraining(of('pretrained'))),
    ...named('fine-tuned', [
      ...lengths(of('fine-tuned')),
      ...folds(
        of('fine-tuned').filter(({ protocol }) => protocol === 'described'),
        images,
      ),
      ...fineTuning(of('fine-tuned')),
    ]),
    ...batches(trained),
    ...(trained.every(({ augment }) => augment) ? [] : ['Some runs use no augmentation (crop and flip).']),
    ...furtherSets(trained),
    ...attacks(trained),
    ...(trained.length < configs.length
      ? ['Imported predictions were made by other programs; how they were trained is not known here.']
      : []),
  ]
}

function optimisers(configs: readonly RunConfig[]): string[] {
  const used = distinct(configs, ({ optimiser }) => optimiser)
  return [
    ...(used.includes('sgd')
      ? [
          'Optimiser: SGD with Nesterov momentum, where the paper’s text says Adam; every training log the authors released says SGD.',
        ]
      : []),
    ...(used.includes('adam')
      ? ['Optimiser: Adam, as the paper’s text says; every training log the authors released says SGD.']
      : []),
  ]
}

function epochChoice(configs: readonly RunConfig[]): string[] {
  const used = distinct(configs, ({ selection }) => selection)
  const chosen = used.filter((selection) => selection !== 'last')
  const by = chosen.map((selection) => (selection === 'best-accuracy' ? 'accuracy' : 'cross-entropy to the targets'))
  return [
    ...(used.includes('last')
      ? [
          `The last epoch is evaluated${chosen.length > 0 ? ' (protocol described)' : ''}. The released figures chose the epoch by accuracy on the held-out fold itself.`,
        ]
      : []),
    ...(chosen.length > 0
      ? [
          `Protocol released: the epoch is chosen by ${by.join(' or ')} on the held-out images themselves, as the authors did; such numbers are better than new images would give.`,
        ]
      : []),
  ]
}

function smaller(configs: readonly RunConfig[]): string[] {
  const networks = distinct(configs, ({ network }) => network).filter((network) => !isPublished(network))
  if (networks.length === 0) return []
  return [
    `Networks: ${networks.join(', ')}, smaller members of families whose published members are larger; published numbers shown beside are those of the family’s published member.`,
  ]
}

/** Released mixup and sampled runs went on longer than the rest. */
function lengths(configs: readonly RunConfig[]): string[] {
  const long = ({ protocol, target, startFrom }: RunConfig) =>
    protocol === 'released' && startFrom !== null && (target === 'mixup' || target === 'sampled-hard')
  const usual = distinct(
    configs.filter((config) => !long(config)),
    ({ epochs }) => epochs,
  ).filter((epochs) => epochs !== EPOCHS)
  const longer = distinct(configs.filter(long), ({ epochs }) => epochs)
  return [
    ...(usual.length > 0 ? [`Epochs: ${usual.join(', ')} instead of ${EPOCHS}, the schedule scaled to them.`] : []),
    ...(longer.length > 0
      ? [
          `Protocol released: mixup and sampled labels train for ${longer.join(', ')} epochs, in the proportion of the released 250 to 150.`,
        ]
      : []),
  ]
}

function folds(configs: readonly RunConfig[], images: number): string[] {
  const [first] = configs
  if (!first) return []
  const found: string[] = []
  const run = distinct(configs, ({ fold }) => fold).length
  const of = distinct(configs, (config) => config.folds)
  if (of.some((value) => value !== FOLDS) || run < FOLDS) {
    found.push(`Folds: ${run} of ${of.join(', ')} were run; the paper ran all ${FOLDS}.`)
  }
  const training = images - Math.ceil(images / first.folds)
  const cut = distinct(configs, ({ trainImages }) => trainImages).filter((value) => value !== null && value < training)
  if (cut.length > 0)
    found.push(`Training images: ${cut.join(', ')} of the ${count(training)} in a fold’s training part.`)
  const heldOut = distinct(configs, ({ testImages }) => testImages).filter((value) => value !== null)
  if (heldOut.length > 0) found.push(`Held-out images: the first ${heldOut.join(', ')} of each fold.`)
  return found
}

function pretraining(configs: readonly RunConfig[]): string[] {
  const epochs = distinct(configs, (config) => config.epochs)
  if (epochs.length === 0 || epochs.every((value) => value >= 160)) return []
  return [
    `Epochs: ${epochs.join(', ')}, the schedule scaled to them; the published networks train for 160 to 300, each by its family’s schedule.`,
  ]
}

function fineTuning(configs: readonly RunConfig[]): string[] {
  const own = (protocol: RunConfig['protocol']) => configs.filter((config) => config.protocol === protocol)
  const missing = FINE_TUNING_RATES.filter(
    (rate) => !own('described').some(({ learningRate }) => learningRate === rate),
  )
  const splits = distinct(own('released'), ({ foldSeed }) => foldSeed).length
  const rates = distinct(configs, ({ learningRate }) => learningRate).length > 1
  return [
    ...(own('described').length > 0 && missing.length > 0
      ? [`Learning rates: ${missing.join(', ')} of the paper’s ${FINE_TUNING_RATES.join(', ')} were not run.`]
      : []),
    ...(rates && own('described').length > 0
      ? [
          'Protocol described: where several rates (or alphas of mixup) were run, the one of a fold is chosen by the mean loss on the other folds, never on its own held-out images.',
        ]
      : []),
    ...(splits > 0
      ? [
          `Protocol released: one holdout of a tenth of the images, rate, split and epoch chosen by the loss on it, as in Table 1; ${splits} of the authors’ 3 splits ${splits === 1 ? 'was' : 'were'} run.`,
        ]
      : []),
    ...(distinct(own('described'), ({ cutout }) => cutout).some((cutout) => cutout !== 0) &&
    configs.some(({ network }) => network.includes('cutout'))
      ? [
          'Cutout stays on while networks with it are fine-tuned under the protocol described; the released runs turned it off.',
        ]
      : []),
  ]
}

function batches(configs: readonly RunConfig[]): string[] {
  const other = configs.filter(({ network, batch }) => batch !== (SMALL_BATCH.test(network) ? 64 : 128))
  const found = distinct(other, ({ batch }) => batch)
  const usual = distinct(other, ({ network }) => (SMALL_BATCH.test(network) ? 64 : 128))
  return found.length > 0 ? [`Batch: ${found.join(', ')} instead of ${usual.join(' or ')}.`] : []
}

function furtherSets(configs: readonly RunConfig[]): string[] {
  const limits = [...new Set(configs.flatMap(({ evaluations }) => evaluations.flatMap((set) => set.images ?? [])))]
  return limits.length > 0 ? [`Further sets: their first ${limits.map(count).join(', ')} images.`] : []
}

function attacks(configs: readonly RunConfig[]): string[] {
  const all = configs.flatMap((config) => config.attacks.map((attack) => ({ ...attack, stage: stageOf(config) })))
  if (all.length === 0) return []
  const counts = (of: typeof all) => [...new Set(of.map(({ images }) => images ?? 'all'))].join(', ')
  const [heldOut, whole] = [all.filter(({ on }) => on !== 'all'), all.filter(({ on }) => on === 'all')]
  const scratch = heldOut.some(({ stage }) => stage === 'from-scratch') ? ', of networks trained from scratch' : ''
  return [
    ...(heldOut.length > 0
      ? [
          `Attacks: on held-out images only (${counts(heldOut)} in each attack)${scratch}; the paper attacks all 10,000 images, most of which had served for fine-tuning.`,
        ]
      : []),
    ...(whole.length > 0
      ? [
          `Attacks of the protocol released: on images of the whole set (${counts(whole)} in each), most of which served for fine-tuning, as the authors’ did.`,
        ]
      : []),
  ]
}
