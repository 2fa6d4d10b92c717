import { expect, test } from 'vitest'
import { outcomeOf, type Outcome, type Part } from '../../verify/part'
import { isPassed, reportText, runParts } from '../../verify/report'

const part = (name: string, run: () => Promise<Outcome>): Part => ({ name, shows: '', needs: '', run })
const options = { seed: 1, kills: 1, say: () => undefined }

const passing = part('passing', async () => outcomeOf([], { answers: 5 }))
const failing = part('failing', async () => outcomeOf(['An answer is lost.'], { answers: 4 }))
const crashing = part('crashing', () => Promise.reject(new Error('out of memory')))
const skipping = part('skipping', async () => ({ state: 'skipped', reason: 'There is no /proc.' }))

test('every part is run, whatever became of those before', async () => {
  const reports = await runParts([crashing, failing, skipping, passing], options)
  expect(reports.map(({ name, state }) => [name, state])).toEqual([
    ['crashing', 'failed'],
    ['failing', 'failed'],
    ['skipping', 'skipped'],
    ['passing', 'passed'],
  ])
  const text = reportText(reports)
  for (const told of ['out of memory', '! An answer is lost.', '! There is no /proc.', 'answers: 5'])
    expect(text).toContain(told)
  expect(text.split('\n').at(-1)).toBe('1 passed, 2 failed, 1 skipped')
})

test('only what passed and did not fail counts as passed; skipping everything does not', async () => {
  const verdict = async (...parts: Part[]) => isPassed(await runParts(parts, options))
  expect(await verdict(passing)).toBe(true)
  expect(await verdict(passing, skipping)).toBe(true)
  expect(await verdict(passing, failing)).toBe(false)
  expect(await verdict(passing, crashing)).toBe(false)
  expect(await verdict(skipping)).toBe(false)
  expect(await verdict()).toBe(false)
})

test('a part’s lines carry its name, and its options are those that were given', async () => {
  const said: string[] = []
  const talking = part('talking', async () => outcomeOf([], {}))
  talking.run = async ({ say, seed, kills }) => {
    say(`${seed} ${kills}`)
    return outcomeOf([], {})
  }
  await runParts([talking], { seed: 7, kills: 3, say: (line) => void said.push(line) })
  expect(said).toEqual(['talking: 7 3'])
})
