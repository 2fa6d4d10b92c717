/**
 * Killing the program at random moments: fifty SIGKILLs of imports, fifty of training runs. Nothing that was committed
 * is lost, what was not is gone without a trace, and the next start goes on.
 */
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { addToProject } from '../../src/main/services/importing'
import { openProject } from '../../src/main/store'
import { forkWorker } from '../../src/main/jobs/forkWorker'
import { startTask } from '../../src/main/jobs/task'
import { RUN_DEFAULTS, type RunConfig } from '../../src/shared/domain'
import { cifarBatch, countsFile } from './given'
import { build, start } from './program'
import { someImages, someLabels, temporaryFolder } from './temporary'

const KILLS = 50

beforeAll(build, 300_000)

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) =>
    child.exitCode !== null || child.signalCode !== null ? done() : child.once('exit', () => done()),
  )
}

test('fifty kills of an import: all of it or nothing of it', async () => {
  const folder = temporaryFolder()
  const paths = [cifarBatch(folder), countsFile(join(folder, 'counts.npy'))]
  const whole = performance.now()
  await ended(start('import', '--project', join(folder, 'first'), ...paths))
  const duration = performance.now() - whole
  let complete = 0
  let repaired = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const project = join(folder, `p${kill}`)
    const child = start('import', '--project', project, ...paths)
    // Moments spread over the whole of it, most of them in its second half, where it writes.
    await sleep(duration * Math.sqrt(Math.random()) * 1.1)
    child.kill('SIGKILL')
    await ended(child)
    if (!existsSync(project)) continue
    const store = openProject(project)
    const [images, labels] = [store.imageSets.list(), store.labelSets.list()]
    expect([0, 1]).toContain(images.length)
    expect(labels.length).toBe(images.length)
    expect(readdirSync(join(project, 'datasets'))).toEqual(images.map(({ id }) => `${id}.u8`))
    if (store.notices.length > 0) repaired++
    const [set] = images
    if (set) {
      complete++
      const last = store.readPixels(set, [9_999])
      expect(last[0]).toBe((9_999 * 7) % 256)
    }
    store.close()
  }
  expect(complete).toBeLessThan(KILLS)
  // The project that was hit last takes the import when asked again.
  const again = start('import', '--project', join(folder, `p${KILLS - 1}`), ...paths)
  await ended(again)
  expect(again.exitCode).toBe(0)
  process.stdout.write(`imports killed: ${KILLS}, complete before the kill: ${complete}, repaired: ${repaired}\n`)
}, 240_000)

const config: RunConfig = {
  ...RUN_DEFAULTS, network: 'resnet_basic_8', target: 'soft', imageSet: 'some-images', labelSet: 'some-labels', protocol: 'described',
  folds: 5, fold: 0, foldSeed: 0, trainImages: 96, testImages: 20, seed: 1, epochs: 40, batch: 8, learningRate: 0.05,
  momentum: 0.9, nesterov: true, weightDecay: 1e-4, schedule: { kind: 'cosine' }, augment: true, device: 'cpu',
  evaluateEvery: 10, attacks: [],
} // prettier-ignore

test('fifty kills of a training run: its curve never goes back, never overlaps, and it ends as if nothing had been', async () => {
  const folder = temporaryFolder()
  const setUp = openProject(folder)
  await addToProject(setUp, [someImages(120), someLabels(120)])
  const [killed = 0, whole = 0] = setUp.runs.insert([config, config], null)
  setUp.close()

  /** Works one run as the services do; answers whether it came to its end. */
  async function work(run: number, killAfterMs: number | null): Promise<boolean> {
    const store = openProject(folder)
    let resumed = -1
    const task = startTask(forkWorker, { kind: 'run', project: folder, run, config, threads: 1 }, {
      onOpened({ resumedAt }) {
        resumed = resumedAt
        store.runs.truncateMetrics(run, resumedAt)
      },
      onPoints: (points) => store.runs.addMetrics(run, points),
    }) // prettier-ignore
    // Ask for a checkpoint now and then, as a pause does, so that there is something to lose.
    const pause = killAfterMs !== null && Math.random() < 0.5 ? setTimeout(() => task.pause(60_000), killAfterMs * 0.7) : null // prettier-ignore
    const kill = killAfterMs === null ? null : setTimeout(() => task.kill(), killAfterMs)
    const outcome = await task.outcome.catch(() => null)
    for (const timer of [pause, kill]) if (timer) clearTimeout(timer)
    const steps = store.runs.metrics(run).map(({ step }) => step)
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))
    // What was stored up to the checkpoint it went on from is still there.
    if (resumed > 0) expect(steps.some((step) => step <= resumed)).toBe(true)
    store.close()
    return outcome?.kind === 'finished'
  }

  expect(await work(whole, null)).toBe(true)
  let resumes = 0
  for (let kill = 0; kill < KILLS; kill++) {
    if (await work(killed, 150 + Math.random() * 900)) break
    resumes++
  }
  while (!(await work(killed, null))) resumes++
  const store = openProject(folder)
  // Bit-equal on the CPU, however often it was cut off.
  const comparable = (run: number) =>
    store.runs.metrics(run).map(({ imagesPerSecond: _, residentMb: _m, ...point }) => point)
  expect(comparable(killed)).toEqual(comparable(whole))
  store.close()
  process.stdout.write(`training runs cut off: ${resumes}\n`)
}, 240_000)
