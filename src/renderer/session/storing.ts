/**
 * Sends one answer until it is stored. An answer whose acknowledgement was lost is sent again with the same content,
 * which the program stores once. A refusal (the study was closed, the session belongs to somebody else) is not tried
 * again.
 */
import type { AnswerReceipt, SessionAnswer } from '../../domain/study'
import { StudioError } from '../../domain/errors'
import type { SessionDoor } from './door'

/** Told to the participant only after this long: most troubles are over before. */
export const QUIET_MS = 1_000
const FIRST_WAIT_MS = 150
const LONGEST_WAIT_MS = 4_000
/** An attempt without any answer counts as lost. */
const LOST_MS = 10_000

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function lost(): { promise: Promise<never>; end: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StudioError('internal', 'No answer came.')), LOST_MS)
  })
  return { promise, end: () => clearTimeout(timer) }
}

/** Only what may be over later is worth another attempt. */
export const mayPass = (error: StudioError) => error.kind === 'internal' || error.kind === 'cancelled'

/** Repeats `attempt` until it works; `trouble` is told when that takes long, and when it is over. */
export async function untilDone<T>(attempt: () => Promise<T>, trouble: (now: boolean) => void): Promise<T> {
  const late = setTimeout(() => trouble(true), QUIET_MS)
  try {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const timeout = lost()
      try {
        return await Promise.race([attempt(), timeout.promise])
      } catch (thrown) {
        const error = StudioError.from(thrown)
        if (!mayPass(error)) throw error
      } finally {
        timeout.end()
      }
      await wait(waitMs)
    }
  } finally {
    clearTimeout(late)
    trouble(false)
  }
}

export function store(
  door: SessionDoor,
  answer: SessionAnswer,
  trouble: (now: boolean) => void,
): Promise<AnswerReceipt> {
  const sent = Object.freeze({ ...answer })
  return untilDone(() => door.answer(sent), trouble)
}
