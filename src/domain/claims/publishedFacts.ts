/**
 * Published findings that the authors' own released numbers contradict or qualify: told from those numbers alone,
 * nothing of it is measured here.
 */
import type { Claim } from './claim'
import { PAPER_SETS, SET_WORDS, type PaperSet } from '../published/dataSets'
import { FGSM_EXACT, IN_TEXT, PUBLISHED_NETWORKS, publishedFor, publishedName } from '../published/published'

const scores = (network: string, set: PaperSet, measure: 'accuracy' | 'crossEntropyToLabels') => {
  // Named as the sets themselves are; the mixture by the beginning of its name.
  const dataset = set === 'cifar10' ? 'cifar10 (0.167' : set
  const of = (target: 'hard' | 'soft') =>
    publishedFor({ stage: 'from-scratch', dataset, network, target, measure })?.value ?? null
  return { hard: of('hard'), soft: of('soft') }
}

interface Compared {
  network: string
  set: PaperSet
  hard: number
  soft: number
}

function everywhere(measure: 'accuracy' | 'crossEntropyToLabels'): Compared[] {
  return PUBLISHED_NETWORKS.flatMap((network) =>
    PAPER_SETS.flatMap((set): Compared[] => {
      const { hard, soft } = scores(network, set, measure)
      return hard === null || soft === null ? [] : [{ network, set, hard, soft }]
    }),
  )
}

const percent = (value: number) => `${(100 * value).toFixed(2)}%`
const fact = (
  id: string,
  statement: string,
  measured: string,
  verdict: Claim['verdict'],
  value: number | null = null,
): Claim => ({
  id: `published-${id}`,
  statement,
  measured,
  value,
  interval: null,
  verdict,
  basis: 'published',
})

function accuracyEverywhere(): Claim {
  const all = everywhere('accuracy')
  const against = all.filter(({ hard, soft }) => soft <= hard)
  const list = against.map(
    ({ network, set, hard, soft }) =>
      `${publishedName(network)} (${network}) on ${SET_WORDS[set]} ${percent(hard)} to ${percent(soft)}`,
  )
  return fact(
    'accuracy-everywhere',
    'Accuracy is higher with human labels for every network and data set (section 5.2).',
    `So in ${all.length - against.length} of ${all.length} comparisons of the released means${list.length > 0 ? `; not for ${list.join(' and ')}` : ''}.`,
    against.length === 0 ? 'holds' : 'fails',
    all.length - against.length,
  )
}

function lossEverywhere(): Claim {
  const all = everywhere('crossEntropyToLabels')
  const lower = all.filter(({ hard, soft }) => soft < hard).length
  return fact(
    'loss-everywhere',
    'Cross-entropy is lower with human labels for every network and data set (section 5.2).',
    `So in ${lower} of ${all.length} comparisons of the released means.`,
    lower === all.length ? 'holds' : 'fails',
    lower,
  )
}

function fgsmImproves(): Claim {
  const improved = Object.values(FGSM_EXACT).filter(([hard = 0, soft = 0]) => soft > hard).length
  return fact(
    'fgsm-five-of-eight',
    'FGSM accuracy improves in five of eight networks (section 7).',
    `Before rounding it improves in ${improved} of ${Object.keys(FGSM_EXACT).length}.`,
    improved === IN_TEXT.fgsmAccuracyImproves ? 'holds' : 'fails',
    improved,
  )
}

export function publishedFacts(): Claim[] {
  const [pyramid = 0] = FGSM_EXACT['pyramidnet_basic_110_270'] ?? []
  const gain = IN_TEXT.secondBestGainRecomputed
  return [
    accuracyEverywhere(),
    lossEverywhere(),
    fact(
      'second-best-gain',
      'Second-best accuracy gains 5 points on average (section 5.2).',
      `The released predictions give ${(100 * gain).toFixed(1)} points, of a measure that counts class 9 (or 8) as the second of every unanimous image.`,
      'noted',
      gain,
    ),
    fgsmImproves(),
    fact(
      'mixup-untuned',
      'Mixup falls short of human soft labels for ResNeXt and Shake-Shake (Table 1).',
      'Their mixup cells are the pretrained networks before any step: no epoch of mixup had a lower loss on the holdout. They say nothing of mixup.',
      'noted',
    ),
    fact(
      'one-holdout',
      'Table 1 compares targets under cross-validation (section 6).',
      'Each of its rows is one holdout of 1,000 images, with rate, seed and epoch chosen by the loss on that same holdout; rows of one network may sit on different holdouts.',
      'noted',
    ),
    fact(
      'category-pooled',
      'Category soft labels reach 0.33 to 0.44 on c10H (Table 1).',
      'That row is measured against the pooled class labels, not against the images’ own as the other rows are.',
      'noted',
    ),
    fact(
      'table-2-epsilon',
      'FGSM is at ε = 4/255 (section 7, Table 2).',
      'The released run used 8/255, with ImageNet’s normalisation, on cropped and flipped images, most of which had served for fine-tuning.',
      'noted',
    ),
    fact(
      'table-2-rounding',
      'PyramidNet keeps 22% under FGSM with hard labels (Table 2).',
      `${percent(pyramid)} in the released results, which rounds to 23%.`,
      'noted',
      pyramid,
    ),
    fact(
      'adam',
      'Networks are trained with Adam (section 5.1).',
      'Every training log the authors released says SGD with Nesterov momentum.',
      'noted',
    ),
  ]
}
