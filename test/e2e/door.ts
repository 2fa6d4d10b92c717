/**
 * The browser door for tests: a real server process on a project of its own, and pages that fail their test on any
 * console error, uncaught exception or violation of the content security policy.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import type { CallName, Input, Output, Reply } from '../../src/contract'

export const repository = resolve(import.meta.dirname, '../..')
const START_MS = 120_000
/** Fixed, so that a window finds its door again after a restart. */
const TOKEN = 'end-to-end-tests-only'

export interface Door {
  /** With the token. */
  url: string
  project: string
  /** A call as the window makes it. Throws with the error's message. */
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>
  /** Ends the server as a crash would; `start` brings it back on the same port. */
  kill(): Promise<void>
  /** `token`: the owner's, another one than before. */
  start(token?: string): Promise<void>
  /** Ends the server in order, as Ctrl+C does. */
  stop(): Promise<void>
  /** Halts the server and its workers for a while, as a machine does that sleeps. */
  sleep(ms: number): Promise<void>
  close(): Promise<void>
}

async function listen(
  project: string,
  port: number,
  settings: string,
  token = TOKEN,
): Promise<{ child: ChildProcess; url: string }> {
  const script = join(repository, 'scripts/run.mjs')
  const child = spawn(process.execPath, [script, 'serve', '--project', project, '--port', String(port)], {
    cwd: repository,
    // Recent projects and the like go to a folder of the test's own.
    env: {
      ...process.env,
      HOME: settings,
      XDG_CONFIG_HOME: settings,
      XDG_STATE_HOME: settings,
      SECOND_GUESS_TOKEN: token,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that ending it ends the server behind the script too.
    detached: true,
  })
  let said = ''
  const url = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`The door printed no address in ${START_MS} ms:\n${said}`)), START_MS)
    const read = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /http:\/\/\S+\?token=\S+/.exec(said)
      if (!found) return
      clearTimeout(timer)
      done(found[0])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', (code) => fail(new Error(`The door ended with ${code}:\n${said}`)))
  })
  return { child, url }
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return done()
    child.once('exit', () => done())
    process.kill(-child.pid, signal)
  })
}

export async function openDoor(): Promise<Door> {
  const folder = mkdtempSync(join(tmpdir(), 'second-guess-e2e-'))
  const project = join(folder, 'project')
  let running = await listen(project, 0, folder)
  const address = new URL(running.url)
  return {
    get url() {
      return running.url
    },
    project,
    async call(name, input) {
      const { origin, searchParams } = new URL(running.url)
      const response = await fetch(`${origin}/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${searchParams.get('token')}` },
        body: JSON.stringify(input),
      })
      const reply = (await response.json()) as Reply<Output<typeof name>>
      if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
      return reply.value
    },
    kill: () => endGroup(running.child, 'SIGKILL'),
    async sleep(ms) {
      const { pid } = running.child
      if (pid === undefined) throw new Error('The door has no process.')
      process.kill(-pid, 'SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, ms))
      process.kill(-pid, 'SIGCONT')
    },
    async start(token) {
      running = await listen(project, Number(address.port), folder, token)
    },
    stop: () => endGroup(running.child, 'SIGTERM'),
    async close() {
      await endGroup(running.child, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until a job of the services has ended; throws with its error if it failed. */
export async function jobDone(door: Door, id: string) {
  for (;;) {
    const job = (await door.call('jobs.list', {})).find((each) => each.id === id)
    if (job && job.state !== 'running') {
      if (job.error) throw new Error(job.error.message)
      return job
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** The demo set, through the same call as the window's button. */
export async function withDemo(door: Door, images: number) {
  const job = await door.call('data.createDemo', { seed: 0, images })
  await jobDone(door, job.id)
  const project = await door.call('project.current', {})
  const labels = project?.labelSets[0]
  if (!labels) throw new Error('The demo set brought no labels.')
  return { imageSet: labels.imageSet, labelSet: labels.name }
}

export type RunForm = Input<'runs.queue'>['configs'][number]

/** A run small enough to end in seconds on two cores. */
export const tinyRun = (data: { imageSet: string; labelSet: string }, change: Partial<RunForm> = {}): RunForm => ({
  network: 'resnet_basic_8',
  target: 'soft',
  ...data,
  protocol: 'described',
  folds: 4,
  fold: 0,
  foldSeed: 0,
  trainImages: 128,
  testImages: 50,
  seed: 0,
  epochs: 2,
  batch: 32,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'constant' },
  augment: true,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [],
  ...change,
})

/** Waits until the run is in one of the states; throws when it ends in another. */
export async function runReaches(door: Door, id: number, ...states: string[]) {
  for (;;) {
    const run = (await door.call('runs.list', {})).find((each) => each.id === id)
    if (run && states.includes(run.state)) return run
    if (run && ['failed', 'done', 'stopped'].includes(run.state))
      throw new Error(`Run ${id} is ${run.state}: ${run.error?.message ?? ''}`)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

/** Everything a page complained about; `allow` names what a test provokes on purpose. */
export function watchPage(page: Page) {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return complaints
}

interface Fixtures {
  complaints: string[]
}
interface Shared {
  /** Files that name different doors get projects of their own: Playwright starts a worker for each. */
  doorName: string
  door: Door
}

export const test = base.extend<Fixtures, Shared>({
  doorName: ['', { scope: 'worker', option: true }],
  door: [
    async ({ doorName: _ }, use) => {
      const door = await openDoor()
      await use(door)
      await door.close()
    },
    { scope: 'worker', timeout: START_MS + 30_000 },
  ],
  complaints: [
    async ({ page }, use) => {
      const complaints = watchPage(page)
      await use(complaints)
      expect(complaints, 'the console stays silent').toEqual([])
    },
    { auto: true },
  ],
})
export { expect }

export const PLACES = ['Home', 'Label', 'Crowd', 'Data', 'Train', 'Attack', 'Figures', 'Gallery'] as const

export async function goTo(page: Page, place: (typeof PLACES)[number]) {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click()
  await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible()
}
