/** Whether confidence means anything, and where people's uncertainty lies. */
import type { Comparison, Side } from '../pairs'
import { rowEntropies } from '../humanEntropy'
import { reliability, type Bin } from '../reliability'
import { concentrationChart, entropyHistogram, reliabilityChart } from './calibrationCharts'
import { legend } from './chart'
import { figure, HARD_SOFT, section } from './frame'
import type { ReportExtra } from './index'
import { el, type Child } from './markup'

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
    bins[target] = reliability(predictions.filter(({ run }) => ids.has(run)), truth) // prettier-ignore
  }
  return section(
    'Does confidence mean anything?',
    el('p', {}, 'Predictions of all folds in 15 bins of confidence. On the diagonal a network is right, or people agree with it, as often as it is sure. Bins of fewer than 30 predictions are faint.'), // prettier-ignore
    legend([...HARD_SOFT, { kind: 'perfect', text: 'perfectly calibrated' }]),
    el(
      'div',
      { class: 'charts' },
      figure('Right, by the publisher’s label', reliabilityChart('Reliability against labels', bins, 'correct')),
      figure('Share of people who say the same', reliabilityChart('Reliability against people', bins, 'people')),
    ),
  )
}

export function uncertainty({ people, labelSet }: Pick<ReportExtra, 'people' | 'labelSet'>): Child {
  if (!people) return null
  const entropies = rowEntropies(people.distributions, people.classes)
  const chart = concentrationChart(entropies)
  if (!chart) return null
  return section(
    'Where people’s uncertainty lies',
    el(
      'p',
      {},
      `Entropy of each image’s label distribution in ${labelSet.name}: how it is spread over images, and how much of all of it the most uncertain images hold.`,
    ),
    el(
      'div',
      { class: 'charts' },
      figure('Images by people’s entropy', entropyHistogram(entropies)),
      figure('Share of all entropy held', chart),
    ),
  )
}
