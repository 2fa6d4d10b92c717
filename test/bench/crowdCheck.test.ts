/**
 * The check that tells whether a crowd's answers were lost, doubled or mixed up, on a real project: silent where all is
 * well, and loud for each single row that is taken away, added, swapped or changed in the database.
 */
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { checkAnswers, faultsOf, storedAnswers, type GivenAnswers } from '../../bench/crowd/check'
import { crowdStudy } from '../../bench/crowd/project'
import { openProject } from '../../src/main/storage'
import { temporaryFolder } from '../main/temporary'

const TRIALS = 6
let folder: string
let given: GivenAnswers[]

/** Three participants with two practice answers and six trials each, the fourth of them an attention check. */
beforeEach(() => {
  folder = temporaryFolder()
  const store = openProject(folder)
  const study = store.studies.insert(crowdStudy(TRIALS, 0), 'a-recruitment-link')
  given = ['first', 'second', 'third'].map((token, number) => {
    const { id } = store.sessions.insert(study, { kind: 'person', stage: 'trials', token })
    const answers = Array.from({ length: 2 + TRIALS }, (_, at) => {
      const practice = at < 2
      const trial = practice ? at : at - 2
      const isCheck = practice || trial === 3
      const set = isCheck ? ('checks' as const) : ('judged' as const)
      const answer = {
        practice,
        trial,
        image: 10 * number + at,
        chosen: at % 10,
        slot: (at + number) % 10,
        reactionTimeMs: 500 + number + at / 8,
        onsetMs: 1_000 * at + number,
      }
      const row = { ...answer, isCheck, truth: 0, revision: 0, elapsedMs: 0, focusLosses: 0, answeredAt: 0 }
      if (practice) store.answers.insertPractice(id, row)
      else store.answers.insert(id, row)
      return { ...answer, set }
    })
    return { token, acknowledged: answers, pending: null }
  })
  store.close()
})

function check(participants = given) {
  const store = openProject(folder, { repair: false })
  try {
    return checkAnswers(participants, storedAnswers(store, ['first', 'second', 'third']))
  } finally {
    store.close()
  }
}

function change(sql: string) {
  const database = new Database(join(folder, 'project.sqlite'))
  try {
    expect(database.prepare(sql).run().changes).toBeGreaterThan(0)
  } finally {
    database.close()
  }
}

const COPIED = 'image, is_check, truth, chosen, slot'
const TIMES = 'onset_ms, elapsed_ms, focus_losses, answered_at'
const of = (token: string) => `(SELECT id FROM sessions WHERE token = '${token}')`
const counts = ({ lost, doubled, mixed, foreign }: ReturnType<typeof check>) => [
  lost.length,
  doubled.length,
  mixed.length,
  foreign.length,
]

test('nothing is wrong with what was stored as it was acknowledged', () => {
  expect(check()).toEqual({ acknowledged: 24, stored: 24, lost: [], doubled: [], mixed: [], foreign: [] })
})

describe('one fault in the database', () => {
  const whereFirst = (trial: number) => `WHERE session = ${of('first')} AND trial = ${trial}`
  const copy = (place: string, reactionTime: string, trial: number) =>
    `INSERT INTO answers SELECT ${place}, ${COPIED}, ${reactionTime}, ${TIMES} FROM answers ${whereFirst(trial)}`
  const set = (what: string, trial: number) => `UPDATE answers SET ${what} ${whereFirst(trial)}`
  test.each([
    ['an answer is gone', `DELETE FROM answers ${whereFirst(4)}`, [1, 0, 0, 0]],
    ['an answer to practice is gone', `DELETE FROM practice_answers ${whereFirst(1)}`, [1, 0, 0, 0]],
    ['a session’s answers are gone', `DELETE FROM answers WHERE session = ${of('third')}`, [6, 0, 0, 0]],
    ['an answer is stored twice', copy('session, trial, 1', 'reaction_time_ms', 0), [0, 1, 0, 0]],
    ['a trial has a second answer by nobody', copy('session, trial, 1', '1.5', 0), [0, 1, 0, 1]],
    ['an answer is another’s too', copy(`${of('third')}, 6, 0`, 'reaction_time_ms', 5), [0, 1, 0, 0]],
    ['an answer is stored for another trial', set('trial = 9', 2), [0, 0, 1, 0]],
    ['an answer is stored for another image', set('image = image + 1', 2), [0, 0, 1, 0]],
    ['a check is stored as no check', set('is_check = 0', 3), [0, 0, 1, 0]],
    ['another label is stored', set('chosen = chosen + 1', 2), [0, 0, 1, 0]],
    ['an answer nobody gave is stored', copy(`${of('second')}, 6, 0`, '7.25', 5), [0, 0, 0, 1]],
  ])('%s', (_, sql, expected) => {
    change(sql)
    expect(counts(check())).toEqual(expected)
    expect(faultsOf(check())).toBe(expected.reduce((sum, n) => sum + n, 0))
  })

  test('two participants’ answers are swapped', () => {
    const move = (from: string, to: string) =>
      `UPDATE answers SET session = ${to} WHERE trial = 1 AND session = ${from}`
    change('UPDATE answers SET revision = 9 WHERE trial = 1')
    const [first, second] = [of('first'), of('second')]
    change(`${move(first, second)} AND revision = 9`.replace('SET session', 'SET revision = 8, session'))
    change(`${move(second, first)} AND revision = 9`)
    change('UPDATE answers SET revision = 0 WHERE trial = 1')
    expect(counts(check())).toEqual([0, 0, 2, 0])
  })
})

test('an answer that was sent and not acknowledged may be stored or not', () => {
  const [first, ...others] = given
  const answers = [...(first?.acknowledged ?? [])]
  const pending = answers.pop() ?? null
  const unacknowledged = [{ token: 'first', acknowledged: answers, pending }, ...others]
  expect(counts(check(unacknowledged))).toEqual([0, 0, 0, 0])
  change(`DELETE FROM answers WHERE session = ${of('first')} AND trial = 5`)
  expect(counts(check(unacknowledged))).toEqual([0, 0, 0, 0])
  expect(counts(check())).toEqual([1, 0, 0, 0])
})

test('a token without a session is refused', () => {
  const store = openProject(folder, { repair: false })
  expect(() => storedAnswers(store, ['nobody-has-this'])).toThrow('There is no session nobody-h.')
  store.close()
})
