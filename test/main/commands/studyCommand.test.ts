/** `study simulate` as built: what it prints, what it refuses, and what an interruption leaves. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openProject } from '../../../src/main/storage'
import type { SimulationResult } from '../../../src/domain/study'
import { cifarBatch, countsFile } from '../given'
import { build, cli, digests, json, start } from '../program'
import { temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

function someProject(): string {
  const folder = temporaryFolder()
  const project = join(folder, 'project')
  json('import', '--project', project, cifarBatch(folder), countsFile(join(folder, 'counts.npy')))
  return project
}

const simulate = (project: string, ...more: string[]) =>
  json('study', 'simulate', '--project', project, ...more) as SimulationResult

describe('study simulate', () => {
  test('makes a study, fills it, publishes it, and says how far it is from the truth', () => {
    const project = someProject()
    const found = simulate(project, '--participants', '40', '--seed', '1')
    expect(found).toEqual({
      participants: 40,
      excluded: expect.any(Number),
      judgments: 200 * (40 - found.excluded),
      study: 'simulated-1',
      labelSet: 'simulated-1',
      truth: 'counts',
      totalVariation: { measured: expect.any(Number), sampling: expect.any(Number) },
    })
    expect(json('stats', '--project', project)).toMatchObject({
      judgments: found.judgments,
      annotators: 40,
      excluded: found.excluded,
    })
    // Once more: a study and a label set of its own, with the same content.
    const again = simulate(project, '--participants', '40', '--seed', '1')
    expect(again).toEqual({ ...found, study: 'simulated-1-2', labelSet: 'simulated-1-2' })
    const other = simulate(project, '--participants', '40', '--seed', '2')
    expect(other).toMatchObject({ study: 'simulated-2' })
    // More participants for a study there is.
    const more = simulate(project, '--participants', '10', '--study', 'simulated-2')
    expect(more).toMatchObject({ study: 'simulated-2', labelSet: 'simulated-2-2', participants: 10 })
    expect(json('stats', '--project', project)).toMatchObject({
      annotators: 50,
      judgments: other.judgments + more.judgments,
    })
    const store = openProject(project)
    const digest = (name: string) => store.labelSets.find(name)?.digest
    expect(digest('simulated-1-2')).toBe(digest('simulated-1'))
    expect(digest('simulated-2')).not.toBe(digest('simulated-1'))
    store.close()
    const { stdout } = cli('study', 'simulate', '--project', project, '--participants', '8', '--seed', '3')
    expect(stdout).toMatch(/study simulated-3, label set simulated-3[^]*participants: 8[^]*sampling alone/)
  }, 120_000)

  test.each([
    ['an unknown image set', ['--images', 'nowhere'], /nowhere/],
    ['an unknown study', ['--study', 'nothing'], /nothing/],
  ])('refuses %s by name, the project as it was', (_, args, reason) => {
    const project = someProject()
    const before = digests(project)
    const { code, stdout, last } = cli(
      'study',
      'simulate',
      '--project',
      project,
      '--participants',
      '5',
      ...args,
      '--json',
    )
    expect([code, stdout, last]).toEqual([1, '', expect.stringMatching(reason)])
    expect(digests(project)).toEqual(before)
  })

  test('refuses a project that is not there and makes none', () => {
    const project = join(temporaryFolder(), 'none')
    const { code, last } = cli('study', 'simulate', '--project', project, '--participants', '5')
    expect([code, last]).toEqual([1, expect.stringContaining(project)])
    expect(existsSync(project)).toBe(false)
  })

  test.each([
    ['no participants', ['--participants', '0']],
    ['half a participant', ['--participants', '2.5']],
    ['more than there is room for', ['--participants', '20001']],
    ['no number of them', []],
    ['a seed that is none', ['--participants', '5', '--seed', 'x']],
  ])('%s is wrong usage: exit 2, standard output empty', (_, args) => {
    const { code, stdout, stderr } = cli('study', 'simulate', '--project', 'x', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).not.toBe('')
  })

  test('has help', () => {
    for (const args of [
      ['study', '--help'],
      ['study', 'simulate', '--help'],
    ]) {
      const { code, stdout } = cli(...args)
      expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: second-guess study')])
    }
    expect(cli('study').code).toBe(2)
  })

  test.each(['SIGINT', 'SIGKILL'] as const)(
    '%s leaves complete participants only',
    async (signal) => {
      const project = someProject()
      const running = start(
        'study',
        'simulate',
        '--project',
        project,
        '--participants',
        '5000',
        '--seed',
        '1',
        '--json',
      )
      const ended = new Promise<number | null>((done) => running.once('exit', done))
      // The first sign of progress: the first few are through.
      await new Promise((done) => running.stderr?.once('data', done))
      running.kill(signal)
      expect(await ended).toBe(signal === 'SIGINT' ? 1 : null)
      const store = openProject(project)
      const [study] = store.studies.list()
      const sessions = store.sessions.ofStudy(study?.id ?? 0)
      expect(sessions.length).toBeGreaterThan(0)
      expect(sessions.length).toBeLessThan(5000)
      expect(new Set(sessions.map(({ stage }) => stage))).toEqual(new Set(['finished']))
      for (const { id } of sessions) expect(store.answers.ofSession(id)).toHaveLength(210)
      expect(store.labelSets.list().map(({ name }) => name)).toEqual(['counts'])
      store.close()
    },
    60_000,
  )
})
