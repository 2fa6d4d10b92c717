/**
 * Figures of a project: the same numbers in the call, the report and every file; what they lack, queued exactly; the
 * command. Runs are put in as finished: nothing is trained here.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { planPreset } from '../../../src/domain/runs/presets'
import { figureRows } from '../../../src/domain/results/contrasts'
import { escapeLatex } from '../../../src/domain/paper/files/latex'
import { cellText } from '../../../src/domain/paper/cells'
import { panelInWords } from '../../../src/domain/charts/draw'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { createServices, type Services } from '../../../src/main/services'
import type { FiguresFile } from '../../../src/main/figures/files'
import { rasterise } from '../../../src/main/figures/rasterise'
import { addToProject } from '../../../src/main/labels/addToProject'
import { presetData } from '../../../src/main/experiments/presetData'
import { writePredictions } from '../../../src/main/storage/runFiles'
import type { ImageSetData } from '../../../src/formats/sets/types'
import type { Report } from '../../../src/domain/report/report'
import type { RunConfig } from '../../../src/domain/runs/config'
import { stageOf } from '../../../src/domain/runs/stage'
import { finishedPaper } from '../../domain/paper/paperFixture'
import { generator } from '../../domain/results/fixture'
import { build, cli, json } from '../program'
import { someImages, someLabels, temporaryFolder } from '../temporary'
import { expectEvery } from '../../support/every'

beforeAll(build, 300_000)

const IMAGES = 200
/** As large as CIFAR-10's, so that every family's network fits. */
const images = (count: number, name: string): ImageSetData => ({
  ...someImages(count, name),
  height: 32,
  width: 32,
  pixels: Uint8Array.from({ length: count * 3072 }, (_, i) => (i * 7 + Math.floor(i / 3072)) % 256),
  citation: 'Krizhevsky 2009.',
})

interface Made {
  services: Services
  folder: string
  plan: RunConfig[]
  launches: () => number
}

/** A project whose experiment 1 is `laptop` of one family, all of it but what `left` says finished. */
async function project(left: (config: RunConfig) => boolean = () => false): Promise<Made> {
  let launched = 0
  const launch = () => (launched++, forkWorker())
  const services = createServices({ launch, worksQueue: false, recentFile: null })
  const folder = temporaryFolder()
  await services.project.open(folder)
  const store = services.project.store()
  await addToProject(store, [
    images(IMAGES, 'cifar10-test'),
    someLabels(IMAGES, 'cifar10h-counts'),
    images(300, 'cifar10-train'),
  ])
  const [set, labels] = [store.imageSets.find('cifar10-test'), store.labelSets.find('cifar10h-counts')]
  if (!set || !labels) throw new Error('the data are not there')
  const plan = planPreset('laptop', presetData(store, set, labels), 'cpu', { families: ['resnet_basic'] })
  const experiment = store.experiments.insert({
    preset: 'laptop',
    families: ['resnet_basic'],
    imageSet: set.name,
    labelSet: labels.name,
    device: 'cpu',
    key: null,
  })
  const ids = plan.flatMap((config, i) => {
    if (left(config)) return []
    const run = finishedPaper(config, i + 1)
    const id = store.runs.insertFinished(run)
    const { result } = run
    if (config.folds > 1 && result) {
      const noise = generator(id)
      const heldOut = Int32Array.from({ length: 20 }, (_, row) => (20 * config.fold + row) % IMAGES)
      const predictions = new Float32Array(200)
      heldOut.forEach((image, row) => {
        const sure = 0.4 + 0.6 * noise()
        for (let c = 0; c < 10; c++) predictions[row * 10 + c] = c === image % 10 ? sure : (1 - sure) / 9
      })
      writePredictions(store.runFolder(id), { result, predictions, heldOut })
    }
    return [id]
  })
  store.experiments.setRuns(experiment, ids)
  return { services, folder, plan, launches: () => launched }
}

const read = (...path: string[]) => readFileSync(join(...path), 'utf8')
const unescaped = (xml: string) =>
  xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

describe('the command figures', () => {
  test('writes every figure in every format, and all of them say what report.json and the call say', async () => {
    const { services, folder, plan } = await project()
    const { figures: called } = await services.figures.paper(1)
    const written = await services.figures.report(1)
    await services.close()
    const out = join(folder, 'out')
    const answer = json('figures', '--project', folder, '--out', out, '--experiment', '1') as {
      path: string
      files: string[]
      figures: { id: string; measured: boolean }[]
    }
    expect(answer.path).toBe(out)
    expect(readdirSync(out).sort()).toEqual([...answer.files].sort())
    expect(answer.files).toHaveLength(6 * 5 + 3)
    expectEvery(answer.figures, ({ measured }) => measured)

    const report = JSON.parse(read(out, 'report.json')) as Report
    const before = JSON.parse(read(written.folder, 'report.json')) as Report
    const file = JSON.parse(read(out, 'figures.json')) as FiguresFile
    expect(report.paper).toEqual(before.paper)
    expect(file.figures).toEqual(report.paper)
    expect(called.map(({ panels: _p, tables: _t, bare: _b, plans: _f, imports: _i, ...plain }) => plain)).toEqual(
      report.paper,
    )
    expect(file).toMatchObject({ version: 1, experiment: 1, seeds: [0], engine: 'onnxruntime-node 1.30.0' })
    expect(file.data).toEqual(expect.arrayContaining(report.data))
    expect(file.runs).toHaveLength(plan.length)

    for (const { id, rows, tables, panels } of called) {
      if (id === 'figure-1') continue
      const cells = rows.flatMap((row) => Object.values(row.cells).flatMap((cell) => (cell ? [cell.value] : [])))
      const lines = Papa.parse<Record<string, string>>(read(out, `${id}.csv`), {
        header: true,
        skipEmptyLines: true,
      }).data
      expect(
        lines.filter(({ step, protocol }) => step === '' && protocol !== 'paper').map(({ value }) => Number(value)),
      ).toEqual(cells)
      const [markdown, latex, svg] = [read(out, `${id}.md`), read(out, `${id}.tex`), unescaped(read(out, `${id}.svg`))]
      for (const table of tables)
        for (const at of table.lines.flatMap((line) => line.cells))
          for (const of of ['described', 'released', 'paper'] as const) {
            const { main } = cellText(rows[at ?? -1], of)
            if (main === '') continue
            expect(markdown).toContain(main)
            expect(latex).toContain(escapeLatex(main))
            if (panels.length === 0) expect(svg).toContain(`>${main}</text>`)
          }
      for (const panel of panels) expect(svg).toContain(panelInWords(panel))
    }
    const html = read(out, 'report.html')
    expect(html.match(/<image [^>]*href="data:image\/png;base64,/g)?.length).toBeGreaterThan(20)
    expect(html).toContain('Images: cifar10-test. Krizhevsky 2009. Licence: none stated.')
    const png = await sharp(join(out, 'table-2.png')).metadata()
    const [, width, height] = / width="(\d+)" height="(\d+)"/.exec(read(out, 'table-2.svg')) ?? []
    expect([png.width, png.height]).toEqual([2 * Number(width), 2 * Number(height)])
  }, 120_000)

  test('confines itself to the formats asked for, and says what is wrong', async () => {
    const { services, folder } = await project((config) => stageOf(config) !== 'pretrained')
    await services.close()
    const out = join(folder, 'out')
    const done = cli('figures', '--project', folder, '--out', out, '--format', 'md,json')
    expect(done.code).toBe(0)
    expect(readdirSync(out).sort()).toEqual([
      'figure-1.md',
      'figure-2.md',
      'figure-3.md',
      'figure-4.md',
      'figures.json',
      'table-1.md',
      'table-2.md',
    ])
    expect(read(out, 'figure-4.md')).toContain('Not measured by these runs')
    expect(done.stdout).toContain('Figure 4: under PGD (not measured)')
    expect(cli('figures', '--project', folder, '--out', out, '--format', 'pdf')).toMatchObject({ code: 2 })
    const unknown = cli('figures', '--project', folder, '--out', out, '--experiment', '9')
    expect(unknown).toMatchObject({ code: 1, last: 'There is no experiment 9 in this project.' })
    const nowhere = cli('figures', '--project', join(folder, 'none'), '--out', out)
    expect(nowhere.code).toBe(1)
    expect(nowhere.last).toContain('There is no project in this folder.')
    expect(existsSync(join(folder, 'none'))).toBe(false)
  }, 120_000)
})

test('letters of a picture are drawn, whatever fonts the machine has', async () => {
  const svg = (text: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><rect width="200" height="40" fill="#fff"/><text x="4" y="28" font-family="Nowhere, sans-serif" font-size="24">${text}</text></svg>`
  const dark = async (text: string) => {
    const { data } = await sharp(Buffer.from(await rasterise(svg(text))))
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return data
  }
  const [a, b, none] = await Promise.all(['0123 ε', '4567 −', ''].map(dark))
  const ink = (pixels: Buffer | undefined) => pixels?.filter((value) => value < 128).length ?? 0
  expect(ink(none)).toBe(0)
  expect(ink(a)).toBeGreaterThan(200)
  // Boxes in place of letters would be alike.
  expect(a?.equals(b ?? Buffer.of())).toBe(false)
})

describe('what a figure lacks', () => {
  const soft2 = (config: RunConfig) => stageOf(config) === 'fine-tuned' && config.target === 'soft' && config.fold === 2
  const scratch = (config: RunConfig) => stageOf(config) === 'from-scratch'

  test('is said run by run, and queued exactly, beginning with what is there', async () => {
    const { services, launches, plan } = await project((config) => soft2(config) || scratch(config))
    const store = services.project.store()
    const { figures } = await services.figures.paper(1)
    const planOf = (id: string, at = 0) => figures.find((each) => each.id === id)?.plans[at]
    expect(figures.filter(({ bare }) => bare).map(({ id }) => id)).toEqual(['figure-2'])
    expect(planOf('table-2')).toMatchObject({
      preset: 'laptop',
      families: ['resnet_basic'],
      runs: 1,
      waiting: 0,
      kinds: [{ stage: 'fine-tuned', target: 'soft', runs: 1 }],
    })
    expect(planOf('table-2')?.diskBytes).toBeGreaterThan(1e5)
    expect(planOf('table-2')?.deviceHours).toBeGreaterThan(0)
    const hard = plan.filter((config) => scratch(config) && config.target === 'hard')
    expect(planOf('figure-1')).toMatchObject({ runs: hard.length, done: 0 })
    // All eight families: each of the others as much again, and its pretraining.
    expect(planOf('figure-1', 1)?.runs).toBe(8 * hard.length)
    expect(planOf('table-2', 1)?.kinds[0]).toEqual({ stage: 'pretrained', target: 'hard', runs: 7 })

    expect((await services.figures.table(1)).length).toBe(figureRows(store.runs.byExperiment(1)).length)
    expect(launches()).toBe(1)
    expect(await services.figures.fill({ experiment: 1, figure: 'table-2', plan: 0 })).toEqual({
      queued: 1,
      adopted: 0,
    })
    const [queued] = store.runs.queued()
    expect(queued?.config).toMatchObject({ target: 'soft', fold: 2, startFrom: store.runs.list()[0]?.key })
    expect(store.experiments.find(1)?.runs).toContain(queued?.id)
    const after = await services.figures.paper(1)
    expect(after.figures.find(({ id }) => id === 'table-2')?.plans[0]).toMatchObject({ runs: 0, waiting: 1 })
    expect(launches()).toBe(2)
    await expect(services.figures.fill({ experiment: 1, figure: 'table-2', plan: 5 })).rejects.toThrow('no such plan')
    await services.close()
  }, 120_000)

  test('grows by no more than what an imported set is needed for', async () => {
    const { services } = await project()
    const store = services.project.store()
    await addToProject(store, [images(250, 'cifar10.1-v4')])
    const { figures } = await services.figures.paper(1)
    const of = (id: string) => figures.find((each) => each.id === id)
    for (const id of ['figure-1', 'figure-3', 'table-2', 'figure-4']) expect(of(id)?.plans[0]?.runs).toBe(0)
    expect(of('figure-2')?.plans[0]?.runs).toBe(10)
    expect(of('figure-2')?.imports.join()).not.toContain('v4')
    expect(of('figure-2')?.imports.join()).toContain('CIFAR-10.1 v6')
    await services.close()
  }, 120_000)
})

test('stopping tells who waits, and the next question is answered', async () => {
  const { services } = await project((config) => stageOf(config) !== 'pretrained')
  const asked = services.figures.paper(null)
  services.figures.stop()
  await expect(asked).rejects.toMatchObject({ kind: 'cancelled' })
  expect((await services.figures.paper(null)).runs).toBe(1)
  await services.close()
}, 120_000)

test('a project without data says what to import', async () => {
  const services = createServices({ launch: forkWorker, worksQueue: false, recentFile: null })
  await services.project.open(temporaryFolder())
  const { figures, runs } = await services.figures.paper(null)
  expect(runs).toBe(0)
  expectEvery(figures, ({ bare, imports, plans }) => bare && imports.length > 0 && plans.length === 0)
  await services.close()
}, 120_000)
