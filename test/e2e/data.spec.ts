/** The place Data: agreement, versions, images one by one, and two label sets beside each other, on the demo set. */
import type { Page } from '@playwright/test'
import { violations } from './axe'
import { expect, goTo, jobDone, test, withDemo, type Door } from './door'

test.use({ doorName: 'data' })

const SET = 'demo-people'
test.beforeAll(async ({ door }) => {
  await withDemo(door, 400)
  // From here on there are two sets to compare.
  await jobDone(door, (await door.call('labels.aggregate', { labelSet: SET, method: 'wawa' })).id)
})

const at = (door: Door, query: string) => `${new URL(door.url).origin}/${new URL(door.url).search}#/data?${query}`
async function open(page: Page, door: Door, query: string) {
  await page.goto(at(door, query))
  await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible()
}
const grid = (page: Page) => page.getByRole('grid', { name: 'Images' })
const rows = (page: Page) => grid(page).getByRole('row', { name: /^Image \d+, labelled/ })
const card = (page: Page) => page.getByRole('complementary', { name: /^Image \d+$/ })
const byEntropy = (door: Door) =>
  door.call('gallery.query', {
    labelSet: SET,
    runs: [],
    sort: 'human-entropy',
    order: 'descending',
    filter: 'all',
    classIndex: null,
    offset: 0,
    limit: 10,
  })

test('agreement is shown with what it means, per class, and sorts', async ({ page, door }) => {
  const agreement = await door.call('labels.agreement', { labelSet: SET })
  await open(page, door, `labels=${SET}`)
  const panel = page.getByRole('region', { name: 'Agreement' })
  await expect(panel.getByText(agreement.alpha.value?.toFixed(4) ?? '', { exact: true }).first()).toBeVisible()
  await expect(panel.getByText('as much as chance would give')).toBeVisible()
  const lowest = [...agreement.perClass].sort((a, b) => (a.alpha.value ?? 2) - (b.alpha.value ?? 2))[0]
  const project = await door.call('project.current', {})
  await panel.getByRole('button', { name: 'Alpha', exact: true }).click()
  await expect(panel.getByRole('rowheader').first()).toHaveText(
    project?.imageSets[0]?.classes[lowest?.classIndex ?? -1] ?? '',
  )
  const download = page.waitForEvent('download')
  await panel.getByRole('button', { name: /^Save Agreement per class/ }).click()
  await page.getByRole('menuitem', { name: 'Numbers (CSV)' }).click()
  expect((await download).suggestedFilename()).toBe('agreement-per-class-demo-people.csv')
})

test('another version is made from the menu, shown, and says why it has no agreement', async ({ page, door }) => {
  await open(page, door, `labels=${SET}`)
  await page.getByRole('button', { name: 'Make another version' }).click()
  await expect(page.getByRole('menuitem')).toHaveCount(5)
  await page.getByRole('menuitem', { name: /^Majority vote/ }).click()
  const made = page.getByRole('listitem').filter({ hasText: 'demo-people-majority' })
  await expect(made).toContainText('Made demo-people-majority', { timeout: 30_000 })
  await made.getByRole('link', { name: 'Show it' }).click()
  await expect(page).toHaveURL(/labels=demo-people-majority/)
  await expect(page.getByText('demo-people-majority holds probabilities without counts')).toBeVisible()
  await page.getByRole('button', { name: 'Make another version' }).click()
  // A version has no judgments of its own.
  for (const item of await page.getByRole('menuitem').all()) await expect(item).toHaveAttribute('aria-disabled', 'true')
  await page.keyboard.press('Escape')
  await made.getByRole('button', { name: 'Remove this line' }).click()
  await expect(made).toBeHidden()
})

test('images come most uncertain first, sort by what one more judgment would bring, and are found', async ({
  page,
  door,
}) => {
  const top = (await byEntropy(door)).items.map(({ index }) => index)
  await open(page, door, `labels=${SET}&view=images`)
  await expect(rows(page).first()).toHaveAccessibleName(new RegExp(`^Image ${top[0]},`))
  // Only what is on the screen exists.
  expect(await rows(page).count()).toBeLessThan(60)
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '401')

  const [next] = await door.call('labels.next', { labelSet: SET, limit: 1 })
  await grid(page).getByRole('button', { name: 'Gain of one more' }).click()
  await grid(page).getByRole('button', { name: 'Gain of one more' }).click()
  await expect(rows(page).first().getByRole('gridcell').last()).toHaveText(next?.gainNats.toFixed(5) ?? '')

  const find = page.getByRole('searchbox', { name: 'Find images' })
  await find.fill('17')
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toHaveAccessibleName(/^Image 17,/)
  await find.fill('100-120')
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '22')
  await expect(page.getByText('21 of 400 images')).toBeVisible()
  await expect(page).toHaveURL(/find=100-120/)
  await find.fill('nothing of that name')
  await expect(page.getByText('No image matches.')).toBeVisible()
  await find.press('Escape')
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '401')
})

test('an image is opened by keys, shows every judgment, walks, and closes', async ({ page, door }) => {
  const [first, second] = (await byEntropy(door)).items.map(({ index }) => index)
  await open(page, door, `labels=${SET}&view=images`)
  await expect(rows(page).first()).toBeVisible()
  await grid(page).focus()
  await page.keyboard.press('Enter')
  await expect(card(page)).toHaveAccessibleName(`Image ${first}`)
  await expect(page).toHaveURL(new RegExp(`image=${first}(&|$)`))
  const known = await door.call('labels.image', { labelSet: SET, image: first ?? 0 })
  await expect(card(page).getByRole('heading', { name: `${known.judgments.length} judgments` })).toBeVisible()
  const judgments = card(page).getByRole('table').last()
  await expect(judgments.getByRole('row')).toHaveCount(known.judgments.length + 1)
  await expect(judgments.getByText('excluded')).toHaveCount(known.judgments.filter(({ excluded }) => excluded).length)
  await judgments.getByRole('button', { name: 'Seconds' }).click()
  const fastest = Math.min(...known.judgments.map(({ reactionTimeMs }) => reactionTimeMs))
  await expect(judgments.getByRole('row').nth(1)).toContainText((fastest / 1000).toFixed(2))

  await grid(page).focus()
  await page.keyboard.press('ArrowDown')
  await expect(card(page)).toHaveAccessibleName(`Image ${second}`)
  await page.keyboard.press('ArrowLeft')
  await expect(card(page)).toHaveAccessibleName(`Image ${first}`)
  await card(page).getByRole('button', { name: 'Next image' }).click()
  await expect(card(page)).toHaveAccessibleName(`Image ${second}`)
  await page.keyboard.press('Escape')
  await expect(card(page)).toBeHidden()
  await expect(grid(page)).toBeFocused()
})

test('an address opens its image; one that is not there is refused beside the list', async ({ page, door }) => {
  await open(page, door, `labels=${SET}&view=images&image=17`)
  await expect(card(page)).toHaveAccessibleName('Image 17')
  await expect(grid(page).getByRole('row', { name: /^Image 17,/ })).toBeInViewport()
  await open(page, door, `labels=${SET}&view=images&image=4000`)
  await expect(page.getByRole('alert')).toContainText('4000 is outside demo-people')
})

test('chosen images are sent to be labelled', async ({ page, door }) => {
  const [first, second] = (await byEntropy(door)).items.map(({ index }) => index)
  await open(page, door, `labels=${SET}&view=images`)
  await expect(rows(page).first()).toBeVisible()
  await grid(page).focus()
  await page.keyboard.press('Space')
  await page.getByRole('checkbox', { name: `Choose image ${second}`, exact: true }).click()
  await expect(page.getByText('2 chosen')).toBeVisible()
  await expect(rows(page).first()).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('button', { name: 'Label these' }).click()
  await expect(page).toHaveURL(new RegExp(`#/label\\?imageSet=demo&images=${first},${second}`))
})

test('two label sets are compared in the numbers of the call, the most different first', async ({ page, door }) => {
  const known = await door.call('labels.compare', { first: SET, second: 'demo-people-wawa', limit: 50 })
  await open(page, door, `labels=${SET}&view=compare&with=demo-people-wawa`)
  const panel = page.getByRole('region', { name: 'Comparison' })
  await expect(panel.getByText(known.meanTotalVariation.toFixed(4), { exact: true })).toBeVisible()
  await expect(panel.getByText(known.entropyCorrelation?.toFixed(4) ?? '', { exact: true })).toBeVisible()
  const links = panel.getByRole('link', { name: /^Open image/ })
  await expect(links.first()).toHaveText(String(known.differences[0]?.image))
  await panel.getByRole('button', { name: 'Image', exact: true }).click()
  await expect(links.first()).toHaveText(String(Math.min(...known.differences.map(({ image }) => image))))
  await links.first().click()
  await expect(card(page)).toBeVisible()
})

const SCREENS = [['the comparison', `labels=${SET}&view=compare&with=demo-people-wawa`]] as const

for (const [name, query] of SCREENS) {
  for (const colorScheme of ['light', 'dark'] as const)
    test(`${name} has no accessibility violations, ${colorScheme}`, async ({ page, door }) => {
      await page.emulateMedia({ colorScheme })
      await open(page, door, query)
      await page.waitForLoadState('networkidle')
      expect(await violations(page)).toEqual([])
    })

  test(`${name} fits 1024 x 640 without scrolling sideways`, async ({ page, door }) => {
    await page.setViewportSize({ width: 1024, height: 640 })
    await open(page, door, query)
    await page.waitForLoadState('networkidle')
    const over = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.place-content, .scroller, aside')]
        .map((element) => element.scrollWidth - element.clientWidth)
        .filter((width) => width > 0),
    )
    expect(over).toEqual([])
  })
}

test('the list is one stop for Tab and shows where the focus is', async ({ page, door }) => {
  await open(page, door, `labels=${SET}&view=images`)
  await expect(rows(page).first()).toBeVisible()
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press('Tab')
    if (await grid(page).evaluate((element) => element === document.activeElement)) break
  }
  await expect(grid(page)).toBeFocused()
  await page.keyboard.press('End')
  const current = page.locator('tr.current')
  await expect(current).toBeInViewport()
  await expect(current).toHaveAttribute('aria-rowindex', '401')
  expect(await current.evaluate((row) => getComputedStyle(row).outlineStyle)).toBe('solid')
  await expect(grid(page)).toHaveAttribute('aria-activedescendant', (await current.getAttribute('id')) ?? '')
})

test('the tabs of the place are links that keep the label set', async ({ page, door }) => {
  await open(page, door, `labels=${SET}`)
  const views = page.getByRole('navigation', { name: 'Views of the label set' })
  await views.getByRole('link', { name: 'Images' }).click()
  await expect(page).toHaveURL(/labels=demo-people&view=images/)
  await expect(views.getByRole('link', { name: 'Images' })).toHaveAttribute('aria-current', 'page')
  await page.goBack()
  await expect(views.getByRole('link', { name: 'Overview' })).toHaveAttribute('aria-current', 'page')
  await goTo(page, 'Home')
})
