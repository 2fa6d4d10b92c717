/** A session's door in memory for tests, with the rules of the program: stores once, refuses what is not at hand. */
import type { SessionDoor } from '../../src/renderer/session/door'
import type { Surface } from '../../src/renderer/session/flow'
import { StudioError } from '../../src/domain/errors'
import type { AnswerReceipt, Environment, SessionAnswer, SessionView } from '../../src/domain/study'

export const ENVIRONMENT: Environment = {
  browser: 'test',
  screenWidth: 1,
  screenHeight: 1,
  windowWidth: 1,
  windowHeight: 1,
  pixelRatio: 1,
  language: 'en',
  frameMs: 16,
}

/** The right label of image n: what practice asks for. */
export const truth = (trial: number, classes: number) => (trial * 7 + 3) % classes

export interface Scripted extends SessionDoor {
  view: SessionView
  /** What is stored, in the order in which it came; practice apart. */
  stored: SessionAnswer[]
  practice: SessionAnswer[]
  /** How often `answer` was asked. */
  asked: number
  images: [boolean, number][]
  /** Called before an answer is stored and before it is acknowledged: throw to lose the one or the other. */
  before: (times: number) => void | Promise<void>
  after: (times: number) => void | Promise<void>
  imageFails: (times: number) => void
}

export function scriptedDoor(change: Partial<SessionView> = {}, stages: SessionView['stage'][] = []): Scripted {
  const classes = change.classes ?? ['a', 'b', 'c', 'd']
  const door: Scripted = {
    view: {
      study: 'Study',
      kind: 'crowd',
      code: 'P0001',
      stage: 'trials',
      classes,
      layout: classes.map((_, at) => (at + 1) % classes.length),
      imagePixels: 160,
      smoothing: 'crisp',
      practice: { position: 0, total: 0 },
      trials: { position: 0, total: 5 },
      page: '',
      completion: null,
      elapsedMs: 0,
      resumed: null,
      stopped: null,
      ...change,
    },
    stored: [],
    practice: [],
    asked: 0,
    images: [],
    before: () => undefined,
    after: () => undefined,
    imageFails: () => undefined,
    async open() {
      return structuredClone(door.view)
    },
    async advance(from) {
      if (door.view.stage === from) door.view.stage = stages.shift() ?? 'trials'
      return structuredClone(door.view)
    },
    async image(practice, trial) {
      door.images.push([practice, trial])
      door.imageFails(door.images.length)
      const { position } = practice ? door.view.practice : door.view.trials
      const least = door.view.kind === 'personal' ? 0 : position
      if (trial < least || trial > position + 1) throw new StudioError('forbidden', 'This image is not at hand.')
      const chosen =
        door.view.kind === 'personal' ? (door.stored.findLast((one) => one.trial === trial)?.chosen ?? null) : null
      return { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(trial), chosen }
    },
    async answer(answer) {
      const times = ++door.asked
      await door.before(times)
      const receipt = take(door, answer)
      await door.after(times)
      return receipt
    },
    async withdraw() {
      Object.assign(door.view, { stage: 'stopped', stopped: 'withdrawn' })
      return structuredClone(door.view)
    },
    close: () => undefined,
  }
  return door
}

function take(door: Scripted, answer: SessionAnswer): AnswerReceipt {
  const { view } = door
  if (view.layout[answer.slot] !== answer.chosen) throw new StudioError('bad-input', 'The label is not on that slot.')
  const list = answer.practice ? door.practice : door.stored
  const place = answer.practice ? view.practice : view.trials
  const before = list.filter(({ trial }) => trial === answer.trial)
  const right = truth(answer.trial, view.classes.length)
  const feedback = answer.practice ? { correct: answer.chosen === right, label: right } : null
  const revision = before.length
  const same = JSON.stringify(before.at(-1)) === JSON.stringify(answer)
  if (!same) {
    const revises = view.kind === 'personal' && answer.trial < place.position
    if (view.stage !== (answer.practice ? 'practice' : 'trials') && !revises)
      throw new StudioError('conflict', 'Not now.')
    if (answer.trial !== place.position && !revises) throw new StudioError('conflict', 'Not the image at hand.')
    list.push(answer)
    if (feedback?.correct !== false && !revises) place.position++
    if (place.position >= place.total && !revises) view.stage = answer.practice ? 'trials' : 'finished'
  }
  const position = view.stage === 'practice' ? view.practice.position : view.trials.position
  return { feedback, stage: view.stage, position, revision: same ? revision - 1 : revision }
}

/** Frames come every 16 ms of the test's own clock, when the test says so. */
export function frames() {
  let waiting: { picture: number; resolve: (time: number) => void } | null = null
  let time = 1_000
  const painted: { picture: number; at: number }[] = []
  const surface: Surface<number> = {
    decode: ({ pixels }) => pixels[0] ?? -1,
    paint: (picture) => new Promise((resolve) => (waiting = { picture, resolve })),
  }
  return {
    surface,
    painted,
    now: () => time,
    /** Lets promises settle, then draws what waits. Answers whether anything was drawn. */
    async frame(ms = 16): Promise<boolean> {
      await settled()
      time += ms
      if (!waiting) return false
      const { picture, resolve } = waiting
      waiting = null
      painted.push({ picture, at: time })
      resolve(time)
      await settled()
      return true
    },
  }
}

export async function settled() {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}
