/**
 * One scripted participant from the page's address to its last page: pages, practice, trials, the image of the next
 * trial fetched while this one is looked at, every answer sent until it is acknowledged. Keeps account of what it was
 * told.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { mayPass, untilDone } from '../../src/renderer/session/storing'
import type { CallName, Input, JoinReply, Output, SessionImage } from '../../src/contract'
import { StudioError } from '../../src/domain/errors'
import { SeededRandom } from '../../src/domain/random'
import type { SessionAnswer, SessionStage, SessionView } from '../../src/domain/study'
import { SIMULATED_ENVIRONMENT } from '../../src/domain/study/simulation'
import type { Timed } from '../statistics'
import type { GivenAnswer } from './check'
import { connect, type Connection } from './connection'
import { CLASSES, identify, labelOf } from './images'

export const PACES = ['realistic', 'fast'] as const
export type Pace = (typeof PACES)[number]

/** Reaction times are log-normal: their median, and the standard deviation of their logarithm. */
const REACTION = { medianMs: 1_200, sigma: 0.5, leastMs: 250, mostMs: 20_000 }
const READING_MS = [2_000, 6_000] as const
/** Wrong answers in practice and trials; a wrong answer in practice shows the image again. */
const WRONG = 0.1
const PAGE_ATTEMPTS = 30
const PAGE_RETRY_MS = 1_000
/** How often a participant of an unsteady server opens its session again, as after a reload. */
const RELOAD = 0.02

export interface Script {
  origin: string
  /** A session's, or with `join` the study's recruitment link. */
  token: string
  join: boolean
  /** From 0 among all participants. */
  number: number
  seed: number
  /** Pauses as a factor of realistic ones: 1 realistic, 0 as fast as it can. */
  pauses: number
  /** Waits before it begins. */
  arrivesAfterMs: number
  /** Now and then opens the session again, and holds what the server says against what it knows. */
  reloads?: boolean
}

/** What one participant has seen. */
export interface Account {
  /** The session's, whichever way it came in. */
  token: string
  finished: boolean
  acknowledged: GivenAnswer[]
  pending: GivenAnswer | null
  /** From sending an answer to its acknowledgement, by the moment of the latter; attempts that failed included. */
  latencies: Timed[]
  /** When the first trial's image was there, milliseconds since 1970; null where it never came. */
  beganAt: number | null
  /** Attempts that got no answer and were repeated. */
  retries: number
  reloads: number
  /** Why it gave up; null where it came to its end. */
  error: string | null
}

const now = () => performance.timeOrigin + performance.now()

export interface PartOptions {
  /** Ends it between two trials. */
  stop?: AbortSignal
  /** Gets the account at once, which fills from then on. */
  observe?: (account: Readonly<Account>) => void
}

/** Never throws: what goes wrong is in the account. */
export async function takePart(script: Script, { stop, observe }: PartOptions = {}): Promise<Account> {
  const account: Account = {
    token: script.join ? '' : script.token,
    finished: false,
    acknowledged: [],
    pending: null,
    latencies: [],
    beganAt: null,
    retries: 0,
    reloads: 0,
    error: null,
  }
  observe?.(account)
  let connection: Connection | null = null
  try {
    await sleep(script.arrivesAfterMs)
    const token = script.join ? await joinStudy(script, account) : script.token
    account.token = token
    connection = connect(script.origin, token)
    await answerAll(script, account, connection, stop)
  } catch (error) {
    account.error = error instanceof StudioError ? error.toLine() : String(error)
  } finally {
    connection?.close()
  }
  return account
}

/** Repeats what got no answer, as the page does, and counts that. */
const persist = <T>(account: Account, attempt: () => Promise<T>): Promise<T> =>
  untilDone(
    () =>
      attempt().catch((error: unknown) => {
        if (error instanceof StudioError && mayPass(error)) account.retries++
        throw error
      }),
    () => undefined,
  )

async function joinStudy({ origin, token, number }: Script, account: Account): Promise<string> {
  const connection = connect(origin, token)
  try {
    const external = { service: 'other', participant: `scripted ${number}`, study: '', session: '' } as const
    for (let ticket: string | null = null; ;) {
      const asked: Input<'session.join'> = { join: token, external, ticket }
      const reply: JoinReply = await persist(account, () => connection.post('session.join', asked))
      if (reply.token !== null) return reply.token
      ticket = reply.waiting.ticket
      await sleep(reply.waiting.retryMs)
    }
  } finally {
    connection.close()
  }
}

async function answerAll(script: Script, account: Account, connection: Connection, stop?: AbortSignal): Promise<void> {
  const { token } = account
  const random = new SeededRandom(script.seed, script.number)
  const call = <N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> =>
    persist(account, () => connection.call(name, input))
  const open = () => call('session.open', { token, environment: SIMULATED_ENVIRONMENT })
  const pause = (ms: number) => (script.pauses > 0 ? sleep(ms * script.pauses) : Promise.resolve())
  const fetchImage = (practice: boolean, trial: number) => {
    const image = call('session.image', { token, practice, trial })
    image.catch(() => {}) // heard where it is waited for
    return image
  }

  await loadPage(account, connection)
  const began = performance.now()
  let view = await open()
  while (view.stage === 'consent' || view.stage === 'instructions') {
    await pause(random.between(...READING_MS))
    view = await call('session.advance', { token, from: view.stage })
  }
  let stage: SessionStage = view.stage
  let trial = stage === 'practice' ? view.practice.position : view.trials.position
  let image = fetchImage(stage === 'practice', trial)
  while (stage === 'practice' || stage === 'trials') {
    if (stop?.aborted) return
    if (script.reloads && random.uniform() < RELOAD) {
      account.reloads++
      requireSameState(await open(), view, stage, trial)
      image = fetchImage(stage === 'practice', trial)
    }
    const practice = stage === 'practice'
    const shown = identify(base64Of(await image))
    if (!practice) account.beganAt ??= now()
    const total = practice ? view.practice.total : view.trials.total
    const ahead = trial + 1 < total ? fetchImage(practice, trial + 1) : null
    const onset = performance.now()
    const reactionTimeMs = reactionTime(random)
    await pause(reactionTimeMs)
    const chosen = choose(random, shown.image)
    const slot = view.layout.indexOf(chosen)
    const onsetMs = onset - began
    const answer: SessionAnswer = {
      practice,
      trial,
      chosen,
      slot,
      reactionTimeMs,
      onsetMs,
      elapsedMs: onsetMs + reactionTimeMs,
      focusLosses: 0,
    }
    const given: GivenAnswer = { practice, trial, ...shown, chosen, slot, reactionTimeMs, onsetMs }
    account.pending = given
    const sent = performance.now()
    const receipt = await call('session.answer', { token, answer })
    account.latencies.push({ at: now(), ms: performance.now() - sent })
    account.pending = null
    account.acknowledged.push(given)
    const again = receipt.feedback !== null && !receipt.feedback.correct
    const next = receipt.stage !== stage ? 0 : again ? trial : trial + 1
    if (receipt.stage !== 'finished' && receipt.position !== next)
      throw new Error(`After trial ${trial} the server was at trial ${receipt.position}.`)
    if (receipt.stage !== stage) image = fetchImage(false, receipt.position)
    else if (!again) image = ahead ?? image
    ;({ stage, position: trial } = receipt)
  }
  // The last page comes with the session.
  account.finished = (await open()).stage === 'finished'
  if (!account.finished) throw new Error(`The session is ${stage} and did not end as finished.`)
}

/** A browser waits for a page as long as it takes; its user loads it again where it could not be had. */
async function loadPage(account: Account, connection: Connection): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.load('/study.html')
      return
    } catch (error) {
      if (attempt === PAGE_ATTEMPTS) throw error
      account.retries++
      await sleep(PAGE_RETRY_MS)
    }
  }
}

function requireSameState(found: SessionView, before: SessionView, stage: string, trial: number) {
  const position = stage === 'practice' ? found.practice.position : found.trials.position
  if (found.stage === stage && position === trial && found.layout.join() === before.layout.join()) return
  throw new Error(`At ${stage} ${trial} the session was opened again, at ${found.stage} ${position}.`)
}

/** Byte arrays cross the network as text. */
const base64Of = (image: SessionImage): string => (image.pixels as unknown as { $bytes: string }).$bytes

function reactionTime(random: SeededRandom): number {
  const { medianMs, sigma, leastMs, mostMs } = REACTION
  return Math.min(mostMs, Math.max(leastMs, medianMs * Math.exp(sigma * random.normal()))) + random.uniform()
}

/** The dataset label, or now and then any other. */
function choose(random: SeededRandom, image: number): number {
  const wrong = random.uniform() < WRONG
  return (labelOf(image) + (wrong ? 1 + random.below(CLASSES.length - 1) : 0)) % CLASSES.length
}
