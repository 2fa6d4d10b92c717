/** Studies on the demo set, sessions in a page, and what the project's database holds of them. */
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import Database from 'better-sqlite3'
import { PAPER_PROTOCOL, type StudyConfig, type StudyProtocol } from '../../src/domain/study'
import type { Door } from './door'
import { violations } from './axe'

/** Names are unique in a project. */
let made = 0

export async function makeStudy(
  door: Door,
  data: { imageSet: string; labelSet: string },
  change: Partial<Omit<StudyConfig, 'protocol'>> & { protocol?: Partial<StudyProtocol> } = {},
) {
  const { pool } = await door.call('studies.proposeChecks', { ...data, perClass: 2, seed: 1 })
  return door.call('studies.create', {
    name: `Study ${++made}`,
    kind: 'crowd',
    imageSet: data.imageSet,
    selection: null,
    pages: {
      consent: '# Consent\n\nDo you want to take part?',
      instructions: '# Instructions\n\nChoose what you see.',
      debrief: '# Thank you\n\nThat was all.',
    },
    checks: pool,
    practice: null,
    completion: { code: 'DONE-42', url: 'https://example.org/done' },
    seed: 3,
    ...change,
    protocol: { ...PAPER_PROTOCOL, ...change.protocol },
  })
}

export async function invite(door: Door, study: number): Promise<{ token: string; number: number; link: string }> {
  const [person] = await door.call('studies.invite', { study, count: 1 })
  if (!person) throw new Error('Nobody was invited.')
  return { token: person.token, number: person.number, link: `${new URL(door.url).origin}/study.html#${person.token}` }
}

export interface StoredAnswer {
  trial: number
  revision: number
  image: number
  is_check: number
  truth: number
  chosen: number
  slot: number
  reaction_time_ms: number
  onset_ms: number
  elapsed_ms: number
  focus_losses: number
}

/** As the database has it, in the order of trials and revisions. */
export function stored(door: Door, token: string) {
  const database = new Database(join(door.project, 'project.sqlite'), { readonly: true, fileMustExist: true })
  try {
    const session = database.prepare('SELECT * FROM sessions WHERE token = ?').get(token) as Record<string, unknown>
    const rows = (table: string, last: string) =>
      database.prepare(`SELECT * FROM ${table} WHERE session = ? ORDER BY trial, ${last}`).all(session['id'])
    const plan = session['plan'] as Buffer | null
    return {
      session,
      layout: [...(session['layout'] as Buffer)],
      /** Image and whether it is a check, per trial. */
      plan: plan ? [...new Int32Array(plan.buffer, plan.byteOffset, plan.byteLength / 4)] : [],
      answers: rows('answers', 'revision') as StoredAnswer[],
      practice: rows('practice_answers', 'attempt') as (StoredAnswer & { attempt: number })[],
    }
  } finally {
    database.close()
  }
}

/**
 * One image as a person at the screen saw it: the pixels, when they were drawn, what stood around them, what was
 * pressed.
 */
export interface Seen {
  /** FNV-1a of the canvas's red, green and blue. */
  pixels: number
  /** The frame it was drawn in began, on the page's clock; on a busy machine long before the drawing. */
  frameAt: number
  /** When it was drawn, on the page's clock: within the frame that paints it. */
  drawnAt: number
  labels: string[]
  said: string
  slot: number
  /** Of the key's event. */
  pressedAt: number
}

/**
 * Watches a session from the outside of its code: every drawing on a canvas with its moment. To be called
 * before the page is opened.
 */
export async function watchCanvas(page: Page) {
  await page.addInitScript(() => {
    const seen = { drawings: 0, frameAt: 0, drawnAt: 0, keyAt: 0 }
    Object.assign(window, { seen })
    const put = CanvasRenderingContext2D.prototype.putImageData
    CanvasRenderingContext2D.prototype.putImageData = function (
      this: CanvasRenderingContext2D,
      ...given: [ImageData, number, number]
    ) {
      put.apply(this, given as unknown as Parameters<typeof put>)
      seen.drawings++
      seen.frameAt = Number(document.timeline.currentTime)
      seen.drawnAt = performance.now()
    }
    window.addEventListener('keydown', (event) => (seen.keyAt = event.timeStamp), true)
  })
}

type Watched = { drawings: number; frameAt: number; drawnAt: number; keyAt: number }
const watched = (page: Page) => page.evaluate(() => (window as unknown as { seen: Watched }).seen)

export const drawingsSoFar = async (page: Page) => (await watched(page)).drawings

/** Waits for the drawing after `drawings`; answers how many there are. */
export async function nextDrawing(page: Page, drawings: number): Promise<number> {
  await page.waitForFunction((before) => (window as unknown as { seen: Watched }).seen.drawings > before, drawings)
  return (await watched(page)).drawings
}

export const readScreen = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context) throw new Error('There is no canvas.')
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    let pixels = 0x811c9dc5
    data.forEach((value, at) => {
      if (at % 4 < 3) pixels = Math.imul(pixels ^ value, 0x01000193) >>> 0
    })
    const labels = [...document.querySelectorAll<HTMLElement>('[data-slot]')].map(
      (each) => each.getAttribute('aria-label') ?? '',
    )
    return { pixels, labels, said: document.querySelector('[role=status]')?.textContent ?? '' }
  })

/** Waits `delayMs` on the page's own clock, presses the slot's key, and says what was seen and when. */
export async function answerAfter(page: Page, slot: number, delayMs: number): Promise<Seen> {
  const screen = await readScreen(page)
  await page.evaluate((ms) => {
    const from = performance.now()
    return new Promise<void>((resolve) => {
      const check = () => (performance.now() - from >= ms ? resolve() : void setTimeout(check, 1))
      check()
    })
  }, delayMs)
  const { frameAt, drawnAt } = await watched(page)
  await page.keyboard.press(String((slot + 1) % 10))
  const { keyAt } = await watched(page)
  return { ...screen, frameAt, drawnAt, slot, pressedAt: keyAt }
}

/** The same digest of an image as the program's data has it. */
export async function digestOf(door: Door, imageSet: string, images: readonly number[]): Promise<number[]> {
  const found: number[] = []
  for (const image of images) {
    const { pixels } = await door.call('data.pixels', { imageSet, indices: [image] })
    const bytes = Buffer.from((pixels as unknown as { $bytes: string }).$bytes, 'base64')
    let digest = 0x811c9dc5
    for (const value of bytes) digest = Math.imul(digest ^ value, 0x01000193) >>> 0
    found.push(digest)
  }
  return found
}

export async function expectAccessible(page: Page) {
  expect(await violations(page)).toEqual([])
}
