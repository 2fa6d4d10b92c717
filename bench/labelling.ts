/**
 * How fast labelling is, and how true its times: a session of many trials in a real Chromium at the real browser door,
 * and judgments committed by the service while a training run is going. Options: --trials, --judgments.
 *
 * Answer to stored: from the key's own time stamp until the page has the acknowledgement. Answer to drawn: until
 * the next image is drawn, which the screen shows at its next refresh; in frames of that length, rounded up.
 * Reaction times: keys pressed by a script in the page after known delays, against what was stored.
 */
import { RUN_DEFAULTS } from '../src/domain/runs/config'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type * as Playwright from '@playwright/test'
import { openDoor } from '../src/main/transport/httpServer'
import { forkWorker } from '../src/main/workers/forkWorker'
import { createServices, type Services } from '../src/main/services'
import { DEFAULT_RECRUITMENT, PERSONAL_PROTOCOL, type StudyProtocol } from '../src/domain/study'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const IMAGES = 2_000

/** What the page is asked for one answer; all on its own clock, milliseconds. */
interface Timed {
  keyAt: number
  storedAt: number
  /** When the next image was drawn. */
  drawnAt: number
  scriptedMs: number
}

export async function labelling(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { trials: { type: 'string', default: '300' }, judgments: { type: 'string', default: '2000' } },
  })
  const folder = mkdtempSync(join(tmpdir(), 'second-guess-labelling-'))
  const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: null })
  try {
    await services.project.open(join(folder, 'project'))
    const data = await demo(services)
    const session = await inChromium(services, data.imageSet, Number(values.trials))
    const quiet = await commits(services, data.imageSet, Math.min(IMAGES, Number(values.judgments)))
    const training = await whileTraining(services, data, () =>
      commits(services, data.imageSet, Math.min(IMAGES, Number(values.judgments))),
    )
    return { cores: availableParallelism(), loadAverage: loadavg(), ...session, commitMs: { quiet, ...training } }
  } finally {
    await services.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function demo(services: Services): Promise<{ imageSet: string; labelSet: string }> {
  const { id } = services.jobs.createDemo(0, IMAGES)
  for (;;) {
    const job = services.jobs.list().find((each) => each.id === id)
    if (job?.error) throw new Error(job.error.message)
    if (job?.state === 'done') break
    await sleep(100)
  }
  const labels = services.project.current()?.labelSets[0]
  if (!labels) throw new Error('The demo set brought no labels.')
  return { imageSet: labels.imageSet, labelSet: labels.name }
}

async function study(services: Services, imageSet: string, protocol: StudyProtocol) {
  return services.studies.create({
    name: `bench ${Math.random()}`,
    kind: 'personal',
    imageSet,
    selection: null,
    protocol,
    pages: { consent: '', instructions: '', debrief: '' },
    checks: null,
    practice: null,
    completion: { code: '', url: '' },
    recruitment: DEFAULT_RECRUITMENT,
    seed: 1,
  })
}

async function inChromium(services: Services, imageSet: string, trials: number) {
  const { id } = await study(services, imageSet, {
    ...PERSONAL_PROTOCOL,
    imagesPerParticipant: Math.min(IMAGES, 2 * trials),
  })
  const [person] = await services.studies.invite({ study: id, count: 1 })
  if (!person) throw new Error('Nobody was invited.')
  const door = await openDoor(services, { host: '127.0.0.1', port: 0 })
  // Not bundled: it is there only where the tests are.
  const { chromium } = createRequire(import.meta.url)('@playwright/test') as typeof Playwright
  const executablePath = CHROMIUM.find((path) => existsSync(path))
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.addInitScript(watch)
    await page.goto(`${new URL(door.url).origin}/study.html#${person.token}`)
    await page.waitForFunction(() => (window as unknown as { drawn: { count: number } }).drawn.count === 1)
    const frameMs = await page.evaluate(frameLength)
    const timed: Timed[] = []
    for (let trial = 0; trial < trials - 1; trial++) {
      await sleep(20 + ((trial * 37) % 60))
      const before = await page.evaluate(() => (window as unknown as { drawn: { count: number } }).drawn.count)
      await page.keyboard.press(String((trial % 9) + 1))
      timed.push(await page.evaluate(afterAnswer, before))
    }
    const scripted: Timed[] = []
    for (let trial = 0; trial < trials - 1; trial++)
      scripted.push(await page.evaluate(pressAfter, { delay: 5 + ((trial * 29) % 200), key: String((trial % 9) + 1) }))
    const store = services.project.store()
    const row = store.sessions.byToken(person.token)
    const stored = row
      ? Array.from(
          { length: scripted.length },
          (_, at) => store.answers.newest(row.id, trials - 1 + at)?.reactionTimeMs ?? NaN,
        )
      : []
    return {
      trials: timed.length,
      frameMs,
      answerToStoredMs: quantiles(timed.map(({ keyAt, storedAt }) => storedAt - keyAt)),
      storedToDrawnMs: quantiles(timed.map(({ storedAt, drawnAt }) => drawnAt - storedAt)),
      answerToDrawnMs: quantiles(timed.map(({ keyAt, drawnAt }) => drawnAt - keyAt)),
      answerToDrawnInFrames: quantiles(timed.map(({ keyAt, drawnAt }) => Math.ceil((drawnAt - keyAt) / frameMs))),
      withinOneFrame: timed.filter(({ keyAt, drawnAt }) => drawnAt - keyAt <= frameMs).length / timed.length,
      reactionTimeErrorMs: quantiles(scripted.map(({ scriptedMs }, at) => Math.abs((stored[at] ?? NaN) - scriptedMs))),
    }
  } finally {
    await browser.close()
    await door.close()
  }
}

/** Runs in the page before anything of it: keys, acknowledgements and drawings with their times. */
function watch() {
  const drawn = { count: 0, at: 0, keyAt: 0, storedAt: 0 }
  Object.assign(window, { drawn })
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the canvas it belongs to
  const put = CanvasRenderingContext2D.prototype.putImageData
  CanvasRenderingContext2D.prototype.putImageData = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
    put.apply(this, given as Parameters<typeof put>)
    drawn.count++
    drawn.at = performance.now()
  }
  window.WebSocket = class extends WebSocket {
    constructor(address: string | URL) {
      super(address)
      // The first message after a key is its acknowledgement: images are asked for after that.
      this.addEventListener('message', () => {
        if (drawn.storedAt < drawn.keyAt) drawn.storedAt = performance.now()
      })
    }
  }
  window.addEventListener('keydown', (event) => (drawn.keyAt = event.timeStamp), true)
}

type Drawn = { count: number; at: number; keyAt: number; storedAt: number }

/** In the page: waits for the drawing after `before`. */
function afterAnswer(before: number): Promise<Timed> {
  const { drawn } = window as unknown as { drawn: Drawn }
  return new Promise((resolve) => {
    const check = () => {
      if (drawn.count <= before) return void setTimeout(check, 1)
      const { keyAt, storedAt, at: drawnAt } = drawn
      resolve({ keyAt, storedAt, drawnAt, scriptedMs: 0 })
    }
    check()
  })
}

/** In the page: presses a key `delay` ms after the frame on the screen, then waits for the next drawing. */
function pressAfter({ delay, key }: { delay: number; key: string }): Promise<Timed> {
  const { drawn } = window as unknown as { drawn: Drawn }
  return new Promise((resolve) => {
    const { count, at } = drawn
    const wait = () => {
      const left = at + delay - performance.now()
      if (left > 4) return void setTimeout(wait, left - 4)
      while (performance.now() < at + delay);
      const scriptedMs = performance.now() - at
      const init = { key, code: `Digit${key}`, bubbles: true, cancelable: true }
      document.body.dispatchEvent(new KeyboardEvent('keydown', init))
      document.body.dispatchEvent(new KeyboardEvent('keyup', init))
      const check = () => {
        if (drawn.count <= count) return void setTimeout(check, 1)
        const { keyAt, storedAt, at: drawnAt } = drawn
        resolve({ keyAt, storedAt, drawnAt, scriptedMs })
      }
      check()
    }
    wait()
  })
}

function frameLength(): Promise<number> {
  return new Promise((resolve) => {
    const times: number[] = []
    const frame = (time: number) => {
      times.push(time)
      if (times.length < 61) return void requestAnimationFrame(frame)
      const lengths = times.slice(1).map((each, at) => each - (times[at] ?? each))
      resolve(lengths.sort((a, b) => a - b)[30] ?? 0)
    }
    requestAnimationFrame(frame)
  })
}

/** Milliseconds of one answer through the service: its transaction is committed when it returns. */
async function commits(services: Services, imageSet: string, count: number) {
  const { id } = await study(services, imageSet, PERSONAL_PROTOCOL)
  const { token } = await services.studies.label({ study: id })
  const { session } = services.studies
  const environment = {
    browser: 'bench',
    screenWidth: 0,
    screenHeight: 0,
    windowWidth: 0,
    windowHeight: 0,
    pixelRatio: 1,
    language: '',
    frameMs: 0,
  }
  const { layout } = await session.open({ token, environment })
  const times: number[] = []
  const cpu: number[] = []
  for (let trial = 0; trial < count; trial++) {
    const slot = trial % layout.length
    const answer = {
      practice: false,
      trial,
      slot,
      chosen: layout[slot] ?? 0,
      reactionTimeMs: 500 + trial / 7,
      onsetMs: trial * 1000,
      elapsedMs: trial * 1000 + 500,
      focusLosses: 0,
    }
    const [start, used] = [performance.now(), process.cpuUsage()]
    await session.answer({ token, answer })
    times.push(performance.now() - start)
    const { user, system } = process.cpuUsage(used)
    cpu.push((user + system) / 1_000)
    // People do not answer in one task.
    await sleep(1)
  }
  // Beside a busy machine the wall clock tells of the others too; the processor's time does not.
  return { wall: quantiles(times), processor: quantiles(cpu) }
}

async function whileTraining(
  services: Services,
  data: { imageSet: string; labelSet: string },
  measure: () => Promise<unknown>,
) {
  const [run] = await services.runs.queue([
    {
      ...RUN_DEFAULTS,
      network: 'resnet_basic_8',
      target: 'soft',
      ...data,
      protocol: 'described',
      folds: 10,
      fold: 0,
      foldSeed: 0,
      trainImages: null,
      testImages: null,
      seed: 0,
      epochs: 1_000,
      batch: 64,
      learningRate: 0.1,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 1e-4,
      schedule: { kind: 'constant' },
      augment: true,
      device: 'cpu',
      evaluateEvery: 1,
      attacks: [],
    },
  ])
  if (!run) throw new Error('No run was queued.')
  const now = () => services.runs.list().find(({ id }) => id === run.id)
  for (;;) {
    const { state, progress, error } = now() ?? run
    if (state === 'running' && (progress?.step ?? 0) > 5) break
    if (state !== 'running' && state !== 'queued') throw new Error(`The run is ${state}: ${error?.message ?? ''}`)
    await sleep(200)
  }
  const from = now()?.progress?.step ?? 0
  const whileTraining = await measure()
  const trainingSteps = (now()?.progress?.step ?? 0) - from
  services.runs.stop(run.id)
  return { whileTraining, trainingSteps }
}

function quantiles(values: number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN).toFixed(3))
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
