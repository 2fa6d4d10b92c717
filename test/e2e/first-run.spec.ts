/**
 * A first start with nothing: empty places, the demo set through the import, what it did, errors beside their cause.
 */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, goTo, test } from './door'

declare global {
  interface Window {
    clicks?: number
  }
}

test.use({ doorName: 'first-run' })

test.describe.configure({ mode: 'serial' })

test('every place says what would be there', async ({ page, door }) => {
  await page.goto(door.url)
  await expect(page.getByRole('heading', { name: 'What did people really see?' })).toBeVisible()
  await expect(page.getByRole('button', { name: /Explore the demo set/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /Reproduce the figures/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /Import CIFAR-10 and CIFAR-10H/ })).toBeVisible()
  await goTo(page, 'Data')
  await expect(page.getByRole('heading', { name: 'No labels by people yet' })).toBeVisible()
  await goTo(page, 'Train')
  await expect(page.getByRole('heading', { name: 'Training needs labels by people' })).toBeVisible()
  await goTo(page, 'Figures')
  await expect(page.getByRole('heading', { name: 'No figures yet' })).toBeVisible()
  await goTo(page, 'Gallery')
  await expect(page.getByRole('heading', { name: 'No images to show yet' })).toBeVisible()
})

test('the token leaves the address bar and survives a reload', async ({ page, door }) => {
  await page.goto(door.url)
  await expect(page.getByRole('heading', { name: 'What did people really see?' })).toBeVisible()
  expect(page.url()).not.toContain('token')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'What did people really see?' })).toBeVisible()
})

test('a path that does not exist is refused beside the field, with its details', async ({ page, door }) => {
  await page.goto(door.url)
  await page.getByLabel('Paths, one per line').fill('/nowhere/cifar10h-counts.npy')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const alert = page.getByRole('alert').first()
  await expect(alert).toContainText('/nowhere/cifar10h-counts.npy')
  const project = await door.call('project.current', {})
  expect(project?.imageSets).toEqual([])
})

test('a file that is not what it claims names file and reason, and nothing is added', async ({ page, door }) => {
  const path = join(dirname(door.project), 'broken.npy')
  writeFileSync(path, Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.alloc(20)]))
  await page.goto(door.url)
  await page.getByLabel('Paths, one per line').fill(path)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'broken.npy' }).first()).toBeVisible()
  expect((await door.call('project.current', {}))?.imageSets).toEqual([])
})

test('a dropped file is uploaded and read', async ({ page, door }) => {
  await page.goto(door.url)
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible()
  await page.evaluate(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([new Uint8Array(64)], 'dropped.bin'))
    const send = (name: string) =>
      window.dispatchEvent(new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true }))
    send('dragenter')
    send('dragover')
    send('drop')
  })
  // 64 zero bytes are no data set: the refusal names the file, so it arrived.
  await expect(page.getByRole('alert').filter({ hasText: 'dropped.bin' }).first()).toBeVisible()
})

test('the demo set is made, reported, and fills Data and Gallery', async ({ page, door }) => {
  await page.goto(door.url)
  await page.getByRole('button', { name: /Explore the demo set/ }).click()
  const imports = page.getByRole('region', { name: 'Imports' })
  await expect(imports.getByText('done').first()).toBeVisible({ timeout: 90_000 })
  await expect(page.getByRole('heading', { name: 'In this project' })).toBeVisible()
  await imports.getByText('How it was made').first().click()
  await expect(imports.getByRole('listitem').first()).toBeVisible()

  const [labels] = (await door.call('project.current', {}))?.labelSets ?? []
  expect(labels).toBeDefined()
  const stats = await door.call('data.stats', { labelSet: labels?.name ?? '' })
  await goTo(page, 'Data')
  await expect(page.getByText(stats.images.toLocaleString('en-US'), { exact: true }).first()).toBeVisible()
  await expect(page.getByText(stats.meanEntropyNats.toFixed(4), { exact: true })).toBeVisible()
  await expect(page.getByRole('img', { name: /Human entropy of/ })).toBeVisible()
  await expect(page.getByRole('rowheader', { name: 'cat' }).first()).toBeVisible()

  await goTo(page, 'Gallery')
  const grid = page.getByRole('listbox', { name: 'Images' })
  await expect(grid.getByRole('option').first()).toBeVisible()
  // Sorted by human entropy, greatest first: the first is the most uncertain of all.
  const top = await door.call('gallery.query', {
    labelSet: labels?.name ?? '',
    runs: [],
    sort: 'human-entropy',
    order: 'descending',
    filter: 'all',
    classIndex: null,
    offset: 0,
    limit: 1,
  })
  await expect(grid.getByRole('option').first()).toHaveAttribute(
    'aria-label',
    new RegExp(`^Image ${top.items[0]?.index},`),
  )
  // Its pixels are on the canvas: not one flat colour.
  const canvas = grid.locator('canvas').first()
  const colors = () =>
    canvas.evaluate((element: HTMLCanvasElement) => {
      const data = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? []
      const seen = new Set<string>()
      for (let at = 0; at < data.length; at += 4) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`)
      return seen.size
    })
  await expect.poll(colors).toBeGreaterThan(4)
})

/**
 * Two networks are trained and attacked, and the figures made of them: minutes where the machine does other work as
 * well.
 */
const TRAINING_MS = 300_000

test('from an empty folder, figures fill after one click; from data without runs, after one more', async ({
  page,
  door,
}) => {
  test.setTimeout(TRAINING_MS + 120_000)
  const before = await door.call('project.current', {})
  await door.call('project.open', { path: join(dirname(door.project), 'empty') })
  // The way is the window's; only how much is drawn and trained is cut, to what two processor cores do in seconds.
  await page.route('**/api/data.createDemo', (route) =>
    route.continue({ postData: JSON.stringify({ seed: 0, images: 300 }) }),
  )
  // What Home says until then goes with this call: it waits until that has been seen.
  let letStart = () => {}
  const mayStart = new Promise<void>((done) => (letStart = done))
  await page.route('**/api/experiments.start', async (route) => {
    await mayStart
    await route.continue({ postData: JSON.stringify({ preset: 'smoke', device: 'cpu' }) })
  })
  // Nothing starts before the second pair is out of the way: the first alone is to fill the figures.
  await door.call('queue.set', { held: true })
  await page.addInitScript(() => {
    window.clicks = 0
    document.addEventListener('click', () => (window.clicks = (window.clicks ?? 0) + 1), true)
  })
  await page.goto(door.url)
  await page.getByRole('button', { name: /Reproduce the figures/ }).click()
  await expect(page.getByText('then Figures opens by itself')).toBeVisible()
  letStart()
  await expect(page.getByRole('heading', { level: 1, name: 'Figures' })).toBeVisible()
  const onItsWay = page.getByRole('region', { name: 'On its way' })
  await expect(onItsWay).toContainText('0 of 4 runs done')
  const [, , third, fourth] = await door.call('runs.list', {})
  const later = [third?.id ?? 0, fourth?.id ?? 0]
  for (const id of later) await door.call('runs.pause', { id })
  await door.call('queue.set', { held: false })
  // Without reloading or looking elsewhere: the first pair's numbers, beside a note of what is still to come.
  await expect(page.getByRole('rowheader', { name: /^Accuracy/ }).first()).toBeVisible({ timeout: TRAINING_MS })
  await expect(onItsWay).toContainText('2 of 4 runs done')
  await door.call('queue.set', { held: true })
  for (const id of later) await door.call('runs.resume', { id })
  expect(await page.evaluate(() => window.clicks)).toBe(1)
  await onItsWay.getByRole('button', { name: 'Stop' }).click()
  await expect(onItsWay).toBeHidden()
  expect((await door.call('runs.list', {})).map(({ state }) => state)).not.toContain('queued')

  await door.call('project.open', { path: before?.path ?? '' })
  await page.goto(door.url)
  await page.getByRole('button', { name: 'Reproduce the figures' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Figures' })).toBeVisible()
  await expect(onItsWay).toContainText('of 4 runs done')
  expect(await page.evaluate(() => window.clicks)).toBe(1)
  await onItsWay.getByRole('button', { name: 'Stop' }).click()
  await expect(onItsWay).toBeHidden()
})
