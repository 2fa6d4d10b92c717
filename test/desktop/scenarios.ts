/**
 * What a desktop window must do and must refuse, said once: run against the stand-in everywhere, and against Electron
 * itself wherever its binary exists.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { CALLS, type Bridge, type DoorInfo, type ProjectInfo } from '../../src/contract'
import { RUN_DEFAULTS, type RunConfig } from '../../src/domain/runs/config'
import type { RunInfo } from '../../src/domain/runs/info'
import type { ParticipantInfo, SessionView, StudyInfo } from '../../src/domain/study'
import { ENVIRONMENT, studyConfig } from '../main/studyConfig'
import { until } from '../support/until'

export interface Desktop {
  page: Page
  /** A folder of this test's own. */
  folder: string
  /** Links that were handed to the person's own browser. */
  openedOutside(): Promise<string[]>
  /** As the menu does; settles when the program has ended, with its exit code. */
  quit(): Promise<number | null>
}

declare global {
  interface Window {
    received?: { name: string; payload: unknown }[]
  }
}

const bridge = `window.secondGuess`
const call = (
  page: Page,
  name: keyof Bridge['calls'],
  input: unknown,
): Promise<{ ok: boolean; value?: unknown; error?: { kind: string } }> =>
  page.evaluate(`${bridge}.calls[${JSON.stringify(name)}](${JSON.stringify(input)})`) as never

const received = (page: Page, name: string): Promise<unknown[]> =>
  page.evaluate(
    (wanted) => (window.received ?? []).filter((each) => each.name === wanted).map((each) => each.payload),
    name,
  )

const tiny: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'demo',
  labelSet: 'demo-people',
  protocol: 'described',
  folds: 10,
  fold: 0,
  foldSeed: 0,
  trainImages: 64,
  testImages: 20,
  seed: 0,
  epochs: 2,
  batch: 16,
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'constant' },
  augment: true,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [],
}

/** In this order: later ones build on the project of earlier ones. */
export const scenarios: [string, (desktop: Desktop) => Promise<void>][] = [
  [
    'the window shows the program and has no Node',
    async ({ page }) => {
      await page
        .getByRole('heading', { name: 'Home' })
        .or(page.getByRole('heading', { level: 1 }))
        .first()
        .waitFor()
      const reachable = await page.evaluate(() =>
        ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
      )
      assert.deepEqual(reachable, [])
    },
  ],
  [
    'the bridge has one named function per call and nothing generic',
    async ({ page }) => {
      const shape = await page.evaluate(() => {
        const { secondGuess } = window
        if (!secondGuess) return null
        const generic = ['invoke', 'send', 'ipcRenderer', 'call'].filter((name) => name in secondGuess)
        return { keys: Object.keys(secondGuess).sort(), calls: Object.keys(secondGuess.calls).sort(), generic }
      })
      assert.deepEqual(shape, { keys: ['calls', 'onEvent', 'pathOf'], calls: Object.keys(CALLS).sort(), generic: [] })
    },
  ],
  [
    'a project opens, the demo set is made in a worker process, events arrive without the event object',
    async ({ page, folder }) => {
      await page.evaluate(() => {
        window.received = []
        window.secondGuess?.onEvent((...values: unknown[]) => {
          const [name, payload] = values
          window.received?.push({ name: values.length === 2 ? String(name) : 'too much', payload })
        })
      })
      const opened = await call(page, 'project.open', { path: join(folder, 'project') })
      assert.equal(opened.ok, true)
      assert.equal((await call(page, 'data.createDemo', { seed: 0, images: 300 })).ok, true)
      await until('the job is done', async () =>
        ((await received(page, 'job.changed')) as { state: string }[]).some(({ state }) => state === 'done'),
      )
      assert.deepEqual(await received(page, 'too much'), [])
      const { value } = await call(page, 'project.current', {})
      assert.deepEqual(
        (value as ProjectInfo).imageSets.map(({ name, count }) => [name, count]),
        [['demo', 300]],
      )
      assert.ok(existsSync(join(folder, 'project', 'datasets', '1.u8')))
    },
  ],
  [
    'pixels cross the bridge as bytes',
    async ({ page }) => {
      const found = await page.evaluate(async () => {
        const reply = await window.secondGuess?.calls['data.pixels']({ imageSet: 'demo', indices: [5, 2] })
        return reply?.ok ? [reply.value.pixels instanceof Uint8Array, reply.value.pixels.length] : reply
      })
      assert.deepEqual(found, [true, 2 * 32 * 32 * 3])
    },
  ],
  [
    'a run trains in its own process and its curve arrives live',
    async ({ page }) => {
      const { ok, value } = await call(page, 'runs.queue', { configs: [tiny] })
      assert.equal(ok, true)
      const { id } = (value as RunInfo[])[0] ?? assert.fail('no run')
      const run = await until('the run ends', async () => {
        const { value: list } = await call(page, 'runs.list', {})
        const now = (list as RunInfo[]).find((each) => each.id === id)
        return now && ['done', 'failed'].includes(now.state) && now
      })
      assert.equal(run.state, 'done', JSON.stringify(run.error))
      assert.equal(run.result?.heldOut, 20)
      assert.ok((await received(page, 'run.metrics')).length > 0)
    },
  ],
  [
    'a study lets participants in by a door of its own, which knows no owner',
    async ({ page }) => {
      const config = studyConfig({
        name: 'desk',
        imageSet: 'demo',
        checks: { imageSet: 'demo', images: [...Array(12).keys()] },
      })
      const made = await call(page, 'studies.create', config)
      const { id } = made.value as StudyInfo
      const { value: invited } = await call(page, 'studies.invite', { study: id, count: 1 })
      const token = (invited as ParticipantInfo[])[0]?.token ?? assert.fail('nobody was invited')
      assert.deepEqual((await call(page, 'studies.door', {})).value, {
        address: null,
        network: false,
        lasting: false,
        canOpen: true,
      })
      const { value: door } = await call(page, 'studies.openDoor', { host: '127.0.0.1' })
      const address = (door as DoorInfo).address ?? assert.fail('no door')
      assert.equal((door as DoorInfo).lasting, true)
      assert.equal((await fetch(`${address}/study.html`)).status, 200)
      const ask = async (name: string, input: unknown, bearer: string) => {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
        const response = await fetch(`${address}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) })
        return (await response.json()) as { ok: boolean; value?: SessionView }
      }
      const opened = await ask('session.open', { token, environment: ENVIRONMENT }, token)
      assert.deepEqual([opened.value?.code, opened.value?.stage], ['P0001', 'practice'])
      assert.equal((await ask('studies.list', {}, token)).ok, false)
      assert.equal((await ask('project.current', {}, '')).ok, false)
      // What happens there is seen in the window.
      await until('the window hears of it', async () =>
        ((await received(page, 'study.changed')) as StudyInfo[]).some(({ sessions }) => sessions.running === 1),
      )
    },
  ],
  [
    'what does not fit the contract is refused with its reason',
    async ({ page }) => {
      for (const input of [{}, { path: '' }, { path: '/x', more: 1 }, null, 'text'])
        assert.equal((await call(page, 'project.open', input)).error?.kind, 'bad-input')
    },
  ],
  [
    'the address of the window gives built files and nothing outside them',
    async ({ page }) => {
      const status = (path: string) =>
        page.evaluate(async (asked) => (await fetch(asked).catch(() => ({ status: -1 }))).status, path)
      assert.equal(await status('/index.html'), 200)
      for (const path of [
        '/../package.json',
        '/%2e%2e/package.json',
        '/..%2fmain/index.js',
        '/%2e%2e%2fmain%2findex.js',
        '/..%5cpackage.json',
        '/%00',
      ])
        assert.equal(await status(path), 404, path)
    },
  ],
  [
    'script in the page, evaluated or inline, does not run; other sites are out of reach',
    async ({ page }) => {
      const found = await page.evaluate(async () => {
        const script = document.createElement('script')
        script.textContent = 'window.injected = true'
        document.head.append(script)
        const elsewhere = await fetch('https://example.com/').then(
          () => 'reached',
          () => 'refused',
        )
        return { injected: 'injected' in window, elsewhere }
      })
      assert.deepEqual(found, { injected: false, elsewhere: 'refused' })
    },
  ],
  [
    'navigation away and new windows are denied; only known https links open outside',
    async ({ page, openedOutside }) => {
      const before = page.url()
      const opened = await openedOutside()
      await page.evaluate(() => void (location.href = 'https://example.com/'))
      await new Promise((resolve) => setTimeout(resolve, 500))
      assert.equal(page.url(), before)
      for (const address of ['https://example.com/', 'file:///etc/passwd', 'http://arxiv.org/'])
        await page.evaluate((url) => void window.open(url, '_blank', 'noreferrer=no'), address)
      await new Promise((resolve) => setTimeout(resolve, 1000))
      assert.deepEqual(await openedOutside(), opened)
      // A denied window is there until the stand-in has closed it, which takes its time on a busy machine.
      const shown = () =>
        page
          .context()
          .pages()
          .filter((each) => each.url() !== 'about:blank')
      await until('no window but the first stays open', () => shown().length === 1)
    },
  ],
  [
    'quitting saves what runs: it goes on at the next start',
    async ({ page, quit }) => {
      const { value } = await call(page, 'runs.queue', { configs: [{ ...tiny, epochs: 2000 }] })
      const { id } = (value as RunInfo[])[0] ?? assert.fail('no run')
      await until('it trains', async () => {
        const { value: list } = await call(page, 'runs.list', {})
        return ((list as RunInfo[]).find((each) => each.id === id)?.progress?.step ?? 0) > 4
      })
      assert.equal(await quit(), 0)
    },
  ],
]
