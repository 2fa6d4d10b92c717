/**
 * Every place, dialog, menu and popover with real content: no violation axe can find, in light and dark, at 1440 x 900
 * and 1024 x 640, and nothing that scrolls sideways in the smaller window. One page walks them all.
 */
import type { Page } from '@playwright/test'
import { violations } from './axe'
import { expect, runReaches, test, tinyRun, withDemo, type Door } from './door'
import { makeStudy } from './sessions'

// What is found is said in words; a trace of every look would cost more than the looks.
test.use({ doorName: 'accessibility', trace: 'off' })
test.describe.configure({ mode: 'serial' })

const LARGE = { width: 1440, height: 900 }
const SMALL = { width: 1024, height: 640 }

let data: { imageSet: string; labelSet: string }
test.beforeAll(async ({ door }) => {
  data = await withDemo(door, 300)
  const attacks = [{ attack: 'fgsm' as const, epsilon: 4, stepSize: 4, steps: 1, randomStart: false, images: 20 }]
  const configs = (['hard', 'soft'] as const).map((target) => tinyRun(data, { target, epochs: 1, trainImages: 64, attacks })) // prettier-ignore
  for (const { id } of await door.call('runs.queue', { configs })) await runReaches(door, id, 'done')
  await makeStudy(door, data, { name: 'Pilot', protocol: { imagesPerParticipant: 10, checkEvery: 0, practiceTrials: 0 } }) // prettier-ignore
})

/**
 * Themes and sizes by turns: what does not depend on them is looked at once a size, colours in every one. `part`: what
 * floats, alone, since a dialog or menu hides the rest from whoever uses it.
 */
async function look(page: Page, what: string, part?: string) {
  await page.waitForLoadState('networkidle')
  const found: string[] = []
  for (const [colorScheme, size, whole] of [
    ['light', LARGE, true],
    ['dark', LARGE, false],
    ['dark', SMALL, true],
    ['light', SMALL, false],
  ] as const) {
    // prettier-ignore
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(size)
    // Colours on their way from one theme to the other are nobody's.
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)))) // prettier-ignore
    for (const each of await violations(page, { part, ...(whole ? {} : { rules: ['color-contrast'] }) }))
      found.push(`${what}, ${colorScheme}, ${size.width}: ${each}`)
    if (size === SMALL && whole)
      found.push(...(await wide(page)).map((by) => `${what} scrolls sideways by ${by} at ${size.width}`))
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(LARGE)
  expect.soft(found).toEqual([])
}

const wide = (page: Page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.place-content, .side, .scroller, .fields, aside, [role=listbox]')] // prettier-ignore
      .map((element) => element.scrollWidth - element.clientWidth)
      .filter((by) => by > 0),
  )

async function start(page: Page, door: Door) {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(door.url)
  await expect(page.getByRole('heading', { name: 'In this project' })).toBeVisible()
}

async function show(page: Page, hash: string) {
  await page.evaluate((to) => (location.hash = to), hash)
}

test('every place', async ({ page, door }) => {
  await start(page, door)
  const labels = encodeURIComponent(data.labelSet)
  // Every place the rail has, whatever it has.
  const places = await page.getByRole('navigation', { name: 'Places' }).getByRole('link').all()
  for (const place of places) {
    await place.click()
    const name = await place.innerText()
    await expect(page.getByRole('heading', { level: 1, name: name.trim() })).toBeVisible()
    await look(page, name.trim())
  }
  const screens: [string, string, string | RegExp][] = [
    ['/crowd?form=new', 'the form of a study', 'Crowd'],
    [`/data?labels=${labels}&view=images`, 'the image list', 'Data'],
    [`/data?labels=${labels}&view=images&image=17`, 'an opened image', 'Data'],
    ['/train?run=1', 'Train, one run', 'Runs'],
  ]
  for (const [hash, name, heading] of screens) {
    await show(page, hash)
    await expect(page.getByRole('heading', { name: heading }).first(), name).toBeVisible()
    await look(page, name)
  }
})

test('every dialog, menu and popover', async ({ page, door }) => {
  await start(page, door)
  const closes = async (name: string, part = '[role=dialog]') => {
    await look(page, name, part)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(page.getByRole('menu')).toBeHidden()
  }
  const command = async (text: string) => {
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('combobox', { name: 'Find a command' }).fill(text)
    await page.keyboard.press('Enter')
  }
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('option', { name: /^Home/ })).toBeVisible()
  await closes('the palette')

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await closes('the list of shortcuts')

  await command('what measures mean')
  await expect(page.getByRole('dialog', { name: 'Measures' })).toBeVisible()
  await expect(page.locator('math').last()).toBeAttached()
  await closes('the measures')

  await command('open or make a project')
  await expect(page.getByRole('dialog', { name: 'Open or make a project' })).toBeVisible()
  await closes('the project dialog')

  await command('new runs')
  await expect(page.getByRole('dialog', { name: 'New runs' })).toBeVisible()
  await look(page, 'new runs, presets', '[role=dialog]')
  await page.getByRole('tab', { name: 'Your own' }).click()
  await closes('new runs of one’s own')

  await page.getByRole('button', { name: 'Project menu' }).click()
  await closes('the project menu', '[role=menu]')
  await page.getByRole('button', { name: /^Theme/ }).click()
  await closes('the theme menu', '[role=menu]')

  await show(page, '/figures')
  // It goes when the window changes its size: opened anew in each.
  for (const [colorScheme, size] of [
    ['light', LARGE],
    ['dark', SMALL],
  ] as const) {
    // prettier-ignore
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(size)
    await page.getByRole('button', { name: 'What is Accuracy?' }).first().click()
    await expect(page.getByRole('dialog', { name: 'Accuracy' }).locator('math')).toBeVisible()
    expect.soft(await violations(page, { part: '[role=dialog]' }), `the explanation of a measure, ${colorScheme}`).toEqual([]) // prettier-ignore
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize(LARGE)

  await show(page, '/')
  await page.getByRole('button', { name: /^Remove from this list/ }).first().click() // prettier-ignore
  await expect(page.getByRole('status').getByText('Removed from the list')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).hover()
  await look(page, 'the offer to take back')
  await page.keyboard.press('ControlOrMeta+z')
  await expect(page.getByRole('region', { name: 'Imports' })).toBeVisible()
})

test('the palette by keys alone: words in any order, recent ones first, the focus where it was', async ({
  page,
  door,
}) => {
  await start(page, door)
  await page.getByRole('link', { name: 'Data', exact: true }).focus()
  await page.keyboard.press('ControlOrMeta+k')
  const asked = page.getByRole('combobox', { name: 'Find a command' })
  await expect(asked).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('link', { name: 'Data', exact: true })).toBeFocused()

  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('soft run')
  const options = page.getByRole('option')
  await expect(options).toHaveCount(1)
  await expect(options.first()).toContainText('Run 2: resnet_basic_8, soft')
  await expect(asked).toHaveAttribute('aria-activedescendant', (await options.first().getAttribute('id')) ?? '')
  await page.keyboard.press('Enter')
  await expect(page.getByText('run 2 alone')).toBeVisible()

  await page.keyboard.press('ControlOrMeta+k')
  await expect(options.first()).toContainText('Run 2: resnet_basic_8, soft')
  await page.keyboard.type('17')
  await expect(options.first()).toContainText('Image 17 in Data')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Image 17' })).toBeVisible()

  await page.keyboard.press('ControlOrMeta+k')
  await page.keyboard.type('theme dark')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})
