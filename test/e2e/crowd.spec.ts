/**
 * The place Crowd, as a researcher goes through it: set up, invite, rehearse, decide, publish; by keys, small and dark.
 */
import type { Page } from '@playwright/test'
import { violations } from './axe'
import { expect, goTo, test, watchPage, withDemo, type Door } from './door'

test.use({ doorName: 'crowd' })
test.describe.configure({ mode: 'serial' })

/** Unpublished names, so that nothing here depends on another spec's project. */
const NAME = 'Pilot by keys'
const ANNOTATORS = 30

async function openStudy(page: Page, door: Door, side = 'quality') {
  const study = (await door.call('studies.list', {})).find(({ name }) => name === NAME)
  if (!study) throw new Error('The study of the first test is missing.')
  await page.goto(door.url)
  await goTo(page, 'Crowd')
  await expect(page.getByRole('heading', { level: 2, name: NAME })).toBeVisible()
  await page.getByRole('tab', { name: side === 'quality' ? 'Quality' : side }).click()
  return study
}
const cell = (page: Page, row: string, column: 'now' | 'then') =>
  page
    .getByRole('row', { name: row })
    .getByRole('cell')
    .nth(column === 'now' ? 0 : 1)

/** Tab until the control is reached; fails where no number of presses leads there. */
async function tabTo(page: Page, name: string | RegExp, role: 'textbox' | 'spinbutton' | 'button' | 'tab') {
  const wanted = page.getByRole(role, { name, exact: typeof name === 'string' })
  for (let press = 0; press < 120; press++) {
    if (await wanted.evaluate((each) => each === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${String(name)}.`)
}

test('without images it says what it needs; with images it offers a study', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Crowd')
  await expect(page.getByRole('heading', { name: 'A study needs images' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'New study' })).toBeDisabled()
  await withDemo(door, 400)
  await expect(page.getByRole('heading', { name: 'No study yet' })).toBeVisible()
})

test('what is wrong with a study stands beside its field, and nothing is made', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Crowd')
  await page.getByRole('button', { name: 'New study' }).first().click()
  await expect(page.getByText(/Verified: everybody/)).toBeVisible()
  const fields: [string, string, RegExp][] = [
    ['Images per participant', '401', /Between 1 and 400/],
    ['Exclude below', '120', /Between 0 and 100/],
    ['Image size on the screen', '8', /Between 32 and 512/],
    ['Only these images', '5-3', /ends before it begins/],
    ['Completion address', 'prolific', /begins with https/],
  ]
  for (const [label, value] of fields) await page.getByLabel(label, { exact: true }).fill(value)
  await page.getByRole('button', { name: 'Create study' }).click()
  for (const [label, , problem] of fields) {
    const field = page.getByLabel(label, { exact: true })
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(problem)
  }
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  expect(await door.call('studies.list', {})).toEqual([])
  // Every obvious image is needed for the checks of one participant: one struck out is one too few.
  const [all = ''] = /^\d+/.exec((await page.getByText(/obvious images chosen/).textContent()) ?? '') ?? []
  const chosen = (n: number) => page.getByText(`${n} obvious images chosen, ${all} for each participant.`)
  await page.getByLabel('Name', { exact: true }).fill('Too few')
  for (const [label, value] of [
    ['Images per participant', String(2 * Number(all))],
    ['Attention check after every', '2'],
    ['Exclude below', '75'],
    ['Image size on the screen', '160'],
    ['Only these images', ''],
    ['Completion address', ''],
  ] as const)
    await page.getByLabel(label, { exact: true }).fill(value)
  await page
    .getByRole('button', { name: /strike it out/ })
    .first()
    .click()
  await expect(chosen(Number(all) - 1)).toBeVisible()
  await page.getByRole('button', { name: 'Create study' }).click()
  await expect(page.getByText(`choose at least ${all} obvious images`)).toBeVisible()
  await page.getByLabel('Add images by index').fill('99999')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByLabel('Add images by index')).toHaveAccessibleDescription(/does not exist/)
  await page.getByRole('button', { name: /struck out, take it back/ }).click()
  await expect(chosen(Number(all))).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  expect(await door.call('studies.list', {})).toEqual([])
})

test('a study is made by keys alone', async ({ page, door }) => {
  await page.goto(door.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('3')
  await expect(page.getByRole('heading', { level: 1, name: 'Crowd' })).toBeVisible()
  await page.keyboard.press('n')
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await expect(page.getByText(/Verified: everybody/)).toBeVisible()
  await page.keyboard.type(NAME)
  await tabTo(page, 'Images per participant', 'spinbutton')
  await page.keyboard.type('40')
  await tabTo(page, 'Attention check after every', 'spinbutton')
  await page.keyboard.type('4')
  await tabTo(page, 'Completion code', 'textbox')
  await page.keyboard.type('DONE-1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 2, name: NAME })).toBeVisible()
  const [made] = await door.call('studies.list', {})
  expect(made?.protocol).toMatchObject({
    imagesPerParticipant: 40,
    checkEvery: 4,
    checkThreshold: 0.75,
    practiceTrials: 10,
  })
  expect(made?.completion.code).toBe('DONE-1')
  expect(made?.checks?.images.length).toBeGreaterThanOrEqual(10)
  await tabTo(page, 'Invite people', 'button')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Invite', 'button')
  await page.keyboard.press('Enter')
  await expect(page.getByText('10 links')).toBeVisible()
  expect(await door.call('studies.participants', { study: made?.id ?? 0 })).toHaveLength(10)
})

test('a name is given once', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Crowd')
  await page.getByRole('button', { name: 'New study' }).click()
  await page.getByLabel('Name', { exact: true }).fill(NAME)
  await page.getByLabel('Name', { exact: true }).blur()
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/There is a study/)
})

test('each invited person has a link of their own that opens the participants’ page', async ({
  page,
  door,
  context,
}) => {
  const study = await openStudy(page, door, 'Invite')
  // Pages as they come have brackets that participants would read.
  await expect(page.getByRole('button', { name: 'Fill in the pages' })).toHaveCount(
    /\[[a-z]/i.test(Object.values(study.pages).join(' ')) ? 1 : 0,
  )
  await page.getByLabel('People to invite').fill('0')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await expect(page.getByLabel('People to invite')).toHaveAccessibleDescription(/1 to 1,000/)
  const participants = await door.call('studies.participants', { study: study.id })
  expect(participants).toHaveLength(10)
  const hrefs = await page
    .getByRole('link', { name: /study\.html#/ })
    .evaluateAll((all) => all.map((each) => (each as HTMLAnchorElement).href))
  expect(hrefs.map((href) => new URL(href).hash.slice(1)).sort()).toEqual(participants.map(({ token }) => token).sort())
  expect(await page.getByText(/join=.*PROLIFIC_PID=/).textContent()).toContain(study.joinToken)

  const participant = await context.newPage()
  const complaints = watchPage(participant)
  await participant.goto(hrefs[0] ?? '')
  await expect(participant.getByRole('heading', { name: 'Before you begin' })).toBeVisible()
  await expect(participant.getByRole('navigation', { name: 'Places' })).toHaveCount(0)
  expect(complaints).toEqual([])
  await participant.close()
})

test('all links are copied as CSV', async ({ page, door, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openStudy(page, door, 'Invite')
  await page.getByRole('button', { name: 'Copy all as CSV' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).trim().split('\r\n')
  expect(lines[0]).toBe('participant,state,link')
  expect(lines).toHaveLength(11)
})

test('simulated annotators arrive, marked as such', async ({ page, door }) => {
  const study = await openStudy(page, door, 'Rehearse')
  await page.getByLabel('Careful').fill('50')
  await expect(page.getByText(/The shares make .*, not 100%/)).toBeVisible()
  await page.getByRole('button', { name: /^Simulate/ }).click()
  await page.getByLabel('Annotators').fill('21')
  await page.getByRole('button', { name: 'Rehearse through the door' }).click()
  await expect(page.getByLabel('Annotators')).toHaveAccessibleDescription(/at most 20/)
  expect(await door.call('jobs.list', {})).toHaveLength(1)

  for (const [kind, share] of [
    ['Careful', '50'],
    ['Hurried', '30'],
    ['One position', '10'],
    ['Random', '10'],
  ] as const)
    await page.getByLabel(kind).fill(share)
  await page.getByLabel('Annotators').fill(String(ANNOTATORS))
  await page.getByRole('button', { name: `Simulate ${ANNOTATORS} annotators` }).click()
  await expect(page.getByText(new RegExp(`^${ANNOTATORS} simulated participants`))).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Look at their quality' }).click()
  await expect(page.getByText(`${ANNOTATORS} finished`)).toBeVisible()
  const marked = (await door.call('studies.participants', { study: study.id })).filter(
    ({ kind }) => kind === 'simulated',
  )
  expect(marked).toHaveLength(ANNOTATORS)
  await page.getByRole('button', { name: 'Checks', exact: true }).click()
  await expect(page.getByRole('row', { name: /simulated, (random|one position)/ }).first()).toBeVisible()
})

test('the slider shows at once what another threshold would do, and a reason puts it in force', async ({
  page,
  door,
}) => {
  const study = await openStudy(page, door)
  const { now } = await door.call('studies.quality', { study: study.id, threshold: 0.75 })
  await expect(cell(page, 'Excluded', 'now')).toHaveText(String(now.excluded))
  await expect(cell(page, 'Excluded', 'then')).toHaveText(String(now.excluded))
  const slider = page.getByRole('slider', { name: /Exclude below/ })
  await slider.focus()
  await page.keyboard.press('End')
  const { then } = await door.call('studies.quality', { study: study.id, threshold: 1 })
  expect(then.excluded).toBeGreaterThan(now.excluded)
  await expect(cell(page, 'Excluded', 'then')).toHaveText(String(then.excluded))
  await expect(cell(page, 'Judgments that count', 'then')).toHaveText(then.judgments.toLocaleString('en-US'))
  await expect(cell(page, 'Mean entropy', 'then')).toHaveText(then.meanEntropyNats.toFixed(4))
  await expect(cell(page, 'Distance to now', 'then')).toHaveText(then.totalVariation.toFixed(4))
  await expect(page.getByText('→ excluded').first()).toBeVisible()
  // Dragged to and fro faster than answers come: the last place counts.
  for (const key of ['Home', 'End', 'Home', 'End', 'PageDown', 'PageDown', 'End', 'Home'])
    await page.keyboard.press(key)
  await expect(cell(page, 'Excluded', 'then')).toHaveText('0')
  expect((await door.call('studies.list', {}))[0]?.protocol.checkThreshold).toBe(0.75)

  const number = page.getByRole('spinbutton', { name: 'Exclude below' })
  await number.fill('101')
  await expect(number).toHaveAccessibleDescription(/Between 0 and 100/)
  await number.fill('90')
  await page.getByRole('button', { name: 'Use this threshold' }).click()
  await expect(page.getByLabel('Reason')).toHaveAccessibleDescription(/Say why/)
  await page.getByLabel('Reason').fill('Stricter for the pilot')
  await page.getByRole('button', { name: 'Use this threshold' }).click()
  await expect(page.getByRole('row', { name: /Threshold from 75% to 90%/ })).toContainText('Stricter for the pilot')
  expect((await door.call('studies.list', {}))[0]?.protocol.checkThreshold).toBe(0.9)
})

test('somebody is excluded by hand, and taken back, with both reasons kept', async ({ page, door }) => {
  const study = await openStudy(page, door)
  const kept = (await door.call('studies.participants', { study: study.id })).find(
    ({ state, excluded }) => state === 'finished' && !excluded,
  )
  const code = kept?.code ?? ''
  const row = page.getByRole('row', { name: new RegExp(`^${code}`) })
  async function decide(choice: RegExp, reason: string) {
    await page.getByRole('button', { name: `${code}: look closer and decide` }).click()
    const dialog = page.getByRole('dialog', { name: code })
    await dialog.getByRole('radio', { name: choice }).check()
    await dialog.getByRole('button', { name: 'Record the decision' }).click()
    await expect(dialog.getByLabel('Reason')).toHaveAccessibleDescription(/Say why/)
    await dialog.getByLabel('Reason').fill(reason)
    await dialog.getByRole('button', { name: 'Record the decision' }).click()
    await expect(dialog).toBeHidden()
  }
  // The table holds what is on the screen: whoever is decided about is brought there first.
  await page.getByRole('button', { name: 'Verdict', exact: true }).click()
  await page.getByRole('region', { name: 'Studies' }).evaluate((place) => place.scrollTo(0, 400))
  await page.locator('.scroller').evaluate((list, at) => list.scrollTo(0, at), 0)
  await page.getByRole('button', { name: 'Code', exact: true }).click()
  await page.locator('.scroller').evaluate((list, at) => list.scrollTo(0, at), ((kept?.number ?? 1) - 2) * 33)
  const before = Number(await cell(page, 'Excluded', 'now').textContent())
  await decide(/^Exclude/, 'Said the screen was dark')
  await expect(row).toContainText('excluded by hand')
  await expect(cell(page, 'Excluded', 'now')).toHaveText(String(before + 1))
  await decide(/^Leave it to the rule/, 'It was another screen')
  await expect(row).not.toContainText('by hand')
  await expect(cell(page, 'Excluded', 'now')).toHaveText(String(before))
  await expect(page.getByRole('row', { name: /to exclude/ })).toContainText('Said the screen was dark')
  await expect(page.getByRole('row', { name: /to the rule/ })).toContainText('It was another screen')
})

test('the distributions are made, and seen in Data', async ({ page, door }) => {
  const study = await openStudy(page, door)
  await page.getByRole('button', { name: 'Make distributions' }).click()
  await page.getByRole('link', { name: 'See them in Data' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible()
  const published = (await door.call('project.current', {}))?.labelSets.find(({ format }) => format === 'study')
  expect(published?.judgments).toBe((await door.call('studies.list', {})).find(({ id }) => id === study.id)?.judgments)
  await expect(page.getByText(`${published?.name}: labels by people for`)).toBeVisible()
})

test('the judgments are exported without identifiers unless asked for', async ({ page, door }) => {
  await openStudy(page, door)
  await page.getByRole('button', { name: 'More of the study' }).click()
  await page.getByRole('menuitem', { name: 'Export…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  await expect(dialog.getByRole('checkbox', { name: /With identifiers/ })).not.toBeChecked()
  await dialog.getByLabel('File').fill('')
  await dialog.getByRole('button', { name: 'Write the file' }).click()
  await expect(dialog.getByLabel('File')).toHaveAccessibleDescription(/Name a file/)
  await dialog.getByLabel('File').fill(`${door.project}/exports/pilot.csv`)
  await dialog.getByRole('button', { name: 'Write the file' }).click()
  await expect(dialog.getByRole('status')).toContainText('pilot.csv')
})

test('a study is closed and opened with one button', async ({ page, door }) => {
  await openStudy(page, door, 'Invite')
  await page.getByRole('button', { name: 'Close the study' }).click()
  await expect(page.getByRole('button', { name: 'Open the study' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Invite', exact: true })).toBeDisabled()
  expect((await door.call('studies.list', {}))[0]?.state).toBe('closed')
  await page.getByRole('button', { name: 'Open the study' }).click()
  await expect(page.getByRole('button', { name: 'Close the study' })).toBeVisible()
})

test('pages and name can still change, the protocol cannot', async ({ page, door }) => {
  const study = await openStudy(page, door)
  await page.getByRole('button', { name: 'More of the study' }).click()
  await page.getByRole('menuitem', { name: /Settings/ }).click()
  await expect(page.getByLabel('Images per participant')).toBeDisabled()
  await page.getByLabel('Consent, in Markdown').fill('# Hello\n\nRead **this**.')
  await expect(
    page.getByRole('region', { name: 'As participants read it' }).getByRole('heading', { name: 'Hello' }),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByRole('heading', { level: 2, name: NAME })).toBeVisible()
  const changed = (await door.call('studies.list', {})).find(({ id }) => id === study.id)
  expect(changed?.pages.consent).toBe('# Hello\n\nRead **this**.')
  expect(changed?.protocol).toEqual({ ...study.protocol })
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`no accessibility violations in any of its sides, ${colorScheme}`, async ({ page, door }) => {
    await page.emulateMedia({ colorScheme })
    for (const side of ['quality', 'Invite', 'Rehearse']) {
      await openStudy(page, door, side)
      await page.waitForLoadState('networkidle')
      expect(await violations(page), side).toEqual([])
    }
    await page.getByRole('button', { name: 'New study' }).click()
    await expect(page.getByText(/Verified: everybody/)).toBeVisible()
    await page.getByRole('button', { name: 'Create study' }).click()
    expect(await violations(page), 'form').toEqual([])
  })

test('every side fits 1024 x 640 without scrolling sideways', async ({ page, door }) => {
  await page.setViewportSize({ width: 1024, height: 640 })
  const over = () =>
    page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.place-content, .fields, .scroller')]
        .map((each) => each.scrollWidth - each.clientWidth)
        .filter((width) => width > 0),
    )
  for (const side of ['quality', 'Invite', 'Rehearse']) {
    await openStudy(page, door, side)
    await page.waitForLoadState('networkidle')
    expect(await over(), side).toEqual([])
  }
  await page.getByRole('button', { name: 'New study' }).click()
  await expect(page.getByText(/Verified: everybody/)).toBeVisible()
  expect(await over(), 'form').toEqual([])
})

test('a study in which nobody judged is removed; one that people judged stays, and says why', async ({
  page,
  door,
}) => {
  const study = await openStudy(page, door)
  const { token } = await door.call('studies.label', { study: study.id })
  const environment = {
    browser: 'test',
    screenWidth: 1,
    screenHeight: 1,
    windowWidth: 1,
    windowHeight: 1,
    pixelRatio: 1,
    language: 'en',
    frameMs: 16,
  }
  let view = await door.call('session.open', { token, environment })
  while (view.stage === 'consent' || view.stage === 'instructions')
    view = await door.call('session.advance', { token, from: view.stage })
  const answer = (practice: boolean, trial: number, chosen: number) =>
    door.call('session.answer', {
      token,
      answer: {
        practice,
        trial,
        chosen,
        slot: view.layout.indexOf(chosen),
        reactionTimeMs: 500,
        onsetMs: 100,
        elapsedMs: 600,
        focusLosses: 0,
      },
    })
  for (let at = view.practice.position; at < view.practice.total; at++) {
    const { feedback } = await answer(true, at, 0)
    if (feedback && !feedback.correct) await answer(true, at, feedback.label)
  }
  await answer(false, 0, 0)
  // Seen without being asked for: the study tells that it changed.
  await expect(page.getByText('2 running')).toBeVisible()
  await page.getByRole('button', { name: 'State', exact: true }).click()
  const own = page.getByRole('row', { name: / you / })
  await expect(own).toContainText(`1 of ${view.trials.total}`)
  await expect(own.getByRole('progressbar')).toHaveAttribute(
    'aria-valuenow',
    String(Math.round(100 / view.trials.total)),
  )

  async function remove() {
    await page.getByRole('button', { name: 'More of the study' }).click()
    await page.getByRole('menuitem', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove the study' }).click()
  }
  await remove()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('never deleted')
  await page.getByRole('button', { name: 'Keep it' }).click()

  const {
    id: _,
    state: _s,
    joinToken: _j,
    createdAt: _c,
    sessions: _p,
    judgments: _n,
    judgmentsPerImage: _m,
    ...config
  } = study
  await door.call('studies.create', { ...config, name: 'Unused' })
  // What is shown stays until somebody chooses.
  const choice = page.getByRole('combobox', { name: 'Study' })
  await expect(choice).toBeVisible()
  await expect(page.getByRole('heading', { level: 2, name: NAME })).toBeVisible()
  await choice.selectOption({ label: 'Unused' })
  await expect(page.getByRole('heading', { level: 2, name: 'Unused' })).toBeVisible()
  await remove()
  await expect(page.getByRole('heading', { level: 2, name: NAME })).toBeVisible()
  expect((await door.call('studies.list', {})).map(({ name }) => name)).toEqual([NAME])
})
