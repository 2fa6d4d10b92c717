/**
 * How quick the window is, in a real Chromium at the real browser door: from the start of the program, and from a
 * reload, until a click is answered; scrolling through the gallery by the wheel; and clicks, keys and calls while four
 * workers send 50 points a second into the open place Train. Options: --images, --seconds, --times, --events,
 * --history.
 *
 * Frames are what requestAnimationFrame sees, without a screen at Chromium's own 60 a second. Input to paint: from the
 * event's own time stamp until the frame after it has been handed over. Workers are processes that speak the real
 * protocol and train nothing: what they leave of the processor a real run would take.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type * as Playwright from '@playwright/test'
import { serveSynthetic, workSynthetically } from './interface/door'
import { makeProject } from './interface/given'
import { read, reset, timeCall, watch, type Watched } from './interface/page'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const FRAME_MS = 17
const SLOW_MS = 50
/** A notch of a wheel, and how often one comes. */
const NOTCH_PX = 120
const NOTCH_MS = 16

export async function measureInterface(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '20' },
      times: { type: 'string', default: '5' },
      events: { type: 'string', default: '50' },
      history: { type: 'string', default: '2000' },
      as: { type: 'string' },
      project: { type: 'string', default: '' },
    },
  })
  const [images, seconds, times, events, history] = [
    values.images,
    values.seconds,
    values.times,
    values.events,
    values.history,
  ].map(Number) as [number, number, number, number, number]
  // This program's own further processes.
  if (values.as === 'worker') return workSynthetically(events, history)
  if (values.as === 'door') return serveSynthetic(values.project, events, history)

  const folder = mkdtempSync(join(tmpdir(), 'second-guess-interface-'))
  const before = processorTimes()
  const loadBefore = loadavg()
  const browser = await chromium()
  try {
    const project = join(folder, 'project')
    await makeProject(project, images, history)
    const found = {
      start: await starts(browser, folder, project, times),
      ...(await withDoor(project, events, history, async (url) => ({
        gallery: await gallery(browser, url, seconds),
        training: await training(browser, url, seconds),
      }))),
    }
    process.stderr.write(table(found))
    const noise = { cores: availableParallelism(), loadBefore, loadAfter: loadavg(), busyShare: busySince(before) }
    return { images, seconds, times, events, history, noise, ...found }
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function chromium() {
  // Not bundled: it is there only where the tests are.
  const { chromium: engine } = createRequire(import.meta.url)('@playwright/test') as typeof Playwright
  const executablePath = CHROMIUM.find((path) => existsSync(path))
  return engine.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}

async function open(browser: Playwright.Browser): Promise<Playwright.Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.addInitScript(watch)
  return page
}

/** Clicks a place as soon as it is there and waits for its heading. */
async function answersClick(page: Playwright.Page) {
  await page.getByRole('link', { name: 'Data', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Data' }).waitFor()
}

/** The first line of a process that matches. */
function address(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = pattern.exec(said)?.[0]
      if (found) resolve(found)
    })
    child.on('exit', (code) => reject(new Error(`the door ended with ${code}: ${said}`)))
  })
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve() : void child.once('exit', () => resolve()),
  )

/** The program as a person starts it. Its runs are held back, or they would train beside what is measured. */
async function starts(browser: Playwright.Browser, folder: string, project: string, times: number) {
  const result = { processToAddress: [] as number[], processToClick: [] as number[], reloadToClick: [] as number[] }
  for (let at = 0; at < times; at++) {
    const page = await open(browser)
    const begin = performance.now()
    const child = fork(process.argv[1] ?? '', ['interface', '--as', 'door', '--project', project, '--events', '1'], {
      env: { ...process.env, HOME: folder },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    try {
      const url = await address(child, /http:\S+\n/)
      result.processToAddress.push(performance.now() - begin)
      await page.goto(url.trim(), { waitUntil: 'commit' })
      await answersClick(page)
      result.processToClick.push(performance.now() - begin)
      await page.evaluate(() => (location.hash = '/'))
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
      const again = performance.now()
      await page.reload({ waitUntil: 'commit' })
      await answersClick(page)
      result.reloadToClick.push(performance.now() - again)
    } finally {
      await page.close()
      child.kill('SIGTERM')
      await ended(child)
    }
  }
  return {
    processToAddressMs: quantiles(result.processToAddress),
    processToClickMs: quantiles(result.processToClick),
    reloadToClickMs: quantiles(result.reloadToClick),
  }
}

async function withDoor<T>(
  project: string,
  events: number,
  history: number,
  act: (url: string) => Promise<T>,
): Promise<T> {
  const child = fork(
    process.argv[1] ?? '',
    ['interface', '--as', 'door', '--project', project, '--events', String(events), '--history', String(history)],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  )
  try {
    return await act((await address(child, /http:\S+\n/)).trim())
  } finally {
    child.kill('SIGTERM')
    await ended(child)
  }
}

/** By the wheel down through all images and up again, as long as it takes. */
async function gallery(browser: Playwright.Browser, url: string, seconds: number) {
  const page = await open(browser)
  await page.goto(`${url}#/gallery`)
  const grid = page.getByRole('listbox', { name: 'Images' })
  await grid.getByRole('option').first().waitFor()
  await page.waitForLoadState('networkidle')
  await grid.hover()
  await page.evaluate(reset)
  const until = performance.now() + seconds * 1000
  for (let at = 0; performance.now() < until; at++) {
    // Four notches at once now and then, as a flung wheel gives; the last third of the time upwards.
    const notches = at % 40 < 10 ? 4 : 1
    const up = until - performance.now() < (seconds * 1000) / 3
    await page.mouse.wheel(0, (up ? -1 : 1) * notches * NOTCH_PX)
    await sleep(NOTCH_MS)
  }
  const { frames, longTasks } = await page.evaluate(read)
  const scrolled = await grid.evaluate((each) => {
    const scroller = [each, ...each.querySelectorAll('*')].find(({ scrollTop }) => scrollTop > 0) ?? each.parentElement
    return scroller?.scrollTop ?? 0
  })
  await page.close()
  return { scrolledToPx: scrolled, ...ofFrames(frames), longTasksMs: ofLongTasks(longTasks) }
}

async function training(browser: Playwright.Browser, url: string, seconds: number) {
  const page = await open(browser)
  const token = new URL(url).searchParams.get('token') ?? ''
  await page.goto(`${url}#/train`)
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor()
  await page.locator('[data-row]').nth(3).waitFor()
  await page.waitForTimeout(3000)
  await page.evaluate(reset)
  const begin = performance.now()
  const calls: Record<string, number[]> = {}
  const rows = page.locator('[data-row]')
  const press = async (target: Playwright.Locator) => {
    // The bare mouse: a locator's own click would first wait until nothing moves.
    const { x, y, width, height } = (await target.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.click(x + width / 2, y + height / 2)
  }
  for (let at = 0; performance.now() - begin < seconds * 1000; at++) {
    // A person who chooses runs, walks the queue and sorts it.
    await [
      () => press(rows.nth(at % 4)),
      () => page.keyboard.press('ArrowDown'),
      () => page.keyboard.press('ArrowUp'),
      () => press(page.getByRole('button', { name: 'State', exact: true })),
    ][at % 4]?.()
    const [name, input] = [
      ['runs.list', {}],
      ['project.current', {}],
      ['runs.metrics', { id: 2 }],
    ][at % 3] as [string, object]
    ;(calls[name] ??= []).push(await page.evaluate(timeCall, { name, input, token }))
    await sleep(100)
  }
  const passed = (performance.now() - begin) / 1000
  const watched: Watched = await page.evaluate(read)
  await page.close()
  return {
    messagesPerSecond: Number((watched.messages / passed).toFixed(1)),
    inputToPaintMs: against(watched.inputs),
    callToAnswerMs: Object.fromEntries(Object.entries(calls).map(([name, list]) => [name, against(list)])),
    ...ofFrames(watched.frames),
    longTasksMs: ofLongTasks(watched.longTasks),
  }
}

const ofFrames = (frames: number[]) => ({
  frames: frames.length,
  frameMs: quantiles(frames),
  framesAbove17Ms: frames.filter((ms) => ms > FRAME_MS).length,
  framesAbove50Ms: frames.filter((ms) => ms > SLOW_MS).length,
})
const ofLongTasks = (tasks: number[]) => ({ count: tasks.length, ...(tasks.length > 0 ? quantiles(tasks) : {}) })
const against = (values: number[]) => ({
  count: values.length,
  ...quantiles(values),
  above50Ms: values.filter((ms) => ms > SLOW_MS).length,
})

function quantiles(values: number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN).toFixed(1))
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

const processorTimes = () =>
  cpus().reduce(
    (sum, { times: { user, sys, nice, irq, idle } }) => ({
      busy: sum.busy + user + sys + nice + irq,
      all: sum.all + user + sys + nice + irq + idle,
    }),
    { busy: 0, all: 0 },
  )

/** Share of all cores that was at work meanwhile, by this program and by others. */
function busySince(before: ReturnType<typeof processorTimes>) {
  const now = processorTimes()
  return Number(((now.busy - before.busy) / (now.all - before.all)).toFixed(2))
}

/** Every p50/p95/max of the result as a line of its own. */
function table(found: object): string {
  const lines: [string, string, string, string, string][] = [['ms', 'p50', 'p95', 'max', '']]
  const visit = (value: object, path: string[]) => {
    const { p50, p95, max, ...rest } = value as Record<string, unknown>
    if (typeof p50 === 'number')
      lines.push([
        path.join(' '),
        String(p50),
        String(p95),
        String(max),
        Object.entries(rest)
          .map(([name, each]) => `${name} ${String(each)}`)
          .join(', '),
      ])
    else
      for (const [name, each] of Object.entries(value))
        if (typeof each === 'object' && each !== null) visit(each as object, [...path, name])
  }
  visit(found, [])
  return `${lines
    .map(
      ([name, ...cells]) =>
        `${name.padEnd(40)}${cells
          .slice(0, 3)
          .map((cell) => cell.padStart(9))
          .join('')}   ${cells[3]}`,
    )
    .join('\n')}\n`
}
