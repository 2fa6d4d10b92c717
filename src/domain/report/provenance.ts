/** What is needed to repeat the experiment, and by which rules its numbers were made. */
import type { ImageSetInfo, LabelSetInfo } from '../labels/sets'
import type { RunConfig } from '../runs/config'
import type { RunInfo } from '../runs/info'
import { groupBy } from '../results/pairs'
import { isFinished } from '../results/runValues'
import { STAGE_WORDS, stageOf } from '../runs/stage'
import { foldNumber, foldNumbers } from '../runs/foldLabel'
import { el, type Child, type Markup } from '../charts/markup'
import { count, plural } from '../text/numbers'

const schedule = ({ schedule: plan }: RunConfig): string => {
  switch (plan.kind) {
    case 'constant':
      return 'constant rate'
    case 'cosine':
      return 'cosine to 0'
    case 'step':
      return `× ${plan.gamma} at epochs ${plan.milestones.join(', ') || 'none'}`
  }
}

const optimiser = (config: RunConfig): string =>
  config.optimiser === 'adam' ? 'Adam' : `SGD, ${config.nesterov ? 'Nesterov ' : ''}momentum ${config.momentum}`

const attacksInWords = ({ attacks }: RunConfig): string =>
  attacks
    .map((attack) => {
      const start = attack.randomStart ? 'random start' : 'no random start'
      const steps = attack.attack === 'pgd' ? `, ${attack.steps} steps of ${attack.stepSize}/255, ${start}` : ''
      const more = [
        attack.loss === 'margin' && 'margin loss',
        attack.momentum > 0 && `momentum ${attack.momentum}`,
        attack.towards !== null && `towards the ${attack.towards} class`,
        attack.on === 'all' && 'on the whole set',
        attack.augmented && 'cropped and flipped',
        attack.normalisation === 'imagenet' && 'ImageNet’s normalisation',
        attack.blackBoxQueries > 0 && `${attack.blackBoxQueries} gradient-free queries`,
      ].filter((part) => part !== false)
      return [`${attack.attack.toUpperCase()} ${attack.epsilon}/255${steps}`, ...more].join(', ')
    })
    .join('; ') || 'none'

const SELECTION_WORDS: Record<RunConfig['selection'], string> = {
  last: 'the last',
  'best-accuracy': 'of the best accuracy on the held-out images',
  'best-loss': 'of the lowest loss on the held-out images',
}

/** What only some stages have, and a plain experiment need not say. */
function ofStages(configs: readonly RunConfig[]): [string, string][] {
  const each = (of: (config: RunConfig) => string | number) => [...new Set(configs.map(of))].join('; ')
  const entries: [string, string][] = [
    ['Epoch measured', each(({ selection }) => SELECTION_WORDS[selection])],
    ['Starts from', each(({ startFrom }) => startFrom ?? 'a fresh initialisation')],
    ['Cutout', each(({ cutout }) => (cutout === null ? 'as the network’s name says' : cutout === 0 ? 'none' : cutout))],
    [
      'Further sets',
      [
        ...new Set(
          configs.flatMap(({ evaluations }) =>
            evaluations.map(({ imageSet, images }) => (images === null ? imageSet : `${imageSet}, first ${images}`)),
          ),
        ),
      ].join('; ') || 'none',
    ],
  ]
  const alphas = [...new Set(configs.flatMap(({ mixupAlpha }) => mixupAlpha ?? []))]
  return alphas.length > 0 ? [...entries, ['Alpha of mixup', alphas.join(', ')]] : entries
}

/** Of each stage and protocol the configuration of its runs; of a plain experiment the one there is. */
export function configurations(configs: readonly RunConfig[]): Child {
  const groups = [...groupBy(configs, (config) => `${STAGE_WORDS[stageOf(config)]}, protocol ${config.protocol}`)]
  const [only] = groups
  if (groups.length < 2 && (!only || only[1].every((config) => stageOf(config) === 'from-scratch')))
    return configurationList(configs)
  return groups.map(([name, own]) =>
    el(
      'details',
      {},
      el('summary', {}, `${name.replace(/^./, (first) => first.toUpperCase())}: ${plural(own.length, 'run')}`),
      configurationList(own, true),
    ),
  )
}

/** What all runs share stands once; what differs is listed. */
export function configurationList(configs: readonly RunConfig[], staged = false): Markup {
  const each = (of: (config: RunConfig) => string | number) => [...new Set(configs.map(of))].join('; ')
  const entries: [string, string][] = [
    ['Networks', each(({ network }) => network)],
    ['Targets', each(({ target }) => target)],
    ['Protocol', each(({ protocol }) => protocol)],
    [
      'Cross-validation',
      each(({ folds, foldSeed }) =>
        folds === 1 ? 'none: all images, none held out' : `${folds} folds, permutation of seed ${foldSeed}`,
      ),
    ],
    ['Folds run', foldNumbers(configs)],
    ['Seeds', each(({ seed }) => seed)],
    [
      'Images',
      each(({ folds, trainImages, testImages }) =>
        folds === 1
          ? `${trainImages ?? 'all'} to train`
          : `${trainImages ?? 'all'} to train, ${testImages ?? 'all'} held out, of each fold`,
      ),
    ],
    ['Optimiser', each((c) => `${optimiser(c)}, weight decay ${c.weightDecay}, batch ${c.batch}`)],
    ...(staged
      ? ([
          ['Learning rate', each(({ learningRate }) => learningRate)],
          ['Schedule', each(schedule)],
        ] as [string, string][])
      : [['Learning rate', each((config) => `${config.learningRate}, ${schedule(config)}`)] as [string, string]]),
    ['Epochs', each(({ epochs }) => epochs)],
    ['Augmentation', each(({ augment }) => (augment ? 'zero-pad 4, random crop, horizontal flip' : 'none'))],
    ['Attacks', each(attacksInWords)],
    ...(staged ? ofStages(configs) : []),
  ]
  return el(
    'dl',
    { class: 'facts' },
    entries.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
  )
}

export function dataTable(imageSet: ImageSetInfo, labelSet: LabelSetInfo): Markup {
  const row = (kind: string, set: ImageSetInfo | LabelSetInfo, holds: string): Child =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', class: 'word' }, kind),
      el('td', { class: 'word' }, set.name, el('div', { class: 'quiet' }, set.source)),
      el('td', { class: 'word' }, holds),
      el('td', { class: 'word' }, el('code', {}, set.digest)),
      el(
        'td',
        { class: 'word' },
        set.licence ?? 'none stated',
        set.citation && el('div', { class: 'quiet' }, set.citation),
      ),
    )
  const judgments = labelSet.judgments === null ? 'distributions only' : `${count(labelSet.judgments)} judgments`
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ['Kind', 'Name', 'Holds', 'SHA-256', 'Licence and citation'].map((name) =>
            el('th', { scope: 'col', class: 'word' }, name),
          ),
        ),
      ),
      el(
        'tbody',
        {},
        row('Images', imageSet, `${count(imageSet.count)} of ${imageSet.height} × ${imageSet.width}`),
        row('Labels', labelSet, `${count(labelSet.images)} images, ${judgments}`),
      ),
    ),
  )
}

export function runsTable(runs: readonly RunInfo[]): Markup {
  const heads = ['Run', 'Network', 'Target', 'Fold', 'Seed', 'State', 'Device', 'Engine', 'Minutes']
  const minutes = ({ startedAt, finishedAt }: RunInfo) =>
    startedAt && finishedAt ? ((Date.parse(finishedAt) - Date.parse(startedAt)) / 60_000).toFixed(1) : '–'
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      { class: 'numbers' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          heads.map((name, i) => el('th', { scope: 'col', class: [1, 2, 5, 6, 7].includes(i) && 'word' }, name)),
        ),
      ),
      el(
        'tbody',
        {},
        runs.map((run) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, run.id),
            el('td', { class: 'word' }, run.config.network),
            el('td', { class: `word ${run.config.target}` }, run.config.target),
            el('td', {}, foldNumber(run.config.fold, run.config.folds)),
            el('td', {}, run.config.seed),
            el('td', { class: 'word' }, isFinished(run) ? 'done' : run.state),
            el('td', { class: 'word' }, run.device ?? '–'),
            el('td', { class: 'word' }, run.engine ?? '–'),
            el('td', {}, minutes(run)),
          ),
        ),
      ),
    ),
  )
}

export const RULES: string[] = [
  'Cross-entropies and entropies are in nats. Predicted probabilities are clipped below at 1e-12 before the logarithm; 0 log 0 = 0. Under attack they are taken from logits and never clipped.',
  'Accuracy counts the publisher’s label; of equal probabilities the first class in class order is the prediction.',
  'Second-best accuracy is over the images on which people have a second choice (their second probability is positive; 5,607 of CIFAR-10H’s 10,000). Ties are broken at random and counted by expectation: where m classes tie for second, naming one counts 1/m.',
  'Second-best accuracy, as released, is over all images by ascending argsort that keeps the order of equals, so a unanimous image’s “second” is its last class of probability 0.',
  'Differences are soft minus hard, paired by fold and seed. Intervals are 95% by the corrected resampled t-test (Nadeau and Bengio 2003), variance s² (1/n + held-out/training), because folds share training images.',
  'Calibration uses 15 bins of equal width, closed above; confidence 1 falls in the last; mean absolute gap weighted by predictions.',
  'Attacks are white-box, l∞, on cross-entropy to the hard label, evaluation-mode networks, images in [0, 1] with normalisation inside the model; the result is clipped to the ball around the original and to [0, 1], and judged by predicting it again.',
  'A finding holds when the whole interval lies on the side the paper says, fails when it lies on the other, and is undecided otherwise.',
]

/** Where runs come in stages, beside the others. */
export const STAGED_RULES: string[] = [
  'Where a learning rate or an alpha was chosen: under “described” the one with the lowest mean cross-entropy on the other folds, to labels for hard, majority, smoothed and mixup targets, to people for all made of people’s distributions; under “released” the lowest on the same held-out images, seeds and splits among the choices.',
  'A mean over networks is taken fold by fold, on the folds that all of them ran; its interval is over folds, not over networks.',
]
