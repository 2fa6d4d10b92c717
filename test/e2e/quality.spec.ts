/**
 * What every place must be: reachable by keys, with its focus shown; what the window keeps and what it refuses. Axe and
 * sideways scrolling: accessibility.spec.ts.
 */
import { expect, goTo, PLACES, runReaches, test, tinyRun, withDemo } from './door'

test.use({ doorName: 'quality' })

test.beforeAll(async ({ door }) => {
  const data = await withDemo(door, 300)
  const attacks = [{ attack: 'fgsm' as const, epsilon: 4, stepSize: 4, steps: 1, randomStart: false, images: 20 }]
  const configs = (['hard', 'soft'] as const).flatMap((target) =>
    [0, 1].map((fold) => tinyRun(data, { target, fold, epochs: 1, trainImages: 64, attacks })),
  )
  for (const { id } of await door.call('runs.queue', { configs })) await runReaches(door, id, 'done')
})

for (const dialog of ['New runs', 'Keyboard', 'Open or make a project'] as const)
  test(`the dialog ${dialog} gives the focus back`, async ({ page, door }) => {
    await page.goto(door.url)
    await goTo(page, 'Train')
    const opener = {
      'New runs': page.getByRole('button', { name: 'New runs' }),
      Keyboard: page.getByRole('button', { name: 'Keyboard shortcuts' }),
      'Open or make a project': page.getByRole('button', { name: 'Project menu' }),
    }[dialog]
    await opener.click()
    if (dialog === 'Open or make a project')
      await page.getByRole('menuitem', { name: /Open or make a project/ }).click()
    await expect(page.getByRole('dialog', { name: dialog })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    // The menu item that opened the project dialog is gone by then; the others take the focus back.
    if (dialog !== 'Open or make a project') await expect(opener).toBeFocused()
  })

test('by keys alone: places, new runs, the list of shortcuts', async ({ page, door }) => {
  await page.goto(door.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  for (const [at, place] of PLACES.entries()) {
    await page.keyboard.press(String(at + 1))
    await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible()
  }
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press(String(PLACES.indexOf('Train') + 1))
  await page.keyboard.press('n')
  await expect(page.getByRole('dialog', { name: 'New runs' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})

for (const place of PLACES)
  test(`every control of ${place} is reached by Tab and shows its focus`, async ({ page, door }) => {
    await page.goto(door.url)
    await goTo(page, place)
    await page.waitForLoadState('networkidle')
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    const wanted = await page.evaluate(() => {
      const controls = [
        ...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, summary, [role=listbox]'),
      ]
      // A group of radio buttons is one stop.
      const reachable = controls.filter(
        (each) =>
          !each.matches('[type=radio]:not(:checked)') &&
          !each.hasAttribute('disabled') &&
          each.checkVisibility() &&
          each.tabIndex >= 0,
      )
      reachable.forEach((each, at) => (each.dataset['tabTest'] = String(at)))
      return reachable.length
    })
    const reached = new Set<string>()
    for (let press = 0; press < wanted + 12; press++) {
      await page.keyboard.press('Tab')
      const now = await page.evaluate(() => {
        const active = document.activeElement as HTMLElement | null
        if (!active || active === document.body) return null
        const style = getComputedStyle(active)
        const cell = document.getElementById(active.getAttribute('aria-activedescendant') ?? '')
        const shown = cell ? getComputedStyle(cell) : style
        return {
          at: active.dataset['tabTest'] ?? '',
          visible: shown.outlineStyle !== 'none' && shown.outlineWidth !== '0px',
          what: active.outerHTML.slice(0, 120),
        }
      })
      if (!now) continue
      expect(now.visible, `the focus shows on ${now.what}`).toBe(true)
      if (now.at) reached.add(now.at)
    }
    expect(reached.size).toBe(wanted)
  })

test('the theme is chosen, kept, and needs no system', async ({ page, door }) => {
  await page.goto(door.url)
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByRole('button', { name: /^Theme/ }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await expect.poll(ground).not.toBe(light)
  const dark = await ground()
  await page.reload()
  expect(await ground()).toBe(dark)
})

test('reduced motion is honoured', async ({ page, door }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(door.url)
  const longest = await page.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll('*')].map((each) => parseFloat(getComputedStyle(each).transitionDuration) || 0),
    ),
  )
  expect(longest).toBeLessThan(0.01)
})

test('another site’s token, or none, opens nothing', async ({ page, door, complaints }) => {
  await page.goto(new URL(door.url).origin)
  await expect(page.getByRole('region', { name: 'This window has no access to the program' })).toContainText('token')
  // Refused calls and the refused event stream are what the browser complains about here.
  expect(complaints.length).toBeGreaterThan(0)
  complaints.length = 0
})
