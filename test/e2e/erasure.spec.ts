/**
 * Erasing a participant in the window: by mouse and by keys, what it says before and after, and what a second window
 * shows.
 */
import type { Page } from '@playwright/test'
import { violations } from './axe'
import { expect, goTo, jobDone, test, watchPage, withDemo, type Door } from './door'
import { invite, makeStudy } from './sessions'

test.use({ doorName: 'erasure' })
test.describe.configure({ mode: 'serial' })

const PARTICIPANTS = 5
let id = 0
let name = ''

test.beforeAll(async ({ door }) => {
  const study = await makeStudy(door, await withDemo(door, 200), {
    protocol: { imagesPerParticipant: 20, checkEvery: 10 },
  })
  ;({ id, name } = study)
  const mix = { careful: 1, hurried: 0, onePosition: 0, random: 0 }
  const simulated = await door.call('studies.simulate', { study: id, participants: PARTICIPANTS, seed: 1, mix })
  await jobDone(door, simulated.id)
  await jobDone(door, (await door.call('studies.publish', { study: id })).id)
})

async function openQuality(page: Page, door: Door) {
  await page.goto(door.url)
  await goTo(page, 'Crowd')
  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible()
}

const opener = (page: Page, code: string) => page.getByRole('button', { name: `${code}: look closer and decide` })

test('says what it deletes, wants to know who decided, and every window shows at once what is left', async ({
  page,
  door,
  context,
}) => {
  await openQuality(page, door)
  const second = await context.newPage()
  const complaints = watchPage(second)
  await openQuality(second, door)
  await expect(opener(second, 'P0002')).toBeVisible()

  await opener(page, 'P0002').click()
  await page.getByRole('dialog', { name: 'P0002' }).getByRole('button', { name: 'Erase…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Erase P0002?' })
  await expect(dialog).toContainText('It cannot be undone')
  await expect(dialog).toContainText('exclude them instead')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await door.call('studies.erasures', { study: id })).toEqual([])

  await opener(page, 'P0002').click()
  await page.getByRole('button', { name: 'Erase…' }).click()
  await dialog.getByRole('button', { name: 'Erase P0002' }).click()
  await expect(dialog.getByLabel('Decided by')).toHaveAccessibleDescription(/Say who decided/)
  expect(await door.call('studies.erasures', { study: id })).toEqual([])
  await dialog.getByLabel('Decided by').fill('The ethics board')
  await dialog.getByLabel('Reason').fill('Asked by letter')
  await dialog.getByRole('button', { name: 'Erase P0002' }).click()
  const done = page.getByRole('dialog', { name: 'P0002 is erased' })
  await expect(done.getByRole('status')).toContainText('22 answers')
  await expect(done).toContainText(`Recalculated without them: ${name}.`)
  await expect(done).toContainText('Nothing of them is left in the database file.')
  await expect(done).toContainText('have to be deleted by hand')
  await done.getByRole('button', { name: 'Close', exact: true }).first().click()

  for (const each of [page, second]) {
    await expect(opener(each, 'P0002')).toBeHidden()
    const erased = each.getByRole('region', { name: 'Erased participants' })
    await expect(erased.getByRole('row', { name: /P0002/ })).toContainText('22')
    await expect(erased.getByRole('row', { name: /P0002/ })).toContainText('The ethics board')
    await expect(each.getByRole('row', { name: /Erased with 22 answers/ })).toContainText('Asked by letter')
    await expect(each.getByText(`${PARTICIPANTS - 1} finished`)).toBeVisible()
  }
  const published = (await door.call('project.current', {}))?.labelSets.find((set) => set.format === 'study')
  expect(published).toMatchObject({ annotators: PARTICIPANTS - 1, judgments: 20 * (PARTICIPANTS - 1) })
  expect(complaints).toEqual([])
  await second.close()
})

test('by keys alone', async ({ page, door }) => {
  await openQuality(page, door)
  await opener(page, 'P0003').focus()
  await page.keyboard.press('Enter')
  const tabTo = async (role: 'button' | 'textbox', control: string) => {
    const wanted = page.getByRole('dialog').getByRole(role, { name: control, exact: true })
    for (let press = 0; press < 40; press++) {
      if (await wanted.evaluate((each) => each === document.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab never reaches ${control}.`)
  }
  await expect(page.getByRole('dialog', { name: 'P0003' })).toBeVisible()
  await tabTo('button', 'Erase…')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Erase P0003?' })
  await expect(dialog).toBeVisible()
  await tabTo('textbox', 'Decided by')
  await page.keyboard.type('The participant')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'P0003 is erased' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(
    page.getByRole('region', { name: 'Erased participants' }).getByRole('row', { name: /P0003/ }),
  ).toContainText('The participant')
})

for (const [width, height, colorScheme] of [
  [1440, 900, 'light'],
  [1024, 640, 'dark'],
  [390, 844, 'dark'],
] as const)
  test(`fits ${width} x ${height} without violations, ${colorScheme}`, async ({ page, door }) => {
    await page.emulateMedia({ colorScheme })
    await openQuality(page, door)
    await opener(page, 'P0004').click()
    await page.getByRole('button', { name: 'Erase…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Erase P0004?' })
    await expect(dialog).toBeVisible()
    await page.setViewportSize({ width, height })
    expect(await dialog.evaluate((each) => each.scrollWidth - each.clientWidth)).toBeLessThanOrEqual(0)
    const box = await dialog.boundingBox()
    expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true)
    expect(await violations(page)).toEqual([])
  })

test('somebody who withdraws reads how to have everything deleted, and their link opens nothing afterwards', async ({
  page,
  door,
  context,
  complaints,
}) => {
  const { link, token, number } = await invite(door, id)
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Consent' })).toBeVisible()
  await door.call('session.withdraw', { token })
  await page.reload()
  await expect(page.getByRole('heading', { name: 'You have left the study' })).toBeVisible()
  await expect(page.getByText(`your participant code: P000${number}.`)).toBeVisible()
  await door.call('studies.erase', { study: id, participant: number, decidedBy: 'The participant', reason: '' })
  await page.reload()
  const refused = page.getByRole('main')
  await expect(refused.getByRole('alert')).toBeVisible()
  // As any link that was never given.
  const other = await context.newPage()
  await other.goto(link.replace(token, 'x'.repeat(token.length)))
  await expect(other.getByRole('main').getByRole('alert')).toBeVisible()
  expect(await other.getByRole('main').innerText()).toBe(await refused.innerText())
  // The browser itself reports each refusal.
  expect(complaints.splice(0).filter((text) => !text.includes('401'))).toEqual([])
})
