/**
 * Every place, dialog, menu and popover with real content: no violation axe can find, in light and dark, at 1440 x 900
 * and 1024 x 640, and nothing that scrolls sideways in the smaller window. One test for each view and each dialog.
 */

import type { Page } from '@playwright/test'
import { violations } from './axe'
import { expect, goTo, PLACES, runReaches, test, tinyRun, withDemo, type Door } from './door'
import { makeStudy } from './sessions'

// What is found is said in words; a trace of every look would cost more than the looks.
test.use({ doorName: 'accessibility', trace: 'off' })

const LARGE = { width: 1440, height: 900 }
const SMALL = { width: 1024, height: 640 }

let data: { imageSet: string; labelSet: string }
test.beforeAll(async ({ door }) => {
  data = await withDemo(door, 300)
  const attacks = [{ attack: 'fgsm' as const, epsilon: 4, stepSize: 4, steps: 1, randomStart: false, images: 20 }]
  const configs = (['hard', 'soft'] as const).map((target) =>
    tinyRun(data, { target, epochs: 1, trainImages: 64, attacks }),
  )
  for (const { id } of await door.call('runs.queue', { configs })) await runReaches(door, id, 'done')
  await makeStudy(door, data, {
    name: 'Pilot',
    protocol: { imagesPerParticipant: 10, checkEvery: 0, practiceTrials: 0 },
  })
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
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(size)
    // Colours on their way from one theme to the other are nobody's.
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))),
    )
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
    [
      document.documentElement,
      ...document.querySelectorAll('.place-content, .side, .scroller, .fields, aside, [role=listbox]'),
    ]
      .map((element) => element.scrollWidth - element.clientWidth)
      .filter((by) => by > 0),
  )

async function start(page: Page, door: Door, colorScheme: 'light' | 'dark' = 'light') {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.goto(door.url)
  await expect(page.getByRole('heading', { name: 'In this project' })).toBeVisible()
}

async function show(page: Page, hash: string) {
  await page.evaluate((to) => (location.hash = to), hash)
}

test('the views tested here are all that the navigation has', async ({ page, door }) => {
  await start(page, door)
  const links = page.getByRole('navigation', { name: 'Places' }).getByRole('link')
  await expect(links).toHaveText(PLACES.map((name) => new RegExp(`^\\s*${name}\\s*$`)))
})

for (const name of PLACES)
  test(`view: ${name}`, async ({ page, door }) => {
    await start(page, door)
    await goTo(page, name)
    await look(page, name)
  })

const SCREENS: { name: string; hash: () => string; heading: string }[] = [
  { name: 'the form of a study', hash: () => '/crowd?form=new', heading: 'Crowd' },
  {
    name: 'the image list',
    hash: () => `/data?labels=${encodeURIComponent(data.labelSet)}&view=images`,
    heading: 'Data',
  },
  {
    name: 'an opened image',
    hash: () => `/data?labels=${encodeURIComponent(data.labelSet)}&view=images&image=17`,
    heading: 'Image 17',
  },
  { name: 'one run', hash: () => '/train?run=1', heading: 'Runs' },
]
for (const { name, hash, heading } of SCREENS)
  test(`view: ${name}`, async ({ page, door }) => {
    await start(page, door)
    await show(page, hash())
    await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible()
    await look(page, name)
  })

/** Runs a command of the palette by its name. */
async function command(page: Page, text: string) {
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox', { name: 'Find a command' }).fill(text)
  await page.keyboard.press('Enter')
}

/** Looks at what is open, then closes it. */
async function lookAndClose(page: Page, name: string, part = '[role=dialog]') {
  await look(page, name, part)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('menu')).toBeHidden()
}

test('dialog: the palette', async ({ page, door }) => {
  await start(page, door)
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('option', { name: /^Home/ })).toBeVisible()
  await lookAndClose(page, 'the palette')
})

test('dialog: the list of shortcuts', async ({ page, door }) => {
  await start(page, door)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await lookAndClose(page, 'the list of shortcuts')
})

test('dialog: the measures', async ({ page, door }) => {
  await start(page, door)
  await command(page, 'what measures mean')
  await expect(page.getByRole('dialog', { name: 'Measures' })).toBeVisible()
  await expect(page.locator('math').last()).toBeAttached()
  await lookAndClose(page, 'the measures')
})

test('dialog: projects', async ({ page, door }) => {
  await start(page, door)
  await command(page, 'open or make a project')
  await expect(page.getByRole('dialog', { name: 'Open or make a project' })).toBeVisible()
  await lookAndClose(page, 'the project dialog')
})

test('dialog: new runs, by preset and one’s own', async ({ page, door }) => {
  await start(page, door)
  await command(page, 'new runs')
  const dialog = page.getByRole('dialog', { name: 'New runs' })
  await expect(dialog).toBeVisible()
  await look(page, 'new runs, presets', '[role=dialog]')
  await page.getByRole('tab', { name: 'Your own' }).click()
  await expect(dialog.getByLabel('Epochs')).toBeVisible()
  await lookAndClose(page, 'new runs of one’s own')
})

test('menus: project and theme', async ({ page, door }) => {
  await start(page, door)
  for (const [button, name] of [
    [/^Project menu$/, 'the project menu'],
    [/^Theme/, 'the theme menu'],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    await lookAndClose(page, name, '[role=menu]')
  }
})

// It goes when the window changes its size: opened anew in each.
for (const [colorScheme, size] of [
  ['light', LARGE],
  ['dark', SMALL],
] as const)
  test(`popover: the explanation of a measure, ${colorScheme}, ${size.width}`, async ({ page, door }) => {
    await page.setViewportSize(size)
    await start(page, door, colorScheme)
    await show(page, '/figures')
    await page.getByRole('button', { name: 'What is Accuracy?' }).first().click()
    await expect(page.getByRole('dialog', { name: 'Accuracy' }).locator('math')).toBeVisible()
    expect(await violations(page, { part: '[role=dialog]' })).toEqual([])
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  })

test('the offer to take back a removal', async ({ page, door }) => {
  await start(page, door)
  await page
    .getByRole('button', { name: /^Remove from this list/ })
    .first()
    .click()
  await expect(page.getByRole('status').getByText('Removed from the list')).toBeVisible()
  // Under the pointer it stays for as long as it is looked at.
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
