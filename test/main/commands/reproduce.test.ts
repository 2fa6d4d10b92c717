/** `reproduce` without a project, cut off with SIGKILL and asked again: it goes on, and ends with the report. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openProject } from '../../../src/main/storage'
import { databaseState } from '../../../src/main/storage/databaseState'
import type { Report } from '../../../src/domain/report/report'
import { until } from '../../support/until'
import { build, cli, start } from '../program'
import { temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

test('is cut off, asked again, and goes on with the same runs', async () => {
  const out = join(temporaryFolder(), 'out')
  const args = ['reproduce', '--preset', 'smoke', '--device', 'cpu', '--out', out]
  const runs = () => {
    const store = openProject(join(out, 'project'), { mustExist: true, repair: false })
    const list = store.runs.list()
    store.close()
    return list
  }
  const hasCurve = () => {
    // Between the file and its tables there is no project yet.
    if (databaseState(join(out, 'project', 'project.sqlite')) !== 'project') return false
    const store = openProject(join(out, 'project'), { mustExist: true, repair: false })
    const found = store.runs.list().some(({ id }) => store.runs.metrics(id).length > 0)
    store.close()
    return found
  }
  const child = start(...args)
  const ended = new Promise((done) => child.once('exit', done))
  // In the middle of training: a run has told of a step, and none is done.
  const database = join(out, 'project', 'project.sqlite')
  await until('a run trains', () => existsSync(database) && hasCurve(), { child })
  child.kill('SIGKILL')
  await ended
  const before = runs()
  expect(before.filter(({ state }) => state === 'running').length).toBeGreaterThan(0)
  expect(existsSync(join(out, 'report.json'))).toBe(false)

  const { code, stdout, stderr } = cli(...args, '--json')
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/cut off and will go on/)
  expect(JSON.parse(stdout)).toEqual({ path: join(out, 'report.json') })
  expect(runs().map(({ id, state }) => [id, state])).toEqual(before.map(({ id }) => [id, 'done']))
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report
  expect(report).toMatchObject({ version: 1, preset: 'smoke', device: expect.stringMatching(/CPU/i) as string })
  const measured = new Set(report.rows.map(({ measure }) => measure))
  for (const measure of ['accuracy', 'crossEntropyToPeople', 'fgsm-4-accuracy', 'pgd-4-accuracy'])
    expect(measured).toContain(measure)
  expect(readFileSync(join(out, 'report.html'), 'utf8')).not.toMatch(/(src|href)="https?:\/\/[^"]*\.(js|css|png)/)

  // Asked a third time, everything is there already: no run is started again, none is added.
  const done = runs()
  expect(cli(...args).code).toBe(0)
  expect(runs()).toEqual(done)
  // Four networks are trained and attacked by programs of their own: a minute on an idle machine, many on a busy one.
}, 900_000)
