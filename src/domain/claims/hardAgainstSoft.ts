/** Findings about networks trained on hard and on human soft labels: sections 5 and 7. */
import type { Claim } from './claim'
import type { Stage } from '../runs/config'
import { PAPER_SETS, paperSet, SET_WORDS, type PaperSet } from '../published/dataSets'
import { row } from '../results/contrasts'
import type { Comparison } from '../results/pairs'
import { IN_TEXT } from '../published/published'
import { datasetOf, partsOf } from '../results/runValues'
import { measureWords } from '../measures/text'
import { judge, unmeasured, type Contrast, type Finding } from './contrast'

/** Comparisons of one stage where there are any, otherwise whatever there is. */
export const preferring = (all: readonly Comparison[], stage: Stage, has: (comparison: Comparison) => boolean) => {
  const soft = all.filter((each) => each.target === 'soft' && each.pairs.length > 0 && has(each))
  const preferred = soft.filter((each) => each.stage === stage)
  return preferred.length > 0 ? preferred : soft
}

/** @param dataset as `partsOf` names it; by default the held-out images */
export function contrastOf(comparison: Comparison, measure: string, dataset?: string): Contrast {
  const { network, protocol, testShare } = comparison
  const found = row(comparison, measure, dataset)
  return { network, protocol, testShare, dataset: found.dataset, pairs: found.pairs }
}

const SECTION_5: (Omit<Finding, 'what'> & { measure: string })[] = [
  {
    id: 'soft-cross-entropy-people',
    statement: 'Training on human soft labels lowers cross-entropy to people on held-out images (section 5.2).',
    measure: 'crossEntropyToPeople',
    side: -1,
    unit: 'nats',
  },
  {
    id: 'soft-cross-entropy-labels',
    statement: 'It lowers cross-entropy to the hard labels too (section 5.2).',
    measure: 'crossEntropyToLabels',
    side: -1,
    unit: 'nats',
  },
  {
    id: 'soft-accuracy',
    statement: 'Accuracy is higher with human soft labels (section 5.2: 83.5% to 84.5% on CIFAR-10).',
    measure: 'accuracy',
    side: 1,
    unit: 'points',
  },
  {
    id: 'soft-second-best',
    statement: 'Second-best accuracy is higher with human soft labels (section 5.2: by 5 points on average).',
    measure: 'secondBestAccuracy',
    side: 1,
    unit: 'points',
  },
]

const CONFIDENCE: Finding = {
  id: 'confidence-when-wrong',
  statement: 'Networks trained on human soft labels are less confident when they are wrong (Figure 3A).',
  what: measureWords('confidenceWhenWrong').name,
  side: -1,
  unit: 'points',
}

export function section5(all: readonly Comparison[]): Claim[] {
  const pool = preferring(all, 'from-scratch', () => true)
  const judged = (measure: string, finding: Omit<Finding, 'what'>) =>
    judge(
      { ...finding, what: measureWords(measure).name },
      pool.map((each) => contrastOf(each, measure)),
    )
  return [
    ...SECTION_5.flatMap(({ measure, ...finding }) => judged(measure, finding)),
    secondBestGain(pool),
    ...judged('confidenceWhenWrong', CONFIDENCE),
  ]
}

/** How large the gain in second-best accuracy is, by the paper's own measure. */
function secondBestGain(pool: Comparison[]): Claim {
  const id = 'second-best-gain'
  const statement = 'Second-best accuracy gains 5 points on average over networks (section 5.2).'
  const measure = 'secondBestAccuracyReleased'
  const finding: Finding = { id, statement, what: measureWords(measure).name, side: 1, unit: 'points' }
  const [overall] = judge(
    finding,
    pool.map((each) => contrastOf(each, measure)),
  )
  if (!overall?.interval) return overall ? { ...overall, id } : unmeasured(id, statement)
  const [low, high] = overall.interval
  const gain = IN_TEXT.secondBestGain
  return { ...overall, id, verdict: low > gain || high < gain ? 'fails' : low > 0 ? 'holds' : 'undecided' }
}

/** On each further set that was measured, and whether the advantage grows with distance from the training images. */
export function generalisation(all: readonly Comparison[]): Claim[] {
  const statement =
    'The advantage grows with distance from the training set: CIFAR-10.1, CINIC-10, ImageNet-Far (section 5.2).'
  const pool = preferring(all, 'from-scratch', (each) => further(each).size > 0)
  const sets = PAPER_SETS.filter((set) => pool.some((each) => further(each).has(set)))
  if (sets.length === 0) return [unmeasured('generalisation', statement)]
  const on = (set: PaperSet, measure: string) =>
    pool.flatMap((each) => {
      const dataset = further(each).get(set)
      return dataset === undefined ? [] : [contrastOf(each, measure, dataset)]
    })
  const each = sets.flatMap((set) => [
    ...judge(
      {
        id: `generalisation-accuracy-${set}`,
        statement: `Accuracy on ${SET_WORDS[set]} is higher with human soft labels (section 5.2, Figure 2).`,
        what: 'Accuracy',
        side: 1,
        unit: 'points',
      },
      on(set, 'accuracy'),
    ),
    ...judge(
      {
        id: `generalisation-loss-${set}`,
        statement: `Cross-entropy to labels on ${SET_WORDS[set]} is lower with human soft labels (section 5.2, Figure 2).`,
        what: 'Cross-entropy to labels',
        side: -1,
        unit: 'nats',
      },
      on(set, 'crossEntropyToLabels'),
    ),
  ])
  const shifted = sets.filter((set) => set !== 'cifar10' && set !== 'cifar10-train')
  const farthest = shifted.at(-1)
  if (!farthest) return [...each, unmeasured('generalisation', statement)]
  // Of each fold: the gain on held-out images against the gain on the farthest set.
  const gains = pool.flatMap((comparison): Contrast[] => {
    const far = contrastOf(comparison, 'crossEntropyToLabels', further(comparison).get(farthest) ?? '')
    const near = contrastOf(comparison, 'crossEntropyToLabels')
    const pairs = near.pairs.flatMap(({ fold, seed, hard, soft }) => {
      const there = far.pairs.find((pair) => pair.fold === fold && pair.seed === seed)
      return there ? [{ fold, seed, hard: hard - soft, soft: there.hard - there.soft }] : []
    })
    return [{ ...near, pairs }]
  })
  const growth: Finding = {
    id: 'generalisation',
    statement,
    what: `How much human soft labels lower cross-entropy to labels, on held-out images and on ${SET_WORDS[farthest]}`,
    side: 1,
    unit: 'nats',
    sides: ['near', 'far'],
  }
  return [...each, ...judge(growth, gains)]
}

/** The paper's sets among those that runs of a comparison were measured on, by the names they have in report.json. */
function further({ hard, soft }: Comparison): Map<PaperSet, string> {
  const own = [...hard, ...soft]
  const found = own.flatMap((run) => partsOf(run).filter(({ dataset }) => dataset !== datasetOf(run)))
  return new Map(
    found.flatMap(({ dataset }): [PaperSet, string][] => {
      const set = paperSet(dataset)
      return set ? [[set, dataset]] : []
    }),
  )
}
