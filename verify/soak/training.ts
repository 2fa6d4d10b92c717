/** Training runs of a soak test, and what a finished one comes to: the same whether it was disturbed or not. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { trainingRun } from '../../bench/crowd/project'
import type { SeededRandom } from '../../src/domain/random'
import { StudioError } from '../../src/domain/errors'
import type { ProjectStore } from '../../src/main/storage'
import type { RunConfig } from '../../src/domain/runs/config'
import type { RunInfo } from '../../src/domain/runs/info'
import type { Stage } from './stage'

const LOOK_MS = 400
/**
 * A checkpoint is written every 30 s or for a pause: without pauses a killed run would always begin at its first step.
 */
const PAUSE = 0.15
const FILES = ['predictions.npy', 'held-out.npy', 'result.json']

/** Runs of some seconds each, told apart by their seed. */
const soakRuns = (count: number): RunConfig[] =>
  Array.from({ length: count }, (_, number) =>
    trainingRun({
      target: number % 2 === 0 ? 'soft' : 'hard',
      fold: number,
      seed: number,
      trainImages: 96,
      testImages: 40,
      epochs: 40,
      batch: 32,
      learningRate: 0.05,
      schedule: { kind: 'cosine' },
      evaluateEvery: 5,
    }),
  )

/** Adds the runs to the queue; one is worked at a time. Answers none where the program is away. */
export async function queueRuns(stage: Stage, count: number): Promise<number[]> {
  // How many threads a run has, and so in which order it adds, follows from how many run at once.
  await stage.call('queue.set', { workers: 1 })
  return (await stage.call('runs.queue', { configs: soakRuns(count) }))?.map(({ id }) => id) ?? []
}

export interface RunTrace {
  id: number
  /** Which of the configurations it has. */
  config: number
  state: string
  /** Steps of its curve, and the points as text, without what depends on the machine's speed. */
  steps: number[]
  points: string[]
  /** Digest of each file of what it came to, and of its result in the database. */
  files: Record<string, string>
}

const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** All runs of a project as the database and their folders have them. */
export const traceRuns = (store: ProjectStore, folder: string): RunTrace[] =>
  store.runs.list().map((run) => traceRun(store, run, folder))

function traceRun(store: ProjectStore, run: RunInfo, folder: string): RunTrace {
  const { id } = run
  const metrics = store.runs.metrics(id)
  const files = FILES.map((name) => [name, join(folder, 'runs', String(id), name)] as const)
  return {
    id,
    config: run.config.seed,
    state: run.state,
    steps: metrics.map(({ step }) => step),
    points: metrics.map(({ imagesPerSecond: _speed, residentMb: _memory, ...point }) => JSON.stringify(point)),
    files: {
      result: digest(JSON.stringify(run.result)),
      ...Object.fromEntries(
        files.map(([name, path]) => [name, existsSync(path) ? digest(readFileSync(path)) : 'absent']),
      ),
    },
  }
}

/** What is wrong with a curve in the middle of a run, held against the whole curve of an undisturbed one. */
export function curveFaults({ id: run, steps, points }: RunTrace, whole: RunTrace): string[] {
  const last = steps.at(-1)
  if (last === undefined) return []
  const expected = whole.points.slice(0, whole.steps.filter((step) => step <= last).length)
  const rising = steps.every((step, at) => at === 0 || step > (steps[at - 1] ?? step))
  if (!rising) return [`The curve of run ${run} goes back or doubles a step.`]
  if (points.length < expected.length)
    return [`The curve of run ${run} has a hole: ${points.length} of ${expected.length} points up to step ${last}.`]
  if (points.join() !== expected.join()) return [`The curve of run ${run} differs from that of an undisturbed run.`]
  return []
}

/** What is wrong with a run that should be done. */
export function resultFaults(found: RunTrace, whole: RunTrace): string[] {
  const run = found.id
  if (found.state !== 'done') return [`Run ${run} is ${found.state} and not done.`]
  const differing = Object.keys(whole.files).filter((name) => found.files[name] !== whole.files[name])
  return [
    ...curveFaults(found, whole),
    ...(found.points.length === whole.points.length ? [] : [`The curve of run ${run} is incomplete.`]),
    ...differing.map((name) => `${name} of run ${run} differs from that of an undisturbed run.`),
  ]
}

export interface Steward {
  /** Every run that the program has ever named. */
  seen: Set<number>
  pauses: number
  /** Runs taken up again after their worker was killed. */
  retries: number
  /** Failures that no kill explains. */
  faults: string[]
}

/**
 * Keeps runs going until it is calm and all are done: queues the same again, pauses and resumes some, and starts those
 * again whose worker was killed.
 */
export async function tendRuns(
  stage: Stage,
  steward: Steward,
  { count, random, calm, over }: { count: number; random: SeededRandom; calm: AbortSignal; over: AbortSignal },
): Promise<void> {
  while (!over.aborted) {
    await sleep(LOOK_MS)
    const runs = await stage.call('runs.list', {})
    if (!runs) continue
    for (const { id } of runs) steward.seen.add(id)
    const isDone = runs.every(({ state }) => state === 'done')
    if (isDone && calm.aborted) return
    if (isDone) await queueRuns(stage, count)
    for (const { id, state, error } of runs) {
      if (state === 'failed' && !/ended unexpectedly|ended early/.test(error?.message ?? ''))
        steward.faults.push(`Run ${id} failed: ${error?.message}`)
      if (state === 'failed' && (await ask(() => stage.call('runs.retry', { id })))) steward.retries++
      if (state === 'paused') await ask(() => stage.call('runs.resume', { id }))
      if (state === 'running' && !calm.aborted && random.uniform() < PAUSE)
        if (await ask(() => stage.call('runs.pause', { id }))) steward.pauses++
    }
  }
}

/** Whether it was done: a run may have moved on by itself, and the program may be away. */
async function ask(call: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await call()) !== undefined
  } catch (error) {
    if (error instanceof StudioError && error.kind === 'conflict') return false
    throw error
  }
}
