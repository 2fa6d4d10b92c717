/** Whether confidence means anything, and where people's uncertainty lies. */
import type { Comparison } from '../results/pairs'
import type { Side } from '../runs/config'
import type { PeopleFloors } from '../claims/peopleFloors'
import { rowEntropies } from '../measures/humanEntropy'
import { reliability, type Bin } from '../measures/reliability'
import { concentrationChart, entropyHistogram, reliabilityChart } from './calibrationCharts'
import { legend } from '../charts/chart'
import { figure, HARD_SOFT, section } from './frame'
import type { ReportExtra } from './html'
import { el, type Child } from '../charts/markup'
import { count } from '../text/numbers'

export function calibration(
  all: readonly Comparison[],
  { predictions, labels, people }: Pick<ReportExtra, 'predictions' | 'labels' | 'people'>,
): Child {
  if (!predictions || !labels || !people || predictions.length === 0) return null
  const truth = { labels, ...people }
  const bins: Partial<Record<Side, Bin[]>> = {}
  const soft = all.filter((each) => each.target === 'soft')
  const scratch = soft.filter(({ stage, protocol }) => stage === 'from-scratch' && protocol === 'described')
  const pool = scratch.length > 0 ? scratch : soft
  for (const target of ['hard', 'soft'] as const) {
    const ids = new Set(pool.flatMap((comparison) => comparison[target].map(({ id }) => id)))
    bins[target] = reliability(
      predictions.filter(({ run }) => ids.has(run)),
      truth,
    )
  }
  return section(
    'Does confidence mean anything?',
    el(
      'p',
      {},
      'Predictions of all folds in 15 bins of confidence. On the diagonal a network is right, or people agree with it, as often as it is sure. Bins of fewer than 30 predictions are faint.',
    ),
    legend([...HARD_SOFT, { kind: 'perfect', text: 'perfectly calibrated' }]),
    el(
      'div',
      { class: 'charts' },
      figure('Right, by the publisher’s label', reliabilityChart('Reliability against labels', bins, 'correct')),
      figure('Share of people who say the same', reliabilityChart('Reliability against people', bins, 'people')),
    ),
  )
}

/** The floor under every cross-entropy to people, and what people score in predicting people. */
function floorsInWords({ entropy, entropyCorrected, splitHalf }: PeopleFloors): string {
  const floor = `No network’s cross-entropy to these people can be below their mean entropy, ${entropy.toFixed(4)} nats`
  const corrected =
    entropyCorrected === null
      ? '.'
      : `, which a few judgments an image make too low: corrected for that (Miller-Madow) it is ${entropyCorrected.toFixed(4)}.`
  if (!splitHalf) return floor + corrected
  const { images, crossEntropySmoothed, accuracyToPeople, secondBestAccuracy } = splitHalf
  const second =
    secondBestAccuracy === null ? '' : `, and its second choice on ${(100 * secondBestAccuracy).toFixed(1)}%`
  return `${floor}${corrected} Half of the people, asked what the other half said of an image, score ${crossEntropySmoothed.toFixed(3)} nats (counts smoothed by one half), name its first choice on ${(100 * accuracyToPeople).toFixed(1)}% of ${count(images)} images${second}: a mark to compare networks with, not a bound.`
}

export function uncertainty(
  { people, labelSet }: Pick<ReportExtra, 'people' | 'labelSet'>,
  floors?: PeopleFloors,
): Child {
  if (!people) return null
  const entropies = rowEntropies(people.distributions, people.classes)
  const unjudged = labelSet.images - entropies.length
  const chart = concentrationChart(entropies)
  if (!chart) return null
  return section(
    'Where people’s uncertainty lies',
    el(
      'p',
      {},
      `Entropy of each image’s label distribution in ${labelSet.name}: how it is spread over images, and how much of all of it the most uncertain images hold.`,
    ),
    unjudged > 0 &&
      el(
        'p',
        {},
        `Nobody judged ${count(unjudged)} of its ${count(labelSet.images)} images: they are left out here and of every measure of people.`,
      ),
    floors && el('p', {}, floorsInWords(floors)),
    el(
      'div',
      { class: 'charts' },
      figure('Images by people’s entropy', entropyHistogram(entropies)),
      figure('Share of all entropy held', chart),
    ),
  )
}
