/** The paper's figures and tables, checked by hand against the runs they are made of, and the published numbers. */
import { describe, expect, it } from 'vitest'
import { PAPER_SETS } from '../../../src/domain/published/dataSets'
import { publishedFacts } from '../../../src/domain/claims/publishedFacts'
import { categoriesFloor, categoryFloor } from '../../../src/domain/claims/people'
import { reportHtml } from '../../../src/domain/report/html'
import { hasStages, partings } from '../../../src/domain/paper/paperFigures'
import { FLOORS, MEANS, PUBLISHED_NETWORKS, publishedFor } from '../../../src/domain/published/published'
import { buildReport } from '../../../src/domain/report/report'
import { finishedRuns } from '../../../src/domain/results/runValues'
import { measureWords, show } from '../../../src/domain/measures/text'
import type { PaperRow } from '../../../src/domain/paper'
import { quickRuns } from '../results/fixture'
import { NETWORKS } from './paperFixture'
import { isBare } from '../../../src/domain/paper/tables'
import { paperInput, predictionsOf } from './paperInput'
import { expectEvery } from '../../support/every'

const input = paperInput()
const report = buildReport(input)
const figures = report.paper ?? []
const figure = (id: string) => figures.find((each) => each.id === id)
const [network = ''] = NETWORKS
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length

describe('published numbers', () => {
  const of = (
    stage: 'from-scratch' | 'fine-tuned' | 'pretrained',
    dataset: string,
    measure: string,
    target: 'hard' | 'soft' | 'mixup' | 'category-soft' = 'hard',
    id = 'resnet_basic_110',
  ) => publishedFor({ stage, dataset, network: id, target, measure })

  it('are found by stage, data set and target, all of the protocol released', () => {
    expect(of('from-scratch', 'cifar10.1-v4', 'accuracy')?.value).toBe(0.6716)
    expect(of('from-scratch', 'CIFAR10.1-v6', 'crossEntropyToLabels', 'soft')?.value).toBe(1.0974)
    expect(of('from-scratch', 'cinic10-imagenet, first 500', 'accuracy')?.value).toBe(0.5436)
    expect(of('from-scratch', 'cifar10.1-v4', 'crossEntropyToPeople')).toBeNull()
    expect(of('fine-tuned', 'cifar10-test held-out', 'crossEntropyToPeople', 'mixup')?.value).toBe(0.36)
    expect(of('fine-tuned', 'cifar10.1-v4', 'crossEntropyToLabels', 'soft')?.value).toBe(0.5)
    expect(of('fine-tuned', 'cifar10-test held-out', 'accuracy')).toBeNull()
    expect(of('fine-tuned', 'cifar10-test held-out', 'crossEntropyToPeople', 'category-soft')?.source).toContain(
      'pooled class labels',
    )
    expect(of('pretrained', 'cifar10-test', 'crossEntropyToPeople')?.value).toBe(0.8746)
    expect(of('pretrained', 'cifar10.1-v6', 'crossEntropyToLabels')?.value).toBe(0.82)
    expect(of('fine-tuned', 'cifar10-test all images', 'fgsm-8-augmented-imagenet-accuracy')?.value).toBe(0.15)
    expect(of('fine-tuned', 'cifar10-test held-out', 'pgd-4-margin-accuracy')).toBeNull()
    expect(of('pretrained', 'cifar10-test', 'crossEntropyToPeople', 'hard', 'ensemble of 2')?.value).toBe(0.4068)
    expect(of('from-scratch', 'cifar10.1-v4', 'accuracy', 'hard', 'shake_shake_8_2x8d_SSI_cutout16')?.network).toBe(
      'shake_shake_26_2x64d_SSI_cutout16',
    )
    expect(
      of('from-scratch', 'cifar10-test held-out', 'confidenceWhenWrong', 'soft', 'shake_shake_26_2x64d_SSI_cutout16')
        ?.value,
    ).toBe(0.6851)
  })

  it('means over networks are the means of the networks', () => {
    for (const set of PAPER_SETS)
      for (const side of ['hard', 'soft'] as const) {
        const dataset = set === 'cifar10' ? 'cifar10 (0.167' : set
        const own = PUBLISHED_NETWORKS.map((id) => of('from-scratch', dataset, 'accuracy', side, id)?.value ?? NaN)
        expect(mean(own)).toBeCloseTo(MEANS.sets[side][set][0] ?? NaN, 3)
      }
  })

  it('contradict or qualify some of the paper’s sentences', () => {
    const facts = new Map(publishedFacts().map((claim) => [claim.id, claim]))
    expect(facts.get('published-accuracy-everywhere')).toMatchObject({ verdict: 'fails', value: 46 })
    for (const words of ['67.16% to 66.91%', '67.77% to 67.21%'])
      expect(facts.get('published-accuracy-everywhere')?.measured).toContain(words)
    expect(facts.get('published-loss-everywhere')).toMatchObject({ verdict: 'holds', value: 48 })
    expect(facts.get('published-fgsm-five-of-eight')).toMatchObject({ verdict: 'holds', value: 5 })
    expect(facts.get('published-table-2-rounding')?.measured).toContain('22.99%')
    expectEvery([...facts.values()], ({ basis }) => basis === 'published')
  })
})

describe('report.json of the whole paper', () => {
  it('has finite rows only, each with its stage and protocol', () => {
    expectEvery(report.rows, ({ value }) => Number.isFinite(value))
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(new Set(report.rows.map(({ stage }) => stage))).toEqual(
      new Set(['from-scratch', 'pretrained', 'fine-tuned']),
    )
    expect(new Set(report.rows.map(({ protocol }) => protocol)).size).toBe(2)
  })

  it('has the ensemble of pretrained networks, by hand', () => {
    const [a, b] = input.setPredictions
    const row = report.rows.find((each) => each.network === 'ensemble of 2' && each.measure === 'crossEntropyToLabels')
    const losses = Array.from(
      { length: 10_000 },
      (_, i) => -Math.log(((a?.values[i * 10 + (i % 10)] ?? 0) + (b?.values[i * 10 + (i % 10)] ?? 0)) / 2),
    )
    expect(row?.value).toBeCloseTo(mean(losses), 5)
    expect(row).toMatchObject({ stage: 'pretrained', dataset: 'cifar10-test', published: 0.1003 })
  })

  it('has means over networks, fold by fold', () => {
    const of = (name: string) =>
      report.rows.find(
        (row) =>
          row.network === name &&
          row.stage === 'from-scratch' &&
          row.protocol === 'described' &&
          row.target === 'soft' &&
          row.fold === 1 &&
          row.dataset === 'cifar10.1-v4' &&
          row.measure === 'accuracy',
      )
    expect(of('mean over 2 networks')?.value).toBeCloseTo(mean(NETWORKS.map((name) => of(name)?.value ?? NaN)), 12)
    expect(of('mean over 2 networks')?.published).toBe(0.7313)
  })
})

describe('figures and tables', () => {
  const row = (id: string, fits: Partial<PaperRow>) =>
    figure(id)?.rows.find((each) => Object.entries(fits).every(([key, value]) => each[key as keyof PaperRow] === value))

  it('Table 1: the mean over folds of the chosen runs, its difference to the paper', () => {
    const cell = row('table-1', { network, target: 'soft', measure: 'crossEntropyToPeople' })
    const own = report.rows.filter(
      (each) =>
        each.network === network &&
        each.stage === 'fine-tuned' &&
        each.protocol === 'described' &&
        each.target === 'soft' &&
        each.dataset === 'cifar10-test held-out' &&
        each.measure === 'crossEntropyToPeople',
    )
    // The two rates of a fold follow each other; the lower one was chosen.
    const chosen = [0, 1, 2].map((fold) =>
      Math.min(...own.filter((each) => each.fold === fold).map(({ value }) => value)),
    )
    expect(cell?.cells.described?.value).toBeCloseTo(mean(chosen), 12)
    expect(cell?.cells.described?.n).toBe(3)
    expect(cell?.cells.described?.interval).not.toBeNull()
    expect(cell?.published).toBe(0.35)
    expect(cell?.cells.described?.difference).toBeCloseTo(mean(chosen) - 0.35, 12)
    expect(cell?.cells.released).toMatchObject({ n: 1, interval: null })
  })

  it('Figure 2 says what is missing and shows the paper’s number there', () => {
    expect(figure('figure-2')?.missing).toEqual([
      'ImageNet-Far: import it and measure networks trained from scratch on it.',
    ])
    expect(row('figure-2', { dataset: 'imagenet-far', target: 'hard', measure: 'accuracy' })).toMatchObject({
      published: 0.4925,
      cells: { described: null, released: null },
    })
  })

  it('Figure 4 has our curves from before the first iteration, and the paper’s', () => {
    const curves = figure('figure-4')?.curves ?? []
    const ours = curves.find(
      (each) =>
        each.network === network &&
        each.of === 'described' &&
        each.target === 'hard' &&
        each.measure === 'crossEntropyToLabels',
    )
    expect(ours?.values).toHaveLength(11)
    expect(ours?.n).toBe(3)
    expect(curves.filter(({ of }) => of === 'paper')).toHaveLength(8)
  })

  it('Figure 1 orders images whose first guess agrees by divergence', () => {
    const [most, least] = figure('figure-1')?.images ?? []
    const divergences = most?.images.map(({ divergence }) => divergence) ?? []
    expect(divergences).toEqual([...divergences].sort((a, b) => b - a))
    expect(most?.images.every(({ people, top }) => people[top] === Math.max(...people))).toBe(true)
    expect(least?.images[0]?.divergence ?? 1).toBeLessThan(divergences.at(-1) ?? 0)
  })

  it('lists where the protocols part, of means over networks', () => {
    const all = partings(figures)
    expect(all.length).toBeGreaterThan(20)
    expectEvery(all, ({ row: each }) => each.network === 'mean over 2 networks')
  })

  it('are there for a plain experiment too, as far as it goes', () => {
    expect(hasStages(finishedRuns(quickRuns()))).toBe(false)
    const runs = quickRuns()
    const plain = buildReport({ ...input, runs, predictions: runs.map(predictionsOf), setPredictions: [] }).paper ?? []
    expect(plain.map(({ id }) => id)).toEqual(figures.map(({ id }) => id))
    const shown = plain.filter((each) => !isBare(each)).map(({ id }) => id)
    expect(shown).toEqual(['figure-1', 'figure-2', 'figure-3', 'table-2', 'figure-4'])
    expect(buildReport({ ...input, runs: [], predictions: [], setPredictions: [] }).paper).toBeUndefined()
  })

  it('show nothing of the paper beside other images', () => {
    const runs = quickRuns().map((run) => ({ ...run, config: { ...run.config, imageSet: 'demo' } }))
    const other = buildReport({ ...input, runs, predictions: runs.map(predictionsOf), setPredictions: [] }).paper ?? []
    expect(
      other.flatMap(({ rows, curves = [] }) => [
        ...rows.filter(({ published }) => published !== null),
        ...curves.filter(({ of }) => of === 'paper'),
      ]),
    ).toEqual([])
    expect(other.filter((each) => !isBare(each))).toHaveLength(5)
  })
})

describe('claims of the whole paper', () => {
  const claim = (id: string) => report.claims.find((each) => each.id === id)

  it('are over all networks under the plain id, and each network’s own beside', () => {
    const overall = claim('soft-cross-entropy-people')
    const own = report.claims.filter(
      ({ id }) => id.startsWith('soft-cross-entropy-people:') && !id.endsWith(':released'),
    )
    expect(own).toHaveLength(2)
    expect(overall?.value).toBeCloseTo(mean(own.map(({ value }) => value ?? NaN)), 12)
    expect(overall?.measured).toContain('so in 2 of 2 networks')
    expect(claim('soft-cross-entropy-people:released')?.measured).toContain('Protocol released')
    expect(new Set(report.claims.map(({ id }) => id)).size).toBe(report.claims.length)
  })

  it('speak of further sets, other targets, attacks and the ensemble', () => {
    expect(claim('generalisation-loss-cinic10')?.verdict).toBe('holds')
    expect(claim('generalisation')?.value).toBeGreaterThan(0)
    expect(claim('alternatives-mixup')?.verdict).toBe('holds')
    expect(claim('alternatives')?.measured).toContain('hard labels with mixup: holds')
    expect(claim('fgsm-cross-entropy-halves')?.value).toBeGreaterThan(0.3)
    // The protocols attack at different radii, and each claim says its own.
    expect(claim('fgsm-cross-entropy')?.measured).toMatch(/FGSM, ε\u00a0=\u00a04\/255/)
    expect(claim('fgsm-cross-entropy:released')?.measured).toMatch(/FGSM, .*8\/255/)
    expect(claim('confidence-when-wrong')?.verdict).toBe('holds')
    expect(claim('knowledge-ensemble')?.verdict).toBe('holds')
    expect(claim('pgd-accuracy-floor')?.verdict).toBe('fails')
  })

  it('compute the floor of the categories', () => {
    // Two images of class 0: (1, 0) and (0.5, 0.5) pool to (0.75, 0.25).
    const people = { distributions: Float64Array.of(1, 0, 0.5, 0.5), classes: 2 }
    const floor = -(Math.log(0.75) + 0.5 * Math.log(0.75) + 0.5 * Math.log(0.25)) / 2
    expect(categoryFloor(people, Uint8Array.of(0, 0))).toBeCloseTo(floor, 12)
    expect(categoriesFloor(FLOORS.pooledCategoryLabels, true).verdict).toBe('holds')
    expect(categoriesFloor(0.3, true).verdict).toBe('fails')
    expect(categoriesFloor(null, true).verdict).toBe('not-measured')
  })
})

describe('report.html', () => {
  const html = reportHtml(report, { ...input, version: '0.1.0' })

  it('property: every number in the paper’s tables is one of report.json’s, and every one of those is there', () => {
    const cells = new Set<string>()
    for (const { rows } of figures)
      for (const { measure, cells: own, published } of rows)
        for (const value of [own.described?.value, own.released?.value, published])
          if (value !== null && value !== undefined) cells.add(show(measureWords(measure), value))
    const tables = [...html.matchAll(/<table class="numbers pivot">([\s\S]*?)<\/table>/g)].map(([, body = '']) => body)
    const shown = new Set(
      tables.flatMap((body) => [...body.matchAll(/<td[^>]*>([^<]+)</g)].map(([, text = '']) => text)),
    )
    expect([...shown].filter((text) => !cells.has(text))).toEqual([])
    expect([...cells].filter((text) => !shown.has(text))).toEqual([])
    expect(shown.size).toBeGreaterThan(100)
  })

  it('has a section for each figure and table, the partings, and ends with the claims', () => {
    const titles = [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)
    for (const { title } of figures) expect(titles).toContain(title)
    expect(titles).toContain('Where the two protocols part')
    expect(titles.at(-1)).toBe('The paper’s findings, one by one')
    for (const words of [
      'Gradient-free attack',
      'margin loss',
      'of the lowest loss on the held-out images',
      'What the published numbers say of themselves',
    ])
      expect(html).toContain(words)
  })
})
