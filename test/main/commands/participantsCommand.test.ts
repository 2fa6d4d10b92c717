/** `participants` as built: listing, erasing by code and by a service's identifier, refusals, and kills. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../src/domain/random'
import { createStudy } from '../../../src/main/study/owner'
import { sessionsOf } from '../../../src/main/study/sessions'
import { studyStates } from '../../../src/main/study/state'
import { newToken } from '../../../src/main/process/token'
import { stageAfter } from '../../../src/domain/study/protocol'
import { publishStudy } from '../../../src/main/study/publish'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { planImage } from '../../../src/domain/study/draw'
import { build, cli, json, start } from '../program'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { someImages, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

const ids = ['5f0000000000000000000001', '5f0000000000000000000002', '5f0000000000000000000003']

/** Studies of three people each, recruited by a service, ten trials answered by each. */
async function someProject(...names: string[]): Promise<string> {
  const folder = join(temporaryFolder(), 'project')
  const store = openProject(folder)
  await addToProject(store, [someImages(60, 'images'), someImages(40, 'obvious', 100)])
  const sessions = sessionsOf(studyStates(store))
  for (const name of names) {
    store.transaction(() => {
      const study = createStudy(store, studyConfig({ name }, { practiceTrials: 0 }))
      for (const id of ids) {
        const external = { service: 'prolific', participant: id, study: 's', session: 'x' } as const
        const stage = stageAfter(study.config, null)
        const session = store.sessions.insert(study.id, { kind: 'person', external, stage, token: newToken() })
        const { layout } = sessions.open(session, { ...ENVIRONMENT, browser: `browser of ${id}` })
        const plan = store.sessions.plan(session.id) ?? new Int32Array(0)
        for (let trial = 0; trial < 10; trial++) {
          const chosen = planImage(plan, trial) % 10
          sessions.answer(session, {
            practice: false,
            trial,
            chosen,
            slot: layout.indexOf(chosen),
            reactionTimeMs: 500 + trial,
            onsetMs: 1000 * trial,
            elapsedMs: 1000 * trial + 600,
            focusLosses: 0,
          })
        }
      }
    })
    await publishStudy(store, store.studies.find(name)?.id ?? 0)
  }
  store.close()
  return folder
}

const holding = (folder: string, text: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(text),
  )

describe('participants', () => {
  test('lists, erases by code or identifier, and lists the erased', async () => {
    const project = await someProject('pilot')
    expect(holding(project, ids[1] ?? '')).toEqual(['project.sqlite'])
    const list = () => json('participants', '--project', project)
    const row = (code: string, state: string) => ({ study: 'pilot', code, state, answers: 10 })
    expect(list()).toEqual(['P0001', 'P0002', 'P0003'].map((code) => row(code, 'running')))
    expect(json('participants', '--project', project, '--erase', ids[1] ?? '', '--decided-by', 'The board')).toEqual({
      erased: { answers: 10 },
    })
    expect(holding(project, ids[1] ?? '')).toEqual([])
    expect(list()).toEqual([row('P0001', 'running'), row('P0003', 'running'), row('P0002', 'erased')])
    expect(json('stats', '--project', project, '--labels', 'pilot')).toMatchObject({ annotators: 2 })
    const { stderr, stdout, code } = cli('participants', '--project', project, '--erase', 'P0003')
    expect([code, stdout]).toEqual([0, 'Erased: 10 answers.\n'])
    expect(stderr).toMatch(/P0003 of pilot is erased[^]*computed again: pilot[^]*delete them by hand/)
  }, 60_000)

  test('refuses whom it cannot tell apart or does not find, and changes nothing', async () => {
    const project = await someProject('first', 'second')
    const before = json('participants', '--project', project)
    const refuse = (...args: string[]) => {
      const { code, stdout, stderr } = cli('participants', '--project', project, ...args, '--json')
      expect([code, stdout]).toEqual([1, ''])
      return stderr
    }
    expect(refuse('--erase', 'P0002')).toMatch(/P0002 of first, P0002 of second/)
    expect(refuse('--erase', ids[0] ?? '')).toMatch(/P0001 of first, P0001 of second/)
    expect(refuse('--erase', 'P0009')).toMatch(/no participant P0009 in this project/)
    expect(refuse('--erase', (ids[0] ?? '').slice(0, -1))).toMatch(/no participant/)
    expect(refuse('--erase', 'P0001', '--study', 'third')).toMatch(/no study third/)
    expect(refuse('--erase', 'P0001', '--study', 'first', '--decided-by', ' ')).toMatch(/whose decision/)
    expect(refuse('--erase', 'P0001', '--labels', 'first')).toMatch(/published from the study first/)
    expect(json('participants', '--project', project)).toEqual(before)
    expect(json('participants', '--project', project, '--study', 'first', '--erase', 'P0002')).toEqual({
      erased: { answers: 10 },
    })
    expect(refuse('--erase', 'P0002', '--study', 'first')).toMatch(/P0002 was erased already, on/)
    // The other study's P0002 is somebody else.
    expect(json('stats', '--project', project, '--labels', 'second')).toMatchObject({ annotators: 3 })
  }, 90_000)

  test('kills at any moment: all or nothing, and the next opening leaves no byte', async () => {
    const random = new SeededRandom(5)
    const ended = (child: ReturnType<typeof start>) => new Promise((done) => child.once('exit', done))
    const began = Date.now()
    await ended(start('participants', '--project', await someProject('pilot'), '--erase', 'P0002'))
    const whole = Date.now() - began
    let erasedAll = 0
    for (let kill = 0; kill < 10; kill++) {
      const project = await someProject('pilot')
      const child = start('participants', '--project', project, '--erase', 'P0002')
      // The last of them are through before they are killed.
      await Promise.race([ended(child), sleep(kill > 7 ? 60_000 : whole * Math.sqrt(random.uniform()))])
      child.kill('SIGKILL')
      const store = openProject(project)
      const gone = store.erasures.ofStudy(1).length === 1
      expect(store.sessions.byNumber(1, 2) === null).toBe(gone)
      expect(store.labelSets.find('pilot')?.annotators).toBe(gone ? 2 : 3)
      if (gone) {
        erasedAll++
        expect(holding(project, ids[1] ?? '')).toEqual([])
      } else expect(store.answers.ofSession(2)).toHaveLength(10)
      store.close()
    }
    expect(erasedAll).toBeGreaterThan(0)
  }, 120_000)
})
