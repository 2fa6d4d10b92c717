/**
 * Killing the program at random moments: SIGKILLs of imports and of training runs, fifty of each in `npm run
 * verify:long`. Nothing that was committed is lost, what was not is gone without a trace, and the next start goes on.
 */
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { startTask } from '../../../src/main/workers/startTask'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import { cifarBatch, countsFile } from '../given'
import { seededRandom } from '../../support/seeds'
import { until } from '../../support/until'
import { build, start } from '../program'
import { someImages, someLabels, temporaryFolder } from '../temporary'

/** SECOND_GUESS_KILLS sets it. */
const KILLS = Number(process.env['SECOND_GUESS_KILLS'] ?? 20)

beforeAll(build, 300_000)

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) =>
    child.exitCode !== null || child.signalCode !== null ? done() : child.once('exit', () => done()),
  )
}

function isGroupAlive(leader: number): boolean {
  try {
    process.kill(-leader, 0)
    return true
  } catch {
    return false
  }
}

test(`${KILLS} kills of an import: all of it or nothing of it`, async () => {
  const { random } = seededRandom()
  const draw = random()
  const folder = temporaryFolder()
  const paths = [cifarBatch(folder), countsFile(join(folder, 'counts.npy'))]
  const importInto = (project: string) => start('import', '--project', project, ...paths)
  /** Until the project is there: most of the time of an import goes by before it. */
  const opens = (project: string, child: ChildProcess) =>
    until('the project is there', () => existsSync(join(project, 'project.sqlite')) || child.exitCode !== null, {
      everyMs: 2,
    })
  const first = importInto(join(folder, 'first'))
  await opens(join(folder, 'first'), first)
  const opened = performance.now()
  await ended(first)
  expect(first.exitCode).toBe(0)
  /** From then to the end, renewed by each import that comes to its end: the machine's load changes. */
  let duration = performance.now() - opened
  let last = ''
  const found = { kills: 0, begun: 0, complete: 0, repaired: 0 }
  for (let attempt = 0; found.kills < KILLS; attempt++) {
    // One that ended before its kill proves nothing and is not counted.
    if (attempt === 3 * KILLS) throw new Error(`only ${found.kills} of ${attempt} imports were killed before their end`)
    const project = (last = join(folder, `p${attempt}`))
    const child = importInto(project)
    // Every fifth at any moment before it begins the project, the others from there on.
    if (attempt % 5 > 0) await opens(project, child)
    const at = performance.now()
    await Promise.race([sleep(duration * draw.uniform() * 1.1), ended(child)])
    child.kill('SIGKILL')
    await ended(child)
    // Its worker, in the same group, ends when it notices; until then what it writes is no leftover.
    await until('the worker has ended', () => !isGroupAlive(child.pid ?? 0), { everyMs: 5 })
    if (child.signalCode === 'SIGKILL') found.kills++
    else {
      expect(child.exitCode).toBe(0)
      if (attempt % 5 > 0) duration = performance.now() - at
    }
    if (!existsSync(project)) continue
    found.begun++
    const store = openProject(project)
    const [images, labels] = [store.imageSets.list(), store.labelSets.list()]
    expect([0, 1]).toContain(images.length)
    expect(labels.length).toBe(images.length)
    expect(readdirSync(join(project, 'datasets'))).toEqual(images.map(({ id }) => `${id}.u8`))
    if (store.notices.length > 0) found.repaired++
    const [set] = images
    if (set) {
      found.complete++
      expect(store.readPixels(set, [9_999])[0]).toBe((9_999 * 7) % 256)
    }
    store.close()
  }
  process.stdout.write(`imports killed: ${JSON.stringify(found)}\n`)
  // Kills that came before the project was there, or after everything was in it, show little.
  expect(found.begun - found.complete).toBeGreaterThan(KILLS / 5)
  // The project that was hit last takes the import when asked again.
  const again = importInto(last)
  await ended(again)
  expect(again.exitCode).toBe(0)
  // A process and more for each kill, which begins a project.
}, 900_000)

const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'some-images',
  labelSet: 'some-labels',
  protocol: 'described',
  folds: 5,
  fold: 0,
  foldSeed: 0,
  trainImages: 96,
  testImages: 20,
  seed: 1,
  epochs: 40,
  batch: 8,
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'cosine' },
  augment: true,
  device: 'cpu',
  evaluateEvery: 10,
  attacks: [],
}

/** What became of one worker process. */
interface Attempt {
  finished: boolean
  /** It was killed before its outcome was known. */
  killed: boolean
  resumed: boolean
}

test(`${KILLS} kills of training runs: no curve goes back or overlaps, and each ends as if nothing had been`, async () => {
  const { random } = seededRandom()
  const draw = random()
  const folder = temporaryFolder()
  const setUp = openProject(folder)
  await addToProject(setUp, [someImages(120), someLabels(120)])
  const queued = () => setUp.runs.insert([config], null)[0] ?? expect.fail('nothing was queued')

  /**
   * Works one run as the services do. It is asked to pause, or killed, at so many messages after its start, the first
   * of which is that its device is open. Neither: it is left to its end.
   */
  async function work(run: number, { pauseAt = Infinity, killAt = Infinity } = {}): Promise<Attempt> {
    const store = openProject(folder)
    let resumed = -1
    let messages = 0
    let settled = false
    let killed = false
    // By what it tells, not by the clock: on a slow machine a kill comes as far into the work as on a quick one.
    const count = () => {
      if (settled) return
      messages++
      if (messages === pauseAt) task.pause(600_000)
      if (messages < killAt) return
      killed = true
      task.kill()
    }
    const task = startTask(
      forkWorker,
      { kind: 'run', project: folder, run, config, threads: 1 },
      {
        onRun(news) {
          if (news.type === 'opened') {
            resumed = news.resumedAt
            store.runs.truncateMetrics(run, resumed)
          } else if (news.type === 'points') store.runs.addMetrics(run, news.points)
          count()
        },
      },
    )
    const outcome = await task.outcome.catch((error: unknown) => {
      // One that ends without having been killed has failed, and its reason is the test's.
      if (!killed) throw error
      return null
    })
    settled = true
    const steps = store.runs.metrics(run).map(({ step }) => step)
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))
    // What was stored up to the checkpoint it went on from is still there.
    if (resumed > 0) expect(steps.some((step) => step <= resumed)).toBe(true)
    store.close()
    return { finished: outcome?.kind === 'finished', killed, resumed: resumed > 0 }
  }

  // Bit-equal on the CPU, however often it was cut off.
  const comparable = (run: number) =>
    setUp.runs.metrics(run).map(({ imagesPerSecond: _, residentMb: _m, ...point }) => point)
  const whole = queued()
  expect(await work(whole)).toMatchObject({ finished: true })
  const expected = comparable(whole)
  expect(expected.length).toBeGreaterThan(0)

  /** Pauses give checkpoints to go on from; some are killed while they are written. */
  const interruption = () => {
    const [kind, at] = [draw.uniform(), 2 + draw.below(4)]
    if (kind < 0.25) return { pauseAt: at }
    if (kind < 0.4) return { pauseAt: at, killAt: at + 1 }
    return { killAt: at - 1 }
  }
  const found = { kills: 0, resumed: 0, runs: 0 }
  let run = queued()
  for (;;) {
    const last = found.kills >= KILLS
    const attempt = await work(run, last ? {} : interruption())
    if (attempt.killed) found.kills++
    if (attempt.resumed) found.resumed++
    if (!attempt.finished) continue
    expect(comparable(run)).toEqual(expected)
    found.runs++
    if (last) break
    run = queued()
  }
  setUp.close()
  process.stdout.write(`training runs cut off: ${JSON.stringify(found)}\n`)
  // Without a single checkpoint to go on from, nothing was shown.
  expect(found.resumed).toBeGreaterThan(0)
  // A process and more for each kill, which opens a device and compiles a network.
}, 900_000)
