/** The place Label and personal labelling in the window, by keyboard alone. */
import { expect, goTo, test, withDemo } from './door'
import { expectAccessible, makeStudy, stored } from './sessions'

test.use({ doorName: 'label' })
test.describe.configure({ mode: 'serial' })
let data: { imageSet: string; labelSet: string }

test('an empty place says what would be there', async ({ page, door }) => {
  await page.goto(door.url)
  await goTo(page, 'Label')
  await expect(page.getByRole('heading', { name: 'Labelling needs images' })).toBeVisible()
  await page.getByRole('link', { name: 'Add images' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  data = await withDemo(door, 200)
})

test('by keyboard alone: choose images, label, go back and correct, leave, go on, make distributions', async ({
  page,
  door,
}) => {
  await page.goto(`${door.url}#/label?imageSet=${data.imageSet}&images=7,3,11,19,2`)
  await expect(page.getByRole('img', { name: 'Image 11' })).toBeVisible()
  const press = async (name: string | RegExp) => {
    await page.getByRole('button', { name }).focus()
    await page.keyboard.press('Enter')
  }
  await press('Start labelling')
  const status = page.getByRole('status').filter({ hasText: /Image/ })
  await expect(status).toHaveText('Image 1 of 5.')
  // The program's own shortcuts rest: 2 is a label, not the place Label, and ? opens nothing.
  await page.keyboard.press('?')
  for (const [at, key] of ['2', '3', '4'].entries()) {
    await page.keyboard.press(key)
    await expect(status).toHaveText(`Image ${at + 2} of 5.`)
  }
  await page.keyboard.press('Backspace')
  await expect(status).toHaveText(/^Image 3 of 5\. You chose \w+\.$/)
  await expect(page.locator('[data-slot="3"]')).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Backspace')
  await expect(status).toHaveText(/^Image 2 of 5\./)
  await page.keyboard.press('9')
  await expect(status).toHaveText(/^Image 3 of 5\./)
  await page.keyboard.press('ArrowRight')
  await expect(status).toHaveText('Image 4 of 5.')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Backspace')
  await expect(status).toHaveText(/^Image 3 of 5\./)
  await page.keyboard.press('Enter')
  await expect(status).toHaveText('Image 4 of 5.')

  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Pause' })).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByText('3 of 5 labelled')).toBeVisible()
  const study = (await door.call('studies.list', {})).find(({ kind }) => kind === 'personal')!
  expect(study.selection).toEqual([7, 3, 11, 19, 2])
  const { token } = await door.call('studies.label', { study: study.id })
  const soFar = stored(door, token)
  expect(soFar.answers.map(({ trial, revision, image, slot }) => [trial, revision, image, slot])).toEqual([
    [0, 0, 7, 1],
    [1, 0, 3, 2],
    [1, 1, 3, 8],
    [2, 0, 11, 3],
  ])

  await press(/^Go on/)
  await expect(status).toHaveText('Image 4 of 5.')
  await page.keyboard.press('5')
  await expect(status).toHaveText('Image 5 of 5.')
  await page.keyboard.press('6')
  await expect(page.getByRole('heading', { name: 'All images are labelled' })).toBeFocused()
  // The last one can be corrected too.
  await page.keyboard.press('Backspace')
  await expect(status).toHaveText(/^Image 5 of 5\. You chose/)
  await page.keyboard.press('7')
  await expect(page.getByRole('heading', { name: 'All images are labelled' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Make distributions of these labels' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('link', { name: 'See them in Data' })).toBeVisible()
  const made = (await door.call('project.current', {}))?.labelSets.find(({ format }) => format === 'study')
  expect(made).toMatchObject({ imageSet: data.imageSet, judgments: 5 })
  const { answers, layout } = stored(door, token)
  const newest = new Map(answers.map(({ image, slot }) => [image, layout[slot]]))
  const page_ = await door.call('gallery.query', {
    labelSet: made!.name,
    runs: [],
    sort: 'index',
    order: 'ascending',
    filter: 'all',
    classIndex: null,
    offset: 0,
    limit: 200,
  })
  for (const item of page_.items.filter(({ index }) => newest.has(index)))
    expect(item.people?.indexOf(Math.max(...item.people))).toBe(newest.get(item.index))
})

test('images of one class, and those that would gain most', async ({ page, door }) => {
  await page.goto(`${door.url}#/label`)
  await page.getByLabel('Images', { exact: true }).selectOption({ label: data.imageSet })
  const labels = (
    await door.call('gallery.query', {
      labelSet: data.labelSet,
      runs: [],
      sort: 'index',
      order: 'ascending',
      filter: 'all',
      classIndex: 4,
      offset: 0,
      limit: 200,
    })
  ).items
  await page.getByLabel('Which of them').selectOption({ label: 'Those of one class' })
  const className = (await door.call('project.current', {}))?.imageSets[0]?.classes[4] ?? ''
  await page.getByLabel('Class', { exact: true }).selectOption({ label: className })
  await page.getByRole('button', { name: 'Start labelling' }).click()
  await expect(page.getByRole('status').filter({ hasText: /Image/ })).toHaveText(`Image 1 of ${labels.length}.`)
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Label images yourself' })).toBeVisible()
  await page.getByLabel('Which of them').selectOption({ label: 'Those that would gain most' })
  await page.getByLabel('By the judgments of').selectOption({ label: data.labelSet })
  await page.getByLabel('How many').fill('3')
  await page.getByRole('button', { name: 'Start labelling' }).click()
  await expect(page.getByRole('status').filter({ hasText: /Image/ })).toHaveText('Image 1 of 3.')
  const studies = await door.call('studies.list', {})
  const next = await door.call('labels.next', { labelSet: data.labelSet, limit: 3 })
  expect(studies.map(({ selection }) => selection)).toContainEqual(labels.map(({ index }) => index))
  expect(studies.map(({ selection }) => selection)).toContainEqual(next.map(({ image }) => image))
})

test('the owner takes part in a study like anybody, and the place is accessible with all of it', async ({
  page,
  door,
}) => {
  const study = await makeStudy(door, data, {
    name: 'Open to all',
    protocol: { imagesPerParticipant: 10, checkEvery: 0, practiceTrials: 0 },
  })
  await page.goto(`${door.url}#/label`)
  await page.getByRole('button', { name: 'Take part in Open to all' }).click()
  await expect(page.getByRole('heading', { name: 'Consent' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'I agree' }).click()
  await page.getByRole('button', { name: 'Begin', exact: true }).click()
  const status = page.getByRole('status').filter({ hasText: /Image/ })
  for (let trial = 0; trial < 10; trial++) {
    await expect(status).toHaveText(`Image ${trial + 1} of 10.`)
    if (trial === 1) {
      await page.keyboard.press('Backspace')
      await expect(status).toHaveText('Image 2 of 10.')
    }
    await page.keyboard.press(String(trial))
  }
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible()
  await page.getByRole('button', { name: 'Back', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Label' })).toBeVisible()
  const { token } = await door.call('studies.label', { study: study.id })
  expect(stored(door, token)).toMatchObject({ session: { kind: 'owner', stage: 'finished', position: 10 } })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
  }
})
