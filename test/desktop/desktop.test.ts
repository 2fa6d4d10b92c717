/** The desktop composition as built (main, preload, renderer) against the stand-in for the `electron` module. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProject } from '../../src/main/storage'
import { build, entry } from '../main/program'
import { until } from '../support/until'
import { scenarios, type Desktop } from './scenarios'

let child: ChildProcess
let browser: Browser
let desktop: Desktop
let folder: string
const problems: string[] = []

let asked = 0
function ask<T>(question: string, input?: unknown): Promise<T> {
  const id = ++asked
  return new Promise((resolve) => {
    const listen = (message: { id?: number; answer?: T }) => {
      if (message.id !== id) return
      child.off('message', listen)
      resolve(message.answer as T)
    }
    child.on('message', listen)
    child.send({ id, question, input })
  })
}

interface State {
  sandboxed: boolean
  schemes: { scheme: string; privileges: Record<string, boolean> }[]
  openedOutside: string[]
  shown: boolean[]
  preferences: Record<string, unknown>[]
}

declare global {
  interface Window {
    clicks?: number
  }
}

beforeAll(async () => {
  build()
  folder = mkdtempSync(join(tmpdir(), 'second-guess-desktop-'))
  const register = join(import.meta.dirname, 'standIn/register.mjs')
  child = spawn(process.execPath, ['--import', register, entry('index')], {
    env: { ...process.env, STAND_IN_USER_DATA: join(folder, 'user'), STAND_IN_FOLDER: join(folder, 'chosen') },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const endpoint = await new Promise<string>((done, fail) => {
    child.on('message', (message: { endpoint?: string }) => message.endpoint && done(message.endpoint))
    child.once('exit', (code) => fail(new Error(`the program ended with ${code}`)))
  })
  browser = await chromium.connectOverCDP(endpoint)
  const context = browser.contexts()[0]
  const find = () => context?.pages().find((each) => each.url().startsWith('https://second-guess.test'))
  const page = await until('the window is open', find, { child })
  page.on('pageerror', (error) => problems.push(error.message))
  desktop = {
    page,
    folder,
    openedOutside: async () => (await ask<State>('state')).openedOutside,
    async quit() {
      const ended = new Promise<number | null>((done) => child.once('exit', done))
      void ask('quit')
      return ended
    },
  }
}, 300_000)

afterAll(async () => {
  await browser.close()
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

describe('a first start', () => {
  test('leads in two clicks, one of them in the folder dialog, to figures that fill', async () => {
    const { page } = desktop
    await page.evaluate(() => {
      window.clicks = 0
      document.addEventListener('click', () => (window.clicks = (window.clicks ?? 0) + 1), true)
    })
    await page.getByRole('button', { name: /Reproduce the figures/ }).click()
    await page.getByRole('button', { name: 'Choose…' }).click()
    await page.getByRole('region', { name: 'On its way' }).waitFor({ timeout: 120_000 })
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Figures')
    expect(await page.evaluate(() => window.clicks)).toBe(2)
    await page.getByRole('region', { name: 'On its way' }).getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('region', { name: 'On its way' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Home' }).click()
  }, 180_000)
})

describe('what only the main process knows', () => {
  test('every window is sandboxed, isolated and without Node', async () => {
    await expect.poll(async () => (await ask<State>('state')).shown, { timeout: 10_000 }).toEqual([true])
    const { sandboxed, schemes, preferences } = await ask<State>('state')
    expect(sandboxed).toBe(true)
    expect(schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ])
    expect(preferences).toHaveLength(1)
    expect(preferences[0]).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
    })
  })

  test.each(['media', 'geolocation', 'notifications', 'usb', 'fullscreen', 'openExternal', 'clipboard-read'])(
    'the permission %s is denied, to our own page too',
    async (permission) => {
      const denied = { request: false, check: false, device: false }
      expect(await ask('permission', { permission, url: 'app://second-guess/index.html' })).toEqual(denied)
    },
  )

  test('copying is granted to our page only', async () => {
    const asking = (url: string) => ask('permission', { permission: 'clipboard-sanitized-write', url })
    expect(await asking('app://second-guess/')).toMatchObject({ request: true, check: true })
    for (const url of ['https://example.com/', 'app://second-guess.evil/', 'app://evil/', 'about:blank'])
      expect(await asking(url)).toMatchObject({ request: false, check: false })
  })

  test('a new window is never opened; only https links to known sites go to the person’s own browser', async () => {
    const linked = 'https://arxiv.org/abs/1908.07086'
    const others = [
      'http://arxiv.org/',
      'https://arxiv.org.evil.example/',
      'https://evil.example/',
      'https://user@arxiv.org/',
      'https://arxiv.org:8443/',
      'file:///etc/passwd',
      'app://second-guess/',
      'javascript:alert(1)',
      'not an address',
    ]
    for (const url of [...others, linked]) expect(await ask('open', { url })).toEqual({ action: 'deny' })
    expect(await desktop.openedOutside()).toEqual([linked])
  })

  test('a frame inside the window is no sender, whatever it shows', async () => {
    const answer = await desktop.page.evaluate(async () => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const inside = frame.contentWindow?.secondGuess
      const reply = inside ? await inside.calls['project.current']({}) : 'no bridge'
      frame.remove()
      return reply
    })
    if (answer !== 'no bridge') expect(answer).toMatchObject({ ok: false, error: { kind: 'forbidden' } })
  })
})

describe('scenarios', () => {
  test.each(scenarios)('%s', async (_, run) => run(desktop), 120_000)

  test('nothing was thrown in the window, and what ran waits for the next start', () => {
    expect(problems).toEqual([])
    expect(existsSync(join(folder, 'user', 'recent.json'))).toBe(true)
    const store = openProject(join(folder, 'project'), { mustExist: true })
    expect(store.notices).toEqual([])
    expect(store.runs.list().at(-1)?.state).toBe('queued')
    expect(existsSync(join(store.runFolder(store.runs.list().at(-1)?.id ?? 0), 'checkpoint'))).toBe(true)
    store.close()
  })
})
