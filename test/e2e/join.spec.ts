/**
 * The page that a recruitment link opens: who comes over the rate waits in line, and is let in without doing anything.
 */
import type { Page } from '@playwright/test'
import { violations } from './axe'
import { expect, test, withDemo, type Door } from './door'
import { makeStudy } from './sessions'

test.use({ doorName: 'join' })

const line = (page: Page) => page.getByRole('heading', { name: 'You are in line' })

async function recruit(door: Door, recruitment: { mostParticipants: number | null; joinsPerMinute: number }) {
  const project = await door.call('project.current', {})
  const labels = project?.labelSets[0]
  const data = labels ? { imageSet: labels.imageSet, labelSet: labels.name } : await withDemo(door, 400)
  const study = await makeStudy(door, data, {
    recruitment,
    protocol: { imagesPerParticipant: 20, balanceClasses: false },
  })
  return { study, link: `${new URL(door.url).origin}/study.html?join=${study.joinToken}` }
}

test('over the rate a page says how long it takes, keeps its place over a reload, and joins by itself', async ({
  door,
  page,
}) => {
  const { study, link } = await recruit(door, { mostParticipants: null, joinsPerMinute: 1 })
  const first = await page.context().newPage()
  await first.goto(link)
  await expect(first.getByRole('heading', { name: 'Consent' })).toBeVisible()
  await page.goto(link)
  await expect(line(page)).toBeVisible()
  await expect(page.getByText(/This takes about \d+ seconds?\./)).toBeVisible()
  expect(await violations(page)).toEqual([])
  const place = () => page.evaluate(() => Object.entries(sessionStorage).find(([key]) => key.includes('ticket'))?.[1])
  const before = await place()
  expect(before).toBeTruthy()
  await page.reload()
  await expect(line(page)).toBeVisible()
  expect(await place()).toBe(before)
  expect((await door.call('studies.participants', { study: study.id })).length).toBe(1)
  await door.call('studies.change', {
    study: study.id,
    change: { recruitment: { mostParticipants: null, joinsPerMinute: 60 } },
  })
  await expect(page.getByRole('heading', { name: 'Consent' })).toBeVisible({ timeout: 30_000 })
  expect(await place()).toBeUndefined()
  await first.close()
})

test('a full study says so, without an error', async ({ door, page }) => {
  const { link } = await recruit(door, { mostParticipants: 1, joinsPerMinute: 60 })
  const first = await page.context().newPage()
  await first.goto(link)
  await expect(first.getByRole('heading', { name: 'Consent' })).toBeVisible()
  await page.goto(link)
  await expect(page.getByText('This study is full: it has all the participants it needs.')).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  expect(await violations(page)).toEqual([])
  await first.close()
})

test('the owner sets the limits in the form and clears sessions that nobody opened', async ({ door, page }) => {
  const { study } = await recruit(door, { mostParticipants: null, joinsPerMinute: 60 })
  await door.call('studies.invite', { study: study.id, count: 2 })
  await page.goto(`${door.url}#/crowd?study=${study.id}`)
  await page.getByRole('button', { name: 'More of the study' }).click()
  await page.getByRole('menuitem', { name: 'Settings and pages…' }).click()
  await page.getByLabel('Maximum participants').fill('40')
  await page.getByLabel('Joins by recruitment link').fill('12')
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect
    .poll(async () => (await door.call('studies.list', {})).find(({ id }) => id === study.id)?.recruitment)
    .toEqual({ mostParticipants: 40, joinsPerMinute: 12 })
  await page.getByRole('button', { name: 'More of the study' }).click()
  await page.getByRole('menuitem', { name: 'Clear unopened sessions…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Clear unopened sessions' })
  await expect(dialog.getByText('2 sessions made by invitation')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Clear', exact: true })).toBeDisabled()
  await dialog.getByText('2 sessions made by invitation').click()
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Clear 2 sessions' }).click()
  // Made a moment ago: their people may be about to open them.
  await expect(dialog.getByText('2 sessions made within the last minute stayed')).toBeVisible()
})
