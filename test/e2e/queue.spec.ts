/** The queue in the window: held, moved by keys and by the mouse, annotated; quick keys and late answers. */
import type { Page } from '@playwright/test'
import { expect, goTo, runReaches, test, tinyRun, withDemo, type Door } from './door'

test.use({ doorName: 'queue' })

let data: { imageSet: string; labelSet: string }
test.beforeAll(async ({ door }) => {
  data = await withDemo(door, 100)
})

const rowOf = (page: Page, id: number) => page.getByRole('row', { name: new RegExp(`Run ${id}:`) })
const orderOf = async (door: Door) => (await door.call('queue.current', {})).order

test('the queue is held, put into another order, annotated, and all of it outlives a kill', async ({ page, door }) => {
  // The queue has buttons once there is a run: one that was made earlier.
  const [earlier = 0] = await waitingRuns(door, 1)
  await door.call('runs.stop', { id: earlier })
  await door.call('queue.set', { held: false })
  await page.goto(door.url)
  await goTo(page, 'Train')
  await page.getByRole('button', { name: 'Hold the queue' }).click()
  await expect(page.getByText('held: nothing new starts')).toBeVisible()
  await page.getByLabel('Runs at once').selectOption({ label: '1' })
  const waiting = await door.call('runs.queue', { configs: [91, 92, 93].map((seed) => tinyRun(data, { seed })) })
  const [a = 0, b = 0, c = 0] = waiting.map(({ id }) => id)
  const order = () => orderOf(door)
  const positionOf = (id: number) => rowOf(page, id).getByRole('cell').nth(1)
  await expect(positionOf(c)).toHaveText('3')
  await page.locator(`[data-row="${c}"]`).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(order).toEqual([a, c, b])
  await expect(page.locator(`[data-row="${c}"]`)).toBeFocused()
  await page.keyboard.press('Alt+Home')
  await expect.poll(order).toEqual([c, a, b])
  await expect(positionOf(b)).toHaveText('3')
  await rowOf(page, c).dragTo(rowOf(page, b))
  await expect.poll(order).toEqual([a, b, c])

  await page.locator(`[data-row="${b}"]`).click()
  const panel = page.getByRole('complementary', { name: `Run ${b}` })
  await panel.getByLabel('Note').fill('looks odd')
  await panel.getByLabel('Note').blur()
  await panel.getByLabel('Add a tag').fill('pilot')
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('button', { name: 'Remove the tag pilot' })).toBeVisible()
  await expect(panel.getByLabel('Configuration as JSON', { exact: true })).toContainText('"seed": 92')
  await panel.getByRole('button', { name: 'Close the run' }).click()

  await page.goto('about:blank')
  await door.kill()
  await door.start()
  await page.goto(door.url)
  await goTo(page, 'Train')
  await expect(page.getByRole('button', { name: 'Release the queue' })).toBeVisible()
  expect(await door.call('queue.current', {})).toMatchObject({ held: true, workers: 1, order: [a, b, c] })
  expect((await door.call('runs.list', {})).find(({ id }) => id === b)).toMatchObject({
    note: 'looks odd',
    tags: ['pilot'],
  })

  // Several at once: stopped, then removed, then brought back.
  await page.getByLabel(`Choose run ${a}`).click()
  await page.getByLabel(`Choose run ${c}`).click({ modifiers: ['Shift'] })
  const chosen = page.getByRole('toolbar', { name: 'Chosen runs' })
  await expect(chosen.getByText('3 runs chosen')).toBeVisible()
  await chosen.getByRole('button', { name: 'Stop' }).click()
  for (const { id } of waiting) await runReaches(door, id, 'stopped')
  await chosen.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.locator(`[data-row="${a}"]`)).toHaveCount(0)
  expect((await door.call('runs.list', {})).some(({ id }) => id === a)).toBe(false)
  await door.call('runs.restore', { ids: [a, b, c] })
  await expect(page.locator(`[data-row="${a}"]`)).toBeVisible()
  await door.call('runs.remove', { ids: [a, b, c] })
  await expect(page.locator(`[data-row="${a}"]`)).toHaveCount(0)
  await page.getByRole('button', { name: 'Release the queue' }).click()
  await expect(page.getByRole('button', { name: 'Hold the queue' })).toBeVisible()
})

/** Runs that wait and never start; ids in their order. */
async function waitingRuns(door: Door, count: number): Promise<number[]> {
  await door.call('queue.set', { held: true, workers: 1 })
  const configs = Array.from({ length: count }, (_, seed) => tinyRun(data, { seed }))
  return (await door.call('runs.queue', { configs })).map(({ id }) => id)
}

async function takeAway(door: Door, ids: number[]) {
  for (const id of ids) await door.call('runs.stop', { id })
  await door.call('runs.remove', { ids })
}

test('quick presses add up while answers are late and rows are drawn again', async ({ page, door }) => {
  const ids = await waitingRuns(door, 5)
  const [a, b, c, d, e = 0] = ids
  const position = rowOf(page, e).getByRole('cell').nth(1)
  const button = page.locator(`[data-row="${e}"]`)
  // The server moves at once and tells of it by an event; its answer is kept back until the end.
  let letGo = () => {}
  const gate = new Promise<void>((done) => (letGo = done))
  let asked = 0
  await page.route('**/api/queue.move', async (route) => {
    asked++
    const response = await route.fetch()
    await gate
    await route.fulfill({ response })
  })
  await page.goto(door.url)
  await goTo(page, 'Train')
  await expect(position).toHaveText('5')
  await button.focus()
  await page.keyboard.press('Alt+ArrowUp')
  await page.keyboard.press('Alt+ArrowUp')
  await expect(position).toHaveText('3')
  await expect(button).toBeFocused()
  // The event of the first move, and one of something else.
  await expect.poll(() => orderOf(door)).toEqual([a, b, c, e, d])
  await door.call('queue.set', { workers: 2 })
  await expect(page.getByLabel('Runs at once')).toHaveValue(/2/)
  await expect(position).toHaveText('3')
  await expect(button).toBeFocused()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(position).toHaveText('2')
  expect(asked).toBe(1)
  letGo()
  await expect.poll(() => orderOf(door)).toEqual([a, e, b, c, d])
  await expect(position).toHaveText('2')
  await expect(button).toBeFocused()
  await takeAway(door, ids)
})

test('a run that is moved out of sight takes the focus and the next key with it', async ({ page, door }) => {
  const ids = await waitingRuns(door, 120)
  const last = ids.at(-1) ?? 0
  await page.goto(door.url)
  await goTo(page, 'Train')
  const first = page.locator(`[data-row="${ids[0]}"]`)
  await first.focus()
  await expect(page.locator(`[data-row="${last}"]`)).toHaveCount(0)
  await page.keyboard.press('Alt+End')
  // Pressed whether or not its row is drawn yet.
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(async () => (await orderOf(door)).slice(-2)).toEqual([ids[0], last])
  await expect(first).toBeFocused()
  await expect(first).toBeInViewport()
  await page.keyboard.press('Alt+Home')
  await expect.poll(async () => (await orderOf(door))[0]).toBe(ids[0])
  await expect(first).toBeFocused()
  await expect(first).toBeInViewport()
  await takeAway(door, ids)
})
