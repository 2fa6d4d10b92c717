import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { dataUri, encodePng } from '../../../src/domain/charts/png'
import { reportHtml, type ReportExtra } from '../../../src/domain/report/html'
import { buildReport } from '../../../src/domain/report/report'
import { trustRows } from '../../../src/domain/results/trust'
import { trustChecks, trustSummary } from '../../../src/domain/results/trustChecks'
import type { AttackResult } from '../../../src/domain/attacks/config'
import type { RunInfo } from '../../../src/domain/runs/info'
import { paperInput, predictionsOf } from '../paper/paperInput'
import { curve, humanDistributions, IMAGE_SET, LABEL_SET, quickRuns } from '../results/fixture'
import { expectEvery } from '../../support/every'

function document(runs: RunInfo[], change: Partial<ReportExtra> = {}): string {
  const people = { distributions: humanDistributions(10_000), classes: 10 }
  const input = {
    preset: 'quick' as const,
    created: '2026-01-05T10:30:00.000Z',
    runs,
    imageSet: IMAGE_SET,
    labelSet: LABEL_SET,
    people,
  }
  return reportHtml(buildReport({ ...input, predictions: runs.map(predictionsOf) }), {
    ...input,
    version: '0.1.0',
    curves: new Map(runs.map((run) => [run.id, curve(run)])),
    predictions: runs.map(predictionsOf),
    labels: Uint8Array.from({ length: 10_000 }, (_, i) => i % 10),
    ...change,
  })
}

/** Tags in the order they open and close; throws where they do not nest. */
function checkNesting(html: string): void {
  const open: string[] = []
  for (const [, closing, name = '', selfClosing] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/gi)) {
    if (selfClosing || name === '!doctype') continue
    if (!closing) open.push(name)
    else if (open.pop() !== name) throw new Error(`</${name}> closes something else`)
  }
  expect(open).toEqual([])
}

describe('report.html', () => {
  const html = document(quickRuns())
  // For looking at: SECOND_GUESS_LOOK names a folder to write the document to.
  const look = process.env['SECOND_GUESS_LOOK']
  if (look) {
    mkdirSync(look, { recursive: true })
    writeFileSync(path.join(look, 'report.html'), html)
  }

  it('is one self-contained document: no script, no request, tags that nest', () => {
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(/i)
    expect(html).not.toMatch(/\b(?:src|href)=/i)
    expect(html).not.toMatch(/https?:/i)
    checkNesting(html)
  })

  it('holds no number that is none', () => {
    expect(html.replace(/<style>[\s\S]*<\/style>/, '')).not.toMatch(/\b(NaN|Infinity|undefined|null)\b/)
  })

  it('states rules, deviations, digests, seeds, device, versions, protocols and every fold', () => {
    for (const words of [
      '1e-12',
      'where m classes tie for second',
      'text says Adam',
      `Epochs: ${quickRuns()[0]?.config.epochs} instead of 150`,
      'Folds: 4 of 10 were run',
      IMAGE_SET.digest,
      LABEL_SET.digest,
      'onnxruntime-node 1.30.0',
      'permutation of seed 0',
      'protocol “described”',
      'protocol: released',
      'CC BY-NC-SA 4.0',
      'Fold 1 of 10',
      'Fold 4 of 10',
      '1, 2, 3, 4 of 10',
      'the released run used 8/255',
      'corrected resampled t-test',
      'not measured',
    ])
      expect(html).toContain(words)
    // A person reads folds from 1, as in the window.
    expect(html).not.toContain('Fold 0')
  })

  it('draws every section when everything is there, and leaves out what is not', () => {
    const titles = (text: string) => [...text.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)
    expect(titles(html)).toEqual([
      'Figure 1: the same first guess, another distribution',
      'Figure 2: beyond the training set',
      'Figure 3: confidence, and the whole distribution',
      'Table 1: fine-tuned to every target',
      'Table 2: under FGSM',
      'Figure 4: under PGD',
      'Every fold, hard against soft',
      'The numbers, beside the paper’s',
      'How they learned',
      'Under attack',
      'Does confidence mean anything?',
      'Where people’s uncertainty lies',
      'What was done',
      'Rules the numbers follow',
      'Where this departs from the paper',
      'The paper’s findings, one by one',
    ])
    const bare = document([], { curves: new Map(), predictions: [], people: null })
    expect(titles(bare)).toHaveLength(4)
    checkNesting(bare)
    const onePair = document(quickRuns().slice(0, 2))
    expect(onePair).toContain('one pair: no interval')
    expect(onePair).not.toMatch(/\bNaN\b/)
  })

  it.each([
    [5e-5, 'every step', 'pass'],
    [5e-4, 'not every step', 'attention'],
  ])('judges a fall of %f nats in PGD as the window does', (fall, words, verdict) => {
    const runs = quickRuns().map((run) => {
      const attacks = (run.result?.attacks ?? []).map((attack): AttackResult => {
        const values = attack.trust.lossByStep.map((_, step) => (step === 0 ? 1 : 1.5 - step * fall))
        return { ...attack, trust: { ...attack.trust, lossByStep: values, objectiveByStep: values } }
      })
      return { ...run, result: run.result && { ...run.result, attacks } }
    })
    const table = document(runs).split('Objective rises')[1]?.split('</table>')[0] ?? ''
    const pgd = [...table.matchAll(/<tr>.*?<\/tr>/g)].filter(([row]) => row.includes('PGD'))
    expectEvery(pgd, ([row]) => row.includes(`<td>${words}</td>`))
    const rows = trustRows(runs).filter(({ attack }) => attack === 'pgd')
    expectEvery(rows, (row) => trustChecks(row, rows).find(({ id }) => id === 'steps')?.verdict === verdict)
    const summaries = new Set(rows.map((row) => trustSummary(trustChecks(row, rows)).words))
    expectEvery(pgd, ([row]) => [...summaries].some((summary) => row.endsWith(`<td>${summary}</td></tr>`)))
  })

  it('shows no published number beside other data', () => {
    const demo = { ...IMAGE_SET, name: 'demo' }
    const runs = quickRuns().map((run) => ({ ...run, config: { ...run.config, imageSet: 'demo' } }))
    const other = document(runs, { imageSet: demo })
    expect(other).not.toContain('Paper hard')
    expect(other).toContain('published numbers do not apply')
  })

  it('escapes whatever names files and people bring', () => {
    const evil = '<img src=x onerror=alert(1)>"&'
    const other = document(quickRuns(), { labelSet: { ...LABEL_SET, name: evil, source: evil, report: [evil] } })
    expect(other).not.toContain('<img')
    expect(other).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&amp;')
  })
})

describe('the images of Figure 1 in report.html', () => {
  const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => i % 251)
  const uri = dataUri(encodePng(pixels, 32, 32, 3))
  const html = document(quickRuns(), {
    pictures: { picture: () => uri, credit: 'Images: cifar10-test. Licence: none stated.' },
  })

  it('are within the document, which allows nothing else to be loaded, with whose they are', () => {
    expect(html.match(/<image /g)?.length).toBeGreaterThan(40)
    expectEvery([...html.matchAll(/\b(?:src|href)="([^"]*)"/g)], ([, address]) => address === uri)
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)
    expect(html).toContain('Images: cifar10-test. Licence: none stated.')
    checkNesting(html)
  })

  it('are PNG files of their pixels, each of them a square of four', async () => {
    const file = Buffer.from(uri.replace('data:image/png;base64,', ''), 'base64')
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 128, height: 128, channels: 3 })
    const at = (y: number, x: number) => [0, 1, 2].map((c) => data[(y * 128 + x) * 3 + c])
    for (const [y, x] of [
      [0, 0],
      [3, 5],
      [127, 126],
    ] as const)
      expect(at(y, x)).toEqual([0, 1, 2].map((c) => pixels[(Math.floor(y / 4) * 32 + Math.floor(x / 4)) * 3 + c]))
  })
})

describe('report.html of the whole paper', () => {
  const input = paperInput()
  const report = buildReport(input)
  const curves = new Map(input.runs.map((run) => [run.id, curve(run)]))
  const html = reportHtml(report, { ...input, version: '0.1.0', curves })
  const look = process.env['SECOND_GUESS_LOOK']
  if (look) {
    writeFileSync(path.join(look, 'paper.html'), html)
    writeFileSync(path.join(look, 'paper.json'), JSON.stringify(report, null, 2))
  }

  it('is one document without numbers that are none', () => {
    checkNesting(html)
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\b(?:src|href)=|https?:/i)
    expect(html.replace(/<style>[\s\S]*<\/style>/, '')).not.toMatch(/\b(NaN|Infinity|undefined|null)\b/)
    // A path that does not begin is an error that browsers tell of.
    expect(html).not.toMatch(/ d="(?!M)/)
  })
})
