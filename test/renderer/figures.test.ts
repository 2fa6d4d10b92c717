/** Figures as tables: groups, files, words, and the trust of attacks. */
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import type { FigureRow } from '../../src/domain/results/figureRow'
import type { RunInfo } from '../../src/domain/runs/info'
import { FOLD_HEAD, foldRows, groupFigures, HEAD, wideRows } from '../../src/renderer/lib/figureTables'
import { measureWords, showDifference, showMeasure } from '../../src/renderer/lib/measures'
import { fileStem, toCsv, toMarkdown } from '../../src/renderer/lib/save'
import { sortRows } from '../../src/renderer/lib/sort'
import { trustRows } from '../../src/domain/results/trust'

const row = (measure: string, pairs: FigureRow['pairs']): FigureRow => ({
  network: 'resnet_basic_8',
  stage: 'from-scratch',
  protocol: 'described',
  target: 'soft',
  variant: 'soft',
  chosen: { hard: null, soft: null },
  dataset: 'demo, held-out',
  measure,
  hard: 0.5,
  soft: 0.4,
  difference: -0.1,
  interval: [-0.3, 0.1],
  pairs,
  published: null,
})
const pair = (fold: number, hard: number, soft: number) => ({ fold, seed: 0, hard, soft })

describe('groupFigures', () => {
  it('shares one scale per unit within a section', () => {
    const [group, ...rest] = groupFigures([
      row('accuracy', [pair(0, 0.5, 0.45)]),
      row('crossEntropyToPeople', [pair(0, 2, 1)]),
    ])
    expect(rest).toEqual([])
    expect(group?.sections).toHaveLength(1)
    expect(group?.sections[0]?.reach.share).toBeCloseTo(0.3)
    expect(group?.sections[0]?.reach.nats).toBeCloseTo(1)
  })
  it('keeps the paper’s measures, attacks and the rest apart, in this order', () => {
    const [group] = groupFigures(['klToPeople', 'fgsm-4-accuracy', 'accuracy'].map((measure) => row(measure, [])))
    expect(group?.sections.map(({ rows }) => rows[0]?.row.measure)).toEqual([
      'accuracy',
      'fgsm-4-accuracy',
      'klToPeople',
    ])
  })
})

describe('files', () => {
  it('survives commas, quotes and line ends in CSV', () => {
    const cells = [
      ['a,b', 'c"d'],
      ['e\nf', ''],
    ]
    expect(Papa.parse(toCsv(['x', 'y'], cells), { skipEmptyLines: true }).data).toEqual([['x', 'y'], ...cells])
  })
  it('writes one row per measure and one per fold', () => {
    const rows = [row('accuracy', [pair(0, 0.5, 0.4), pair(1, 0.6, 0.5)])]
    expect(wideRows(rows).map(({ length }) => length)).toEqual([HEAD.length])
    expect(foldRows(rows)).toHaveLength(2)
    // Files count folds from 0, as configurations do.
    expect(foldRows(rows).map((cells) => cells[FOLD_HEAD.indexOf('fold')])).toEqual([0, 1])
  })
  it('keeps a Markdown table in columns', () => {
    expect(toMarkdown(['a'], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |\n')
  })
  it('names files by what is inside', () => {
    expect(fileStem('Cross-entropy to people')).toBe('cross-entropy-to-people')
  })
})

describe('measureWords', () => {
  it('knows attacks, and which way is better', () => {
    const words = measureWords('pgd-4-accuracy')
    expect(words).toMatchObject({ name: 'Accuracy under PGD, ε\u00a0=\u00a04/255', better: 1, share: true })
    expect(measureWords('crossEntropyToPeople').better).toBe(-1)
    expect(measureWords('somethingNew').name).toBe('Something new')
  })
  it('shows shares in percent, and their differences in points with a sign', () => {
    const words = measureWords('accuracy')
    expect(showMeasure(words, 0.8123)).toBe('81.2%')
    expect(showDifference(words, 0.0123)).toBe('+1.2')
    expect(showDifference(words, -0.0123)).toBe('−1.2')
    expect(showDifference(words, 0.0001)).toBe('0.0')
  })
})

describe('sortRows', () => {
  it('puts what is missing last either way, and numbers in words in order', () => {
    expect(sortRows([3, null, 1], (x) => x, false)).toEqual([1, 3, null])
    expect(sortRows([3, null, 1], (x) => x, true)).toEqual([3, 1, null])
    expect(sortRows(['n_20', 'n_8'], (x) => x, false)).toEqual(['n_8', 'n_20'])
  })
})

describe('trustRows', () => {
  const attack = (accuracy: number, lossByStep: number[], accuracyAtZero = 0.8) => ({
    attack: 'pgd',
    epsilon: 4,
    stepSize: 1,
    steps: 3,
    randomStart: false,
    images: null,
    accuracy,
    crossEntropyToLabels: 1,
    crossEntropyToPeople: 1,
    trust: {
      cleanAccuracy: 0.8,
      accuracyAtZero,
      maximumPerturbation: 4,
      zeroGradientShare: 0.1,
      randomNoiseAccuracy: 0.79,
      lossByStep,
      objectiveByStep: lossByStep,
    },
  })
  const run = (...attacks: unknown[]) =>
    ({
      config: { network: 'n', target: 'hard', schedule: { kind: 'constant' } },
      result: { attacks },
    }) as unknown as RunInfo

  it('averages over runs, and one run whose accuracy at zero differs is enough to say so', () => {
    const [trusted] = trustRows([run(attack(0.2, [1, 2, 3])), run(attack(0.4, [1, 2, 3]))])
    expect(trusted).toMatchObject({ runs: 2, zeroAgrees: true, monotone: true })
    expect(trusted?.accuracy).toBeCloseTo(0.3)
    const [doubted] = trustRows([run(attack(0.2, [1, 2, 3])), run(attack(0.4, [1, 2, 1.5], 0.7))])
    expect(doubted?.zeroAgrees).toBe(false)
  })
  it('sees a loss that falls', () => {
    expect(trustRows([run(attack(0.2, [1, 2, 1]))])[0]?.monotone).toBe(false)
  })
})
