/** Training, watched live: queue, curves, pause, resume, stop, retry; then figures and the gallery with a network. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unzipSync } from 'fflate'
import { violations } from './axe'
import { expect, goTo, runReaches, test, tinyRun, withDemo } from './door'

test.use({ doorName: 'training' })

test.describe.configure({ mode: 'serial' })
let data: { imageSet: string; labelSet: string }

test.beforeAll(async ({ door }) => {
  data = await withDemo(door, 400)
})

test('runs of one’s own are planned, queued and watched until they are done', async ({ page, door }) => {
  // Four networks are trained, and the devices tried before: minutes where the machine does other work as well.
  test.setTimeout(600_000)
  await page.goto(door.url)
  await goTo(page, 'Train')
  await page.getByRole('button', { name: 'New runs' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New runs' })
  await expect(dialog.getByRole('button', { name: /Start \d+ runs/ })).toBeEnabled({ timeout: 60_000 })
  await dialog.getByRole('tab', { name: 'Your own' }).click()
  await dialog.getByLabel('Folds', { exact: true }).fill('4')
  await dialog.getByLabel('of which run').fill('2')
  await dialog.getByLabel('Epochs').fill('2')
  await dialog.getByLabel('Batch').fill('32')
  await dialog.getByLabel('Train on, images').fill('128')
  await dialog.getByLabel('Test on, images').fill('60')
  await expect(dialog.getByText('1 network × 2 targets × 2 folds × 1 seed = 4 runs')).toBeVisible()
  await dialog.getByRole('button', { name: 'Queue 4 runs' }).click()
  await expect(dialog).toBeHidden()

  const rows = page
    .getByRole('table')
    .getByRole('row')
    .filter({ has: page.locator('[data-row]') })
  await expect(rows).toHaveCount(4)
  await expect(rows.filter({ hasText: 'done' })).toHaveCount(4, { timeout: 500_000 })
  // The curve arrived over events, not with a reload.
  await expect(page.getByRole('img', { name: /^Loss\. .*soft: [\d.]+ at step/ })).toBeVisible()
  await expect(page.getByRole('img', { name: /^Cross-entropy to people\. .*hard: [\d.]+ at step/ })).toBeVisible()
  expect((await door.call('runs.list', {})).every(({ state }) => state === 'done')).toBe(true)
})

test('a running run is paused, resumed, stopped and queued again', async ({ page, door }) => {
  const [run] = await door.call('runs.queue', { configs: [tinyRun(data, { epochs: 400, trainImages: 256 })] })
  const id = run?.id ?? 0
  await page.goto(door.url)
  await goTo(page, 'Train')
  await runReaches(door, id, 'running')
  await expect(page.getByRole('progressbar', { name: `Run ${id}` })).toBeVisible()
  // The quiet line at the bottom of the rail names it.
  await expect(page.getByRole('complementary').getByText('resnet_basic_8 soft, fold 1')).toBeVisible()
  // Pause means saved, so it may be refused until there is something to return to.
  await expect(async () => {
    const run_ = (await door.call('runs.list', {})).find((each) => each.id === id)
    if (run_?.state !== 'paused') await page.getByRole('button', { name: `Pause run ${id}` }).click({ timeout: 1_000 })
    await runReaches(door, id, 'paused')
  }).toPass({ timeout: 60_000 })
  const before = (await door.call('runs.list', {})).find((each) => each.id === id)?.progress?.step ?? 0
  expect(before).toBeGreaterThan(0)
  await page.getByRole('button', { name: `Resume run ${id}` }).click()
  await runReaches(door, id, 'running')
  await expect(async () => {
    const step = (await door.call('runs.list', {})).find((each) => each.id === id)?.progress?.step ?? 0
    expect(step).toBeGreaterThan(before)
  }).toPass({ timeout: 30_000 })
  // A machine that sleeps: the run goes on, and nobody is told of hours that it would take.
  const usual = (await runReaches(door, id, 'running')).progress?.secondsLeft ?? 0
  await door.sleep(4_000)
  await expect(async () => {
    const { progress } = await runReaches(door, id, 'running')
    expect(progress?.step).toBeGreaterThan(before + 20)
    if (progress?.activity === 'training') expect(progress.secondsLeft).toBeLessThan(3 * usual + 60)
  }).toPass({ timeout: 30_000 })
  await expect(page.getByRole('row', { name: new RegExp(`Run ${id}:`) })).toContainText(/running.*epoch \d+ of 400/)
  await page.getByRole('button', { name: `Stop run ${id}` }).click()
  await runReaches(door, id, 'stopped')
  expect((await door.call('runs.metrics', { id })).length).toBeGreaterThan(0)
  await page.getByRole('button', { name: `Queue run ${id} again` }).click()
  const state = async () => (await door.call('runs.list', {})).find((each) => each.id === id)?.state
  await expect.poll(state).not.toBe('stopped')
  await page.getByRole('button', { name: `Stop run ${id}` }).click()
  await runReaches(door, id, 'stopped')
  await expect(page.getByRole('row').filter({ hasText: 'stopped' })).toHaveCount(1)
})

test('any runs are compared with any others, paired by fold and seed', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Train')
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  const place = page.getByRole('region', { name: 'Comparison of runs' })
  await expect(place.getByText('2 pairs, by fold and seed')).toBeVisible()
  const done = (await door.call('runs.list', {})).filter(({ state }) => state === 'done')
  const ids = (target: string) => done.filter(({ config }) => config.target === target).map(({ id }) => id)
  const found = await door.call('runs.compare', { first: ids('hard'), second: ids('soft') })
  const accuracy = found.measures.find(({ measure }) => measure === 'accuracy')
  const row = place.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^Accuracy What is/ }) })
  await expect(row).toContainText(`${((accuracy?.first ?? 0) * 100).toFixed(1)}%`)
  await expect(place.getByRole('img', { name: /^Loss of A and B\. A, hard: .*B, soft: / })).toBeVisible()
  await place.getByRole('button', { name: 'Export' }).click()
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Every pair (CSV)' }).click(),
  ])
  expect(readFileSync(await csv.path(), 'utf8')).toContain(`accuracy,0,0,${accuracy?.values[0]?.first}`)
  // A single run of one side against the other side's: what has no partner is said.
  await place
    .getByLabel('Their numbers')
    .first()
    .fill(String(ids('hard')[0]))
  await place.getByLabel('Their numbers').first().press('Enter')
  await expect(place.getByText('1 pair, by fold and seed')).toBeVisible()
  await place.getByText('1 run left out').click()
  await expect(place.getByText(/The other side has no run of fold/)).toBeVisible()
})

test('figures show hard against soft with every fold, and are saved as CSV and Markdown', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Figures')
  const figures = await door.call('figures.table', { experiment: null })
  const accuracy = figures.find(({ measure }) => measure === 'accuracy')
  expect(accuracy?.pairs).toHaveLength(2)
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^Accuracy What is/ }) })
  await expect(row).toContainText(`${((accuracy?.hard ?? 0) * 100).toFixed(1)}%`)
  await row.getByRole('button', { name: 'Accuracy', exact: true }).click()
  await expect(page.getByRole('rowheader', { name: 'fold 2 of 4, seed 0' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Attacks and their trust' })).toBeVisible()

  await page.getByRole('button', { name: 'Export' }).click()
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Every fold (CSV)' }).click(),
  ])
  expect(csv.suggestedFilename()).toBe('figures-folds.csv')
  const lines = readFileSync(await csv.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(lines).toHaveLength(1 + figures.reduce((sum, { pairs }) => sum + pairs.length, 0))
  await page.getByRole('button', { name: 'Export' }).click()
  const [markdown] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Table (Markdown)' }).click(),
  ])
  expect(readFileSync(await markdown.path(), 'utf8')).toContain('| resnet_basic_8 |')
})

test('charts are saved as PNG, SVG and CSV', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Train')
  await page.locator('[data-row]').first().click()
  await expect(page.getByRole('img', { name: /^Loss\. .*at step/ })).toBeVisible()
  const save = async (kind: RegExp) => {
    await page.getByRole('button', { name: 'Save Loss' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: kind }).click(),
    ])
    return readFileSync(await file.path())
  }
  expect((await save(/PNG/)).subarray(1, 4).toString()).toBe('PNG')
  const svg = (await save(/SVG/)).toString()
  expect(svg).toMatch(/^<svg /)
  expect(svg.match(/<path/g)?.length ?? 0).toBeGreaterThan(3)
  expect((await save(/CSV/)).toString()).toMatch(/^series,step,mean,low,high,runs\r\n/)
})

test('the gallery sets the network beside people, filters, and walks by keys', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Gallery')
  await expect(page.getByRole('img', { name: /^Entropy, people and network\. [\d,]+ images/ })).toBeVisible()
  await page.getByLabel('Sort by', { exact: true }).selectOption({ label: 'Network entropy' })
  const runs = (await door.call('runs.list', {})).filter(
    ({ state, config }) => state === 'done' && config.target === 'hard',
  )
  const query = {
    ...data,
    runs: runs.map(({ id }) => id),
    sort: 'network-entropy',
    order: 'descending',
    filter: 'confidently-wrong',
    classIndex: null,
    offset: 0,
    limit: 10,
  } as const
  const { imageSet: _, ...asked } = query
  const wrong = await door.call('gallery.query', asked)
  await page.getByLabel('Show', { exact: true }).selectOption({ label: `Network confidently wrong · ${wrong.total}` })
  if (wrong.total > 0) await expect(page.getByText(`${wrong.total} of 400 images`)).toBeVisible()
  else await expect(page.getByText('No image matches.')).toBeVisible()

  await page.getByRole('button', { name: 'Remove: Network confidently wrong' }).click()
  const grid = page.getByRole('listbox', { name: 'Images' })
  await grid.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  const chosen = page.locator(`#${await grid.getAttribute('aria-activedescendant')}`)
  const name = await chosen.getAttribute('aria-label')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('heading', { level: 2 })).toContainText(/image \d+/)
  const first = await dialog.getByRole('heading', { level: 2 }).textContent()
  expect(name).toContain(`Image ${first?.match(/\d+$/)?.[0]},`)
  // Every run that held it out says what it took it for, and one of them can be the network.
  await expect(dialog.getByRole('button', { name: /^Show run \d+ as the network$/ }).first()).toBeVisible()
  expect(await violations(page, { part: '[role=dialog]' })).toEqual([])
  await page.keyboard.press('ArrowRight')
  // Behind the dialog the grid is hidden from assistive technology: the heading tells.
  await expect(dialog.getByRole('heading', { level: 2 })).not.toHaveText(first ?? '')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(grid).toBeFocused()
})

test('a box drawn on the scatter keeps what lies in it', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Gallery')
  const scatter = page.getByRole('img', { name: /^Entropy, people and network/ })
  await expect(scatter).toBeVisible()
  await expect(page.getByRole('listbox', { name: 'Images' }).getByRole('option').first()).toBeVisible()
  const box = await scatter.boundingBox()
  if (!box) throw new Error('The scatter has no box.')
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.05)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.95, box.y + box.height * 0.7, { steps: 4 })
  await page.mouse.up()
  const chips = page.getByRole('list', { name: 'Conditions' })
  await expect(chips.getByRole('button', { name: /^Remove: Human entropy [\d.]+ to [\d.]+$/ })).toBeVisible()
  await expect(page.getByText(/^\d+ of 400 images$/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chips).toBeHidden()
  await expect(page.getByText('400 images', { exact: true })).toBeVisible()
})

test('the gallery keeps its conditions in the address, compares networks, exports and labels a selection', async ({
  page,
  door,
}) => {
  await page.goto(door.url)
  await goTo(page, 'Gallery')
  const grid = page.getByRole('listbox', { name: 'Images' })
  await page.getByRole('button', { name: 'Filters' }).click()
  const filters = page.getByRole('dialog', { name: 'Filters' })
  await filters.getByLabel('Human entropy, from').fill('0.2')
  await filters.getByLabel('Label', { exact: true }).selectOption({ index: 1 + 3 })
  await page.keyboard.press('Escape')
  const { total } = await door.call('gallery.query', {
    labelSet: data.labelSet,
    runs: [],
    sort: 'index',
    order: 'ascending',
    filter: 'all',
    classIndex: 3,
    where: { ranges: { 'human-entropy': [0.2, null] } },
    offset: 0,
    limit: 1,
  })
  expect(total).toBeGreaterThan(1)
  const matching = page.getByText(`${total} of 400 images`, { exact: true })
  await expect(matching).toBeVisible()
  await page.reload()
  await expect(matching).toBeVisible()
  await page.goBack()
  await expect(matching).toBeHidden()
  await page.goForward()
  await expect(matching).toBeVisible()

  // Hard against soft: every image that both held out is in one of the four.
  await page.getByLabel('Compare with').selectOption({ index: 1 })
  const pairs = page.getByRole('group', { name: 'The two networks' })
  await pairs.getByRole('button', { name: /^Both wrong/ }).click()
  await expect(page.getByRole('button', { name: 'Remove: Both wrong' })).toBeVisible()
  await page.getByLabel('Axes').selectOption({ label: 'Cross-entropies' })
  await expect(page.getByRole('img', { name: /^Cross-entropy, both networks/ })).toBeVisible()
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Remove: Both wrong' }).click()

  await page.getByRole('button', { name: 'Contact sheet' }).click()
  const sheet = page.getByRole('dialog', { name: 'Contact sheet' })
  const [picture] = await Promise.all([
    page.waitForEvent('download'),
    sheet.getByRole('button', { name: 'Save' }).click(),
  ])
  expect(
    readFileSync(await picture.path())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
  await expect(sheet).toBeHidden()
  await page.getByRole('button', { name: 'Contact sheet' }).click()
  await sheet.getByLabel('As').selectOption({ label: 'Numbers (CSV)' })
  const [table] = await Promise.all([
    page.waitForEvent('download'),
    sheet.getByRole('button', { name: 'Save' }).click(),
  ])
  const lines = readFileSync(await table.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(lines[0]).toMatch(
    /^index,label,people_top,network_top,human_entropy_nats,.*,people_.*,network_.*,other_[^,]*$/,
  )
  expect(lines).toHaveLength(1 + total)
  await expect(sheet).toBeHidden()

  await grid.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Space')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(page.getByText('2 selected')).toBeVisible()
  await expect(grid.getByRole('option', { selected: true })).toHaveCount(2)
  await page.getByRole('button', { name: 'Label these' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Label' })).toBeVisible()
  await expect(page.getByRole('img', { name: /^Image \d+$/ })).toHaveCount(2)
})

test('finished runs are attacked, with trust beside each number and their images beside the originals', async ({
  page,
  door,
}) => {
  // Four attacks on two networks, and their examples once more: minutes where the machine does other work as well.
  test.setTimeout(400_000)
  await page.goto(door.url)
  await goTo(page, 'Attack')
  const results = page.getByRole('region', { name: 'Attacks' })
  await expect(results.getByRole('button', { name: 'FGSM 4/255, first 200 images, soft: its trust' })).toBeVisible()

  // What the runs' own configuration made is recognised.
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'New attacks' })
  await expect(dialog.getByText('2 runs chosen')).toBeVisible()
  await dialog.getByLabel('ε, in 1/255').fill('2, four')
  await expect(dialog.getByRole('button', { name: 'Start 0 attacks' })).toBeDisabled()
  await dialog.getByLabel('ε, in 1/255').fill('2, 4')
  await dialog.getByLabel('First images').fill('200')
  await expect(dialog.getByText(/2 runs × 4 attacks = 8, 4 made before · 2,520 passes/)).toBeVisible()
  expect(await violations(page, { part: '[role=dialog]' })).toEqual([])
  await dialog.getByRole('button', { name: 'Start 4 attacks' }).click()
  await expect(results.getByText('4 attacks were made and kept with their runs.')).toBeVisible({ timeout: 200_000 })
  const runs = await door.call('runs.list', {})
  const attacks = runs.filter(({ state }) => state === 'done').map(({ result }) => result?.attacks ?? [])
  expect(attacks.map(({ length }) => length).sort()).toEqual([2, 2, 4, 4])

  // Accuracy falls from the clean point on, in the chart as in the table; the row unfolds its checks.
  await expect(page.getByRole('img', { name: /^Accuracy under PGD\. .*soft: [\d.]+% at ε 4/ })).toBeVisible()
  await results
    .getByRole('button', { name: 'PGD 2/255, 10 steps of 0.5/255, first 200 images, hard: its trust' })
    .click()
  const trust = page.getByRole('term').filter({ hasText: 'Largest change measured' }).locator('..')
  await expect(trust).toContainText(/pass\s*[12]\.\d\d of 2\.00\/255/)
  await expect(page.getByText('Attack once more with black-box queries')).toBeVisible()

  // Its images, at both radii: those of the runs' own attacks, which an earlier version did not keep, are made first.
  for (const { id } of runs) rmSync(join(door.project, `runs/${id}/example-images-2.npy`), { force: true })
  await page.getByRole('button', { name: 'Its images' }).click()
  const grid = page.getByRole('listbox', { name: 'Adversarial examples' })
  await expect(grid.getByRole('option')).toHaveCount(48)
  await page.getByRole('slider').fill('1')
  await page.getByRole('button', { name: 'Make the examples' }).click()
  await expect(grid.getByRole('option')).toHaveCount(48, { timeout: 100_000 })
  await grid.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  const detail = page.getByRole('dialog')
  await expect(detail.getByText('2 of 48')).toBeVisible()
  await expect(detail.getByText(/largest change [34]\.\d+\/255/)).toBeVisible()
  await detail.getByRole('button', { name: /^2\/255/ }).click()
  await expect(detail.getByText(/largest change [12]\.\d+\/255/)).toBeVisible()
  await page.keyboard.press('ArrowLeft')
  await expect(detail.getByText('1 of 48')).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await violations(page, { part: '.place' })).toEqual([])

  // So little training leaves most images wrong before any attack.
  const wrong = await grid.getByRole('option', { name: /wrong before$/ }).count()
  await page.getByRole('radio', { name: `Wrong before ${wrong}` }).check()
  await expect(grid.getByRole('option')).toHaveCount(wrong)
  await page.getByRole('button', { name: 'Save adversarial examples' }).click()
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /CSV/ }).click()])
  const lines = readFileSync(await csv.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(lines).toHaveLength(1 + wrong)
  expect(lines[1]).toMatch(/,wrong-before,[12]\.\d+,/)
})

test('the paper’s figures are shown as far as the runs go, saved, completed and reported', async ({
  page,
  door,
  context,
}) => {
  await page.goto(door.url)
  await goTo(page, 'Figures')
  const { figures } = await door.call('figures.paper', { experiment: null })
  const of = (id: string) => figures.find((each) => each.id === id)
  expect(figures.filter(({ bare }) => bare).map(({ id }) => id)).toContain('table-1')
  for (const { title } of figures) await expect(page.getByRole('heading', { name: title })).toBeVisible()
  await page.getByRole('navigation', { name: 'Figures of the paper' }).getByRole('button', { name: 'Figure 3' }).click()
  await expect(page.getByRole('heading', { name: /^Figure 3/ })).toBeFocused()
  await expect(page.getByRole('heading', { name: 'Figures', exact: true })).toBeInViewport()
  const cell = of('figure-3')?.rows.find(
    ({ measure, target }) => measure === 'confidenceWhenRight' && target === 'soft',
  )?.cells.described
  await expect(page.locator('#figure-3').getByRole('row').filter({ hasText: 'Confidence when right' })).toContainText(
    `${((cell?.value ?? 0) * 100).toFixed(1)}%`,
  )
  await expect(page.locator('#table-1')).toContainText('Not measured by these runs')
  await expect(
    page
      .locator('#figure-1')
      .getByRole('img', { name: /^Image \d+, called/ })
      .first(),
  ).toBeVisible()

  const folder = mkdtempSync(join(tmpdir(), 'second-guess-figures-'))
  const download = async (click: () => Promise<void>) => {
    const [file] = await Promise.all([page.waitForEvent('download'), click()])
    const path = join(folder, file.suggestedFilename())
    await file.saveAs(path)
    return path
  }
  const saved = async (menu: string, item: string) => {
    await page.getByRole('button', { name: menu }).click()
    return download(() => page.getByRole('menuitem', { name: item }).click())
  }
  const svg = await saved('Save Figure 3 as files', 'Vectors (SVG)')
  const archive = unzipSync(readFileSync(await saved('Export', 'In every format (ZIP)')))
  expect(Object.keys(archive)).toHaveLength(6 * 5 + 1)
  expect(Buffer.from(archive['figure-3.csv'] ?? []).toString()).toContain(`,${cell?.value},`)
  await page.getByRole('button', { name: 'Report' }).click()
  const report = await download(() => page.getByRole('button', { name: 'Download the report' }).click())

  // Opened from disk, with nothing else to be had: no request, no error.
  const alone = await context.newPage()
  const trouble: string[] = []
  alone.on('console', (said) => trouble.push(said.text()))
  alone.on('pageerror', (error) => trouble.push(error.message))
  await alone.route('**/*', (route) => {
    const asked = route.request().url()
    if (asked.startsWith('data:') || [svg, report].some((path) => asked === pathToFileURL(path).href))
      return route.continue()
    trouble.push(asked)
    return route.abort()
  })
  await alone.goto(pathToFileURL(svg).href)
  const texts = await alone.locator('text').allTextContents()
  expect(texts).toContain(of('figure-3')?.title)
  expect(await alone.locator('svg > title').first().textContent()).toBe(of('figure-3')?.title)
  await alone.goto(pathToFileURL(report).href)
  await expect(alone.getByRole('heading', { name: of('figure-1')?.title })).toBeVisible()
  expect(await alone.locator('image').count()).toBeGreaterThan(8)
  expect(trouble).toEqual([])
  await alone.close()
  rmSync(folder, { recursive: true })

  const before = (await door.call('runs.list', {})).length
  const wanted = of('figure-1')?.plans[0]?.runs ?? 0
  expect(wanted).toBeGreaterThan(0)
  await page
    .locator('#figure-1')
    .getByRole('button', { name: `Queue ${wanted} runs` })
    .click()
  await expect(page.locator('#figure-1').getByRole('status')).toContainText(`${wanted} runs queued`)
  await expect(page.locator('#figure-1')).toContainText(`${wanted} in the queue`)
  const queued = (await door.call('runs.list', {})).slice(before)
  expect(queued.map(({ config }) => config.target)).toEqual(Array(wanted).fill('hard'))
  for (const { id } of [...queued].reverse()) await door.call('runs.stop', { id })
  await expect(page.locator('#figure-1')).toContainText(`${wanted} runs to do`, { timeout: 30_000 })
})
