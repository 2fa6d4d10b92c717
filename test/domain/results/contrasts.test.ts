import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claims, verdict } from '../../../src/domain/claims/claims'
import { figureRows } from '../../../src/domain/results/contrasts'
import { entropyHeldByTop, rowEntropies } from '../../../src/domain/measures/humanEntropy'
import { planPreset } from '../../../src/domain/runs/presets'
import { nearestPublished, published, publishedPgdLoss } from '../../../src/domain/published/published'
import { buildReport } from '../../../src/domain/report/report'
import { FIGURES_OF_RUN, withMeasure } from './measure'
import { CIFAR10_TEST, finished, humanDistributions, IMAGE_SET, LABEL_SET, quickRuns } from './fixture'
import { expectEvery } from '../../support/every'

const rowOf = (runs: Parameters<typeof figureRows>[0], measure: string) =>
  figureRows(runs).find((row) => row.measure === measure)

describe('figures', () => {
  it('pairs by fold, and gives the corrected interval computed by hand', () => {
    const configs = planPreset('quick', CIFAR10_TEST, 'cpu').slice(0, 6)
    const hard = [0.9, 0.8, 1.0]
    const soft = [0.7, 0.7, 0.7]
    const runs = configs.map((config, i) =>
      withMeasure(finished(config, i + 1), 'crossEntropyToPeople', (i % 2 === 0 ? hard : soft)[i >> 1] ?? NaN),
    )
    const row = rowOf(runs, 'crossEntropyToPeople')
    expect(row?.pairs).toEqual([0, 1, 2].map((fold) => ({ fold, seed: 0, hard: hard[fold], soft: soft[fold] })))
    expect(row?.hard).toBeCloseTo(0.9)
    expect(row?.soft).toBeCloseTo(0.7)
    expect(row?.difference).toBeCloseTo(-0.2)
    // s = 0.1, n = 3, test over training 1/9, t(0.975, 2) = 4.302653
    const reach = 4.302653 * 0.1 * Math.sqrt(1 / 3 + 1 / 9)
    expect(row?.interval?.[0]).toBeCloseTo(-0.2 - reach, 5)
    expect(row?.interval?.[1]).toBeCloseTo(-0.2 + reach, 5)
  })

  it('order of runs does not matter; runs that did not finish do not count; the later of two equal runs does', () => {
    const runs = quickRuns()
    expect(figureRows([...runs].reverse())).toEqual(figureRows(runs))
    const failed = runs.map((run, i) => (i === 0 ? { ...run, state: 'failed' as const } : run))
    expect(rowOf(failed, 'accuracy')?.pairs.length).toBe((rowOf(runs, 'accuracy')?.pairs.length ?? 0) - 1)
    const [first] = runs
    if (!first) throw new Error('no run')
    const again = withMeasure({ ...first, id: 999 }, 'accuracy', 0.5)
    expect(rowOf([again, ...runs], 'accuracy')?.pairs[0]?.hard).toBe(0.5)
  })

  it('never averages over different configurations: they are rows of their own, told apart by name', () => {
    const runs = quickRuns()
    const longer = runs.map((run) => ({ ...run, id: run.id + 100, config: { ...run.config, epochs: 31 } }))
    const rows = figureRows([...runs, ...longer]).filter(({ measure }) => measure === 'accuracy')
    expect(rows.map(({ pairs }) => pairs.length)).toEqual([runs.length / 2, runs.length / 2])
    expect(new Set(rows.map(({ dataset }) => dataset)).size).toBe(2)
    expect(rows[1]?.dataset).toContain('31 epochs')
  })

  it('one side alone has a mean and no difference', () => {
    const row = rowOf(
      quickRuns().filter(({ config }) => config.target === 'soft'),
      'accuracy',
    )
    expect(row?.soft).toBeGreaterThan(0)
    expect(row).toMatchObject({ hard: null, difference: null, interval: null, pairs: [] })
    expect(figureRows([])).toEqual([])
  })

  it('one pair has a difference and no interval', () => {
    const row = rowOf(quickRuns().slice(0, 2), 'accuracy')
    expect(row?.difference).not.toBeNull()
    expect(row?.interval).toBeNull()
  })

  it('property: the difference is the difference of the means, inside its interval', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(share, share), { minLength: 4, maxLength: 4 }), (pairs) => {
        const runs = quickRuns().map((run) => {
          const pair = pairs[run.config.fold] ?? [0, 0]
          return withMeasure(run, 'accuracy', run.config.target === 'hard' ? pair[0] : pair[1])
        })
        const row = rowOf(runs, 'accuracy')
        const difference = row?.difference ?? NaN
        expect(difference).toBeCloseTo((row?.soft ?? NaN) - (row?.hard ?? NaN), 9)
        expect(difference).toBeGreaterThanOrEqual((row?.interval?.[0] ?? NaN) - 1e-12)
        expect(difference).toBeLessThanOrEqual((row?.interval?.[1] ?? NaN) + 1e-12)
      }),
      { numRuns: 50 },
    )
  })
})

describe('published numbers', () => {
  it('are the paper’s, for the nearest network of the family, and only beside CIFAR-10’s test images', () => {
    expect(nearestPublished('resnet_basic_8')).toBe('resnet_basic_110')
    expect(nearestPublished('resnet_preact_bottleneck_20')).toBe('resnet_preact_bottleneck_164')
    expect(nearestPublished('wrn_16_4')).toBe('wrn_28_10')
    expect(nearestPublished('vgg_15_BN_64_allrelu')).toBe('vgg_15_BN_64')
    expect(nearestPublished('perceptron')).toBeNull()
    // Table 2, ResNet.
    expect(published('cifar10-test', 'resnet_basic_8', 'fgsm-4-accuracy', 'hard')?.value).toBe(0.15)
    expect(published('cifar10-test', 'resnet_basic_8', 'fgsm-8-crossEntropyToLabels', 'soft')?.value).toBe(3.1)
    expect(published('cifar10-test', 'resnet_basic_8', 'fgsm-4-accuracy', 'soft')?.source).toContain('8/255')
    expect(published('cifar10-test', 'resnet_basic_8', 'fgsm-2-accuracy', 'hard')).toBeNull()
    expect(published('demo', 'resnet_basic_8', 'accuracy', 'hard')).toBeNull()
    expect(published('cifar10-test', 'resnet_basic_8', 'noSuchMeasure', 'hard')).toBeNull()
    expect(publishedPgdLoss('cifar10-test', 'resnet_basic_20', 'hard')).toHaveLength(10)
  })
})

describe('claims', () => {
  const people = { distributions: humanDistributions(1000), classes: 10 }

  it('holds, fails or stays undecided by where the whole interval lies', () => {
    expect(verdict([-2, -1], -1)).toBe('holds')
    expect(verdict([-2, -1], 1)).toBe('fails')
    expect(verdict([-1, 1], 1)).toBe('undecided')
    expect(verdict([0, 1], 1)).toBe('undecided')
    expect(verdict(null, 1)).toBe('undecided')
  })

  it('every finding is there once, with figures when there are runs and plainly unmeasured when there are none', () => {
    const measuredHere = (all: ReturnType<typeof claims>) => all.filter(({ basis }) => basis !== 'published')
    const none = measuredHere(claims([], null))
    expectEvery(none, ({ verdict, value }) => verdict === 'not-measured' && value === null)
    const found = measuredHere(claims(quickRuns(), people))
    expect(found.map(({ id }) => id)).toEqual(none.map(({ id }) => id))
    expect(found.filter(({ verdict }) => verdict !== 'not-measured').length).toBe(11)
    expect(found.find(({ id }) => id === 'soft-cross-entropy-people')).toMatchObject({ verdict: 'holds' })
    expect(found.find(({ id }) => id === 'soft-cross-entropy-people')?.measured).toMatch(/n = 4 pairs/)
  })

  it('fails when the runs say the opposite', () => {
    const swapped = quickRuns().map((run) => ({
      ...run,
      config: { ...run.config, target: run.config.target === 'hard' ? ('soft' as const) : ('hard' as const) },
    }))
    expect(claims(swapped, people).find(({ id }) => id === 'soft-cross-entropy-people')?.verdict).toBe('fails')
    expect(claims(swapped, people).find(({ id }) => id === 'pgd-loss-growth')?.verdict).toBe('fails')
  })

  it('computes how much of the entropy the most uncertain images hold', () => {
    expect(entropyHeldByTop(Float64Array.of(1, 0, 0, 3, 0, 0, 0, 0, 0, 0), 0.1)).toBe(0.75)
    expect(entropyHeldByTop(new Float64Array(10), 0.3)).toBeNull()
    const uniform = new Float64Array(20).fill(0.1)
    expectEvery([...rowEntropies(uniform, 10)], (value) => Math.abs(value - Math.log(10)) < 1e-12)
  })
})

describe('report.json', () => {
  const input = {
    preset: 'quick' as const,
    created: '2026-01-05T10:00:00.000Z',
    imageSet: IMAGE_SET,
    labelSet: LABEL_SET,
  }

  it('has a row for every run and measure, all finite, with published numbers where there are any', () => {
    const runs = quickRuns()
    const report = buildReport({ ...input, runs, people: null })
    expect(report.rows).toHaveLength(runs.length * FIGURES_OF_RUN)
    expectEvery(report.rows, ({ value }) => Number.isFinite(value))
    expect(
      report.rows.find(({ measure, target }) => measure === 'accuracy' && target === 'soft')?.published,
    ).toBeGreaterThan(0.5)
    expect(report.data.map(({ digest }) => digest)).toEqual([IMAGE_SET.digest, LABEL_SET.digest])
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('is still a report when nothing finished', () => {
    expect(buildReport({ ...input, runs: [], people: null })).toMatchObject({ rows: [], device: '', version: 1 })
  })
})
