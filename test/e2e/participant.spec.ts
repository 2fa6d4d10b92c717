/**
 * A participant's session through the real door in a real browser, by keyboard alone, against what the project stored.
 */
import type { Page } from '@playwright/test'
import { expect, test, withDemo } from './door'
import {
  answerAfter,
  digestOf,
  drawingsSoFar,
  expectAccessible,
  invite,
  makeStudy,
  nextDrawing,
  stored,
  watchCanvas,
  type Seen,
} from './sessions'

test.use({ doorName: 'participant' })
let data: { imageSet: string; labelSet: string }
test.beforeAll(async ({ door }) => {
  data = await withDemo(door, 600)
})

/** The page before the first image of an opening has its button in focus. */
async function begin(page: Page) {
  await expect(page.getByRole('button', { name: /^(Begin|Go on)$/ })).toBeFocused()
  await page.keyboard.press('Enter')
}

/**
 * Browsers round time stamps to a tenth of a millisecond, two of them stand in a difference; the rest is binary
 * fractions.
 */
const ROUNDING_MS = 0.2 + 1e-6

test('the paper’s session, 200 images and 10 checks, is stored as it was seen', async ({ page, door, complaints }) => {
  test.setTimeout(300_000)
  const study = await makeStudy(door, data)
  const { token, link } = await invite(door, study.id)
  await watchCanvas(page)
  await page.goto(link)

  await expect(page.getByRole('heading', { level: 1, name: 'Consent' })).toBeFocused()
  await expect(page.getByText(/Recorded are your answers/)).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Instructions' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')

  // Practice: wrong once, then as the feedback says.
  let practised = 0
  for (let trial = 0; trial < 10; trial++) {
    const status = page.getByRole('status')
    // Nothing is taken before the image is painted, nor between an answer and the next painting.
    practised = await nextDrawing(page, practised)
    await expect(status).toContainText(`Practice image ${trial + 1} of 10`)
    const asked = (await status.textContent()) ?? ''
    await page.keyboard.press(String(trial))
    await expect(status).not.toHaveText(asked)
    const key = /\(key (\d)\)/.exec((await status.textContent()) ?? '')?.[1]
    if (!key) continue
    practised = await nextDrawing(page, practised)
    await page.keyboard.press(key)
  }
  await expect(page.getByRole('heading', { name: 'Practice is over' })).toBeVisible()
  await expect(page.getByText('the real images begin, 210 of them')).toBeVisible()
  let drawings = await drawingsSoFar(page)
  await page.keyboard.press('Enter')

  const seen: Seen[] = []
  for (let trial = 0; trial < 210; trial++) {
    drawings = await nextDrawing(page, drawings)
    // 7 and 10 share no factor: every slot comes with every delay.
    seen.push(await answerAfter(page, (trial * 7) % 10, (trial * 13) % 60))
  }
  await expect(page.getByRole('heading', { level: 1, name: 'Thank you' })).toBeVisible()
  await expect(page.getByText('DONE-42')).toBeVisible()
  await expect(page.getByRole('link', { name: /confirm your participation/ })).toHaveAttribute(
    'href',
    'https://example.org/done',
  )

  const { answers, layout, plan, session, practice } = stored(door, token)
  const classes = (await door.call('project.current', {}))?.imageSets[0]?.classes ?? []
  expect(answers.map(({ trial, revision }) => [trial, revision])).toEqual(seen.map((_, trial) => [trial, 0]))
  expect(answers.map(({ slot }) => slot)).toEqual(seen.map(({ slot }) => slot))
  expect(answers.map(({ chosen }) => chosen)).toEqual(seen.map(({ slot }) => layout[slot]))
  const checks = answers.filter(({ is_check }) => is_check === 1).map(({ trial }) => trial)
  expect(checks).toEqual(Array.from({ length: 10 }, (_, block) => block * 21 + 20))
  expect(answers.flatMap(({ image, is_check }) => [image, is_check])).toEqual(plan)
  expect(new Set(answers.map(({ image, is_check }) => `${image}/${is_check}`)).size).toBe(210)
  const shown = await digestOf(
    door,
    data.imageSet,
    answers.map(({ image }) => image),
  )
  for (const [trial, one] of seen.entries()) {
    const answer = answers[trial]!
    expect(one.pixels, `the image of trial ${trial}`).toBe(shown[trial])
    expect(one.labels).toEqual(layout.map((label, slot) => `${classes[label]}, key ${(slot + 1) % 10}`))
    expect(one.said).toContain(`Image ${trial + 1} of 210`)
    // The frame it was drawn in and the key's own time stamp, nothing between; no image comes before the answer to the
    // last.
    expect(answer.reaction_time_ms, `reaction time of trial ${trial}`).toBeGreaterThanOrEqual((trial * 13) % 60)
    const onset = one.pressedAt - answer.reaction_time_ms
    expect(onset, `onset of trial ${trial}`).toBeGreaterThanOrEqual(one.frameAt - ROUNDING_MS)
    expect(onset, `onset of trial ${trial}`).toBeLessThanOrEqual(one.drawnAt + ROUNDING_MS)
    expect(answer.elapsed_ms - answer.onset_ms).toBeCloseTo(answer.reaction_time_ms, 3)
    expect(answer.focus_losses).toBe(0)
    if (trial > 0) {
      const before = { answer: answers[trial - 1]!, seen: seen[trial - 1]! }
      expect(answer.onset_ms).toBeGreaterThan(before.answer.elapsed_ms)
      const onsetBefore = before.seen.pressedAt - before.answer.reaction_time_ms
      expect(answer.onset_ms - before.answer.onset_ms).toBeCloseTo(onset - onsetBefore, 1)
    }
  }
  expect(session).toMatchObject({ stage: 'finished', position: 210, kind: 'person' })
  expect(JSON.parse(String(session['environment']))).toMatchObject({
    windowWidth: 1440,
    windowHeight: 900,
    pixelRatio: 1,
  })
  // What reads the canvas back here is this test.
  expect(complaints.every((text) => text.includes('willReadFrequently'))).toBe(true)
  complaints.length = 0
  // Each practice image ends with the right answer, and none of them is among the answers.
  for (let trial = 0; trial < 10; trial++) {
    const last = practice.filter((one) => one.trial === trial).at(-1)!
    expect(last.chosen).toBe(last.truth)
  }
})

test('a held key answers once, two keys at once too, and a reload goes on where it was', async ({ page, door }) => {
  const study = await makeStudy(door, data, {
    pages: { consent: '', instructions: '', debrief: '' },
    protocol: { practiceTrials: 0, imagesPerParticipant: 20, checkEvery: 5 },
  })
  const { token, link } = await invite(door, study.id)
  await watchCanvas(page)
  await page.goto(link)
  await expect(page.getByRole('button', { name: 'Begin' })).toBeFocused()
  await page.keyboard.press('Enter')
  let drawings = await nextDrawing(page, 0)
  await page.keyboard.down('3')
  drawings = await nextDrawing(page, drawings)
  // Playwright sends a key that is down again as a repeat; some keyboards do without saying so.
  for (let times = 0; times < 5; times++) await page.keyboard.down('3')
  await page.evaluate(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: '3', code: 'Digit3' })))
  await page.keyboard.up('3')
  expect(stored(door, token).answers.map(({ slot }) => slot)).toEqual([2])
  // Two keys in the same task: one answer.
  await page.evaluate(() => {
    for (const key of ['4', '5'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: `Digit${key}`, bubbles: true }))
    for (const key of ['4', '5'])
      document.body.dispatchEvent(new KeyboardEvent('keyup', { key, code: `Digit${key}`, bubbles: true }))
  })
  await nextDrawing(page, drawings)
  expect(stored(door, token).answers.map(({ slot }) => slot)).toEqual([2, 3])

  await page.reload()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await expect(page.getByText('You go on at image 3 of 24.')).toBeVisible()
  const before = stored(door, token)
  await page.keyboard.press('Enter')
  await nextDrawing(page, 0)
  await page.keyboard.press('6')
  await expect(page.getByRole('status')).toContainText('Image 4 of 24')
  const { answers, layout } = stored(door, token)
  expect(layout).toEqual(before.layout)
  expect(answers.map(({ trial, slot }) => [trial, slot])).toEqual([
    [0, 2],
    [1, 3],
    [2, 5],
  ])
  expect(answers[2]!.onset_ms).toBeGreaterThan(answers[1]!.elapsed_ms)
})

test('clicks answer by the pointer going down, and a focused label by Enter', async ({ page, door }) => {
  const study = await makeStudy(door, data, {
    pages: { consent: '', instructions: '', debrief: '' },
    protocol: { practiceTrials: 0 },
  })
  const { token, link } = await invite(door, study.id)
  await page.goto(link)
  await begin(page)
  const label = page.locator('[data-slot="4"]')
  await label.hover()
  await page.mouse.down()
  // The button is still down: the answer is there, and letting go is not another one.
  await expect(page.getByRole('status')).toContainText('Image 2 of 210')
  await page.mouse.up()
  await page.locator('[data-slot="7"]').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status')).toContainText('Image 3 of 210')
  await page.keyboard.press(' ')
  await expect(page.getByRole('status')).toContainText('Image 4 of 210')
  // As a screen reader activates a button: a click without a pointer.
  await page.evaluate(() => document.querySelector<HTMLElement>('[data-slot="9"]')?.click())
  await expect(page.getByRole('status')).toContainText('Image 5 of 210')
  expect(stored(door, token).answers.map(({ slot }) => slot)).toEqual([4, 7, 7, 9])
})

test('Escape pauses and counts, leaving is left for later, withdrawing is asked twice', async ({ page, door }) => {
  const study = await makeStudy(door, data, { protocol: { practiceTrials: 0 } })
  const { token, link } = await invite(door, study.id)
  await page.goto(link)
  await page.getByRole('button', { name: 'I agree' }).click()
  await page.getByRole('button', { name: 'Begin' }).click()
  await expect(page.getByRole('status')).toContainText('Image 1 of 210')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Pause' })).toBeVisible()
  await page.keyboard.press('1')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('2')
  await expect(page.getByRole('status')).toContainText('Image 2 of 210')
  expect(stored(door, token).answers).toMatchObject([{ slot: 1, focus_losses: 1 }])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'You can close this page' })).toBeVisible()
  await page.reload()
  await begin(page)
  await expect(page.getByRole('status')).toContainText('Image 2 of 210')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Withdraw…' }).click()
  expect(stored(door, token).session['stage']).toBe('trials')
  await page.getByRole('button', { name: 'Yes, withdraw' }).click()
  await expect(page.getByRole('heading', { name: 'You have left the study' })).toBeVisible()
  expect(stored(door, token).session).toMatchObject({ stage: 'stopped', stopped: 'withdrawn' })
  await page.reload()
  await expect(page.getByRole('heading', { name: 'You have left the study' })).toBeVisible()
})

test('an answer the server did not get is sent until it is stored', async ({ page, door, complaints }) => {
  const study = await makeStudy(door, data, {
    pages: { consent: '', instructions: '', debrief: '' },
    protocol: { practiceTrials: 0 },
  })
  const { token, link } = await invite(door, study.id)
  // The first four never arrive; the fifth is stored and its acknowledgement is lost. Over the socket or without it.
  const bodies: string[] = []
  const fate = (body: string) => {
    bodies.push(body)
    return bodies.length <= 4 ? 'lost' : bodies.length === 5 ? 'unacknowledged' : 'through'
  }
  await page.routeWebSocket(/\/session\?/, (socket) => {
    const server = socket.connectToServer()
    let silent = false
    socket.onMessage((message) => {
      const { name, input } = JSON.parse(String(message)) as { name: string; input: unknown }
      const becomes = name === 'session.answer' ? fate(JSON.stringify(input)) : 'through'
      if (becomes === 'lost') return void socket.close()
      silent = becomes === 'unacknowledged'
      return server.send(message)
    })
    server.onMessage((message) => void (silent ? socket.close() : socket.send(message)))
  })
  await page.route('**/api/session.answer', async (route) => {
    const becomes = fate(route.request().postData() ?? '')
    if (becomes === 'lost') return route.abort()
    if (becomes === 'through') return route.continue()
    await route.fetch()
    return route.abort()
  })
  await page.goto(link)
  await begin(page)
  await expect(page.getByRole('status')).toContainText('Image 1 of 210')
  await page.keyboard.press('8')
  await expect(page.locator('.words')).toHaveText('Not saved yet, trying again.')
  await expect(page.getByRole('status')).toContainText('Image 2 of 210')
  await expect(page.locator('.words')).toHaveText('')
  expect(new Set(bodies).size).toBe(1)
  expect(stored(door, token).answers).toMatchObject([{ trial: 0, revision: 0, slot: 7 }])
  expect(complaints.every((text) => text.includes('ERR_FAILED'))).toBe(true)
  complaints.length = 0
})

test('a recruitment service’s link makes one session a person, and its identifiers leave the address', async ({
  page,
  door,
}) => {
  const study = await makeStudy(door, data)
  const { origin } = new URL(door.url)
  const link = `${origin}/study.html?join=${study.joinToken}&PROLIFIC_PID=person1&STUDY_ID=s1&SESSION_ID=x1`
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Consent' })).toBeVisible()
  expect(page.url()).toMatch(/study\.html#[\w-]{16,}$/)
  const address = page.url()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Consent' })).toBeVisible()
  await page.goto('about:blank')
  await page.goto(link)
  await expect(page).toHaveURL(address)
  const people = await door.call('studies.participants', { study: study.id })
  expect(people.map(({ external }) => external)).toEqual([
    { service: 'prolific', participant: 'person1', study: 's1', session: 'x1' },
  ])
  await page.goto('about:blank')
  await page.goto(`${origin}/study.html?join=${study.joinToken}&assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=h`)
  await expect(page.getByRole('heading', { name: 'Accept the task first' })).toBeVisible()
})

test('bad links, closed studies and declined consent say what they are', async ({ page, door, complaints }) => {
  const study = await makeStudy(door, data)
  const [first, second] = [await invite(door, study.id), await invite(door, study.id)]
  const { origin } = new URL(door.url)
  await page.goto(`${origin}/study.html`)
  await expect(page.getByRole('heading', { name: 'This link is not complete' })).toBeVisible()
  await page.goto(`${origin}/study.html#0123456789abcdef0123`)
  // Another link in the same page is another session: it loads anew by itself.
  await expect(page.getByRole('heading', { name: 'This link opens no session' })).toBeVisible()
  await page.goto('about:blank')
  await page.goto(first.link)
  await page.getByRole('button', { name: 'I do not agree' }).click()
  await page.getByRole('button', { name: 'I do not take part' }).click()
  await expect(page.getByRole('heading', { name: 'You have left the study' })).toBeVisible()
  await page.goto('about:blank')
  await door.call('studies.change', { study: study.id, change: { state: 'closed' } })
  await page.goto(second.link)
  await expect(page.getByRole('heading', { name: 'This study is closed' })).toBeVisible()
  expect(complaints.every((text) => text.includes('401'))).toBe(true)
  complaints.length = 0
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`every stage is accessible, ${colorScheme}, and fits 1024 x 640`, async ({ page, door }) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 1024, height: 640 })
    const study = await makeStudy(door, data, {
      protocol: { practiceTrials: 1, imagesPerParticipant: 10, checkEvery: 0 },
    })
    const { link } = await invite(door, study.id)
    await page.goto(link)
    await expect(page.getByRole('heading', { name: 'Consent' })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'I agree' }).click()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Begin with practice' }).click()
    await expect(page.getByRole('status')).toContainText('Practice image 1 of 1')
    const inside = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll('canvas, [data-slot]')].map((each) => each.getBoundingClientRect())
      return boxes.every(
        ({ left, top, right, bottom }) => left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
      )
    })
    expect(inside).toBe(true)
    expect(await page.locator('.session').evaluate((each) => getComputedStyle(each).backgroundColor)).toBe(
      'rgb(128, 128, 128)',
    )
    await page.keyboard.press('1')
    await expect(page.getByRole('status')).not.toHaveText('Practice image 1 of 1.')
    await expectAccessible(page)
    const key = /\(key (\d)\)/.exec((await page.getByRole('status').textContent()) ?? '')?.[1]
    if (key) await page.keyboard.press(key)
    await expect(page.getByRole('heading', { name: 'Practice is over' })).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('status')).toContainText('Image 1 of 10')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    for (let trial = 0; trial < 10; trial++) {
      await expect(page.getByRole('status')).toContainText(`Image ${trial + 1} of 10`)
      await page.keyboard.press('1')
    }
    await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible()
    await expectAccessible(page)
  })
