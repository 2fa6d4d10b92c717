/** What an import cannot decide by itself is asked in the window, and answered by mouse and by keys. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { writeNpy } from '../../src/formats/write/npy'
import { fourPeople, rawText } from '../support/raw'
import { violations } from './axe'
import { expect, jobDone, test, type Door } from './door'

test.use({ doorName: 'import' })
test.describe.configure({ mode: 'serial' })

const at = (door: Door, name: string) => join(dirname(door.project), name)

test.beforeAll(async ({ door }) => {
  const pictures = at(door, 'pictures')
  mkdirSync(pictures)
  for (let i = 1; i <= 12; i++) {
    const background = { r: 20 * i, g: 100, b: 200 - 10 * i }
    await sharp({ create: { width: 32, height: 32, channels: 3, background } })
      .png()
      .toFile(join(pictures, `${i}.png`))
  }
  // As many judgments as the picture's own number.
  await writeNpy(
    at(door, 'counts.npy'),
    '<i8',
    [12, 10],
    Array.from({ length: 120 }, (_, k) => (k % 10 === 0 ? k / 10 + 1 : 0)),
  )
  writeFileSync(at(door, 'raw.csv'), Buffer.from(rawText(fourPeople()).replaceAll('good', 'g\u00fct'), 'latin1'))
  await jobDone(door, (await door.call('data.import', { paths: [pictures] })).id)
})

test('the order that numbers count in is chosen beside the refusal', async ({ page, door }) => {
  await page.goto(door.url)
  await page.getByLabel('Paths, one per line').fill(at(door, 'counts.npy'))
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const question = page.getByRole('group', { name: 'In which order do the rows count the pictures?' })
  await expect(question).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('2.png in natural order')
  expect(await violations(page)).toEqual([])
  expect((await door.call('project.current', {}))?.labelSets).toEqual([])
  await question.getByRole('button', { name: '1, 2, 10 (natural)' }).focus()
  await page.keyboard.press('Enter')
  await expect(question).toBeHidden()
  await expect(page.getByRole('listitem').filter({ hasText: 'labels of 12 images' }).first()).toBeVisible()
  const judged = await door.call('labels.judged', { labelSet: 'counts' })
  expect(judged).toEqual([1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('the encoding of a text is chosen beside the refusal', async ({ page, door }) => {
  await page.goto(door.url)
  await page.getByLabel('Paths, one per line').fill(at(door, 'raw.csv'))
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'The byte 0xFC is not UTF-8' })).toBeVisible()
  const question = page.getByRole('listitem').filter({ hasText: 'Encoding of the text' }).first()
  await question.getByLabel('Encoding of the text').selectOption({ label: 'windows-1252 (Western)' })
  expect(await violations(page)).toEqual([])
  await question.getByRole('button', { name: 'Import again' }).click()
  // What is left open besides is asked next.
  await expect(page.getByRole('alert').filter({ hasText: 'not UTF-8' })).toBeHidden()
})

test('reading options hold for every import until they are changed', async ({ page, door }) => {
  await page.goto(door.url)
  await page.getByText('Reading options').click()
  await page.getByLabel('Encoding of text').selectOption({ label: 'windows-1252 (Western)' })
  await page.getByLabel('One person judged an image again: count').selectOption({ label: 'The first' })
  await page.getByLabel('Rows without file names count pictures').selectOption({ label: '1, 10, 2 (lexical)' })
  await page.getByLabel('Paths, one per line').fill(at(door, 'raw.csv'))
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect
    .poll(async () => (await door.call('jobs.list', {})).at(-1)?.asked?.choices)
    .toEqual({ encoding: 'windows-1252', repeats: 'first', order: 'lexical' })
})
