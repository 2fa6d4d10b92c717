/**
 * A session from its opening to its end, as one state machine without a screen: what is shown, when an answer counts,
 * what happens to it. One trial goes round like this:
 *
 *   image fetched ahead -> painted (its onset) -> first answer -> stored -> next image painted
 *                          '- answers count -'   '------- nothing counts ------'
 */
import { shallowReactive } from 'vue'
import type { SessionImage } from '../../contract'
import { StudioError, type ErrorData } from '../../domain/errors'
import type { AnswerReceipt, Environment, SessionView } from '../../domain/study'
import type { SessionDoor } from './door'
import { store, untilDone } from './storing'
import { FocusLosses, reactionTimeMs, sessionClock } from './timing'

/** What draws. `P` is an image ready to be drawn. */
export interface Surface<P> {
  decode(image: SessionImage): P
  /** Draws in an animation frame and resolves, within it, with the image's onset (timing.ts). */
  paint(picture: P): Promise<number>
}

export type Screen = 'opening' | 'page' | 'ready' | 'trial' | 'finished' | 'stopped' | 'failed'

export interface FlowState {
  screen: Screen
  view: SessionView | null
  /** Why a `ready` screen is between the participant and the next image. */
  ready: 'first' | 'again' | 'after-practice'
  practice: boolean
  /** The trial on the screen, from 0. */
  trial: number
  total: number
  /** What was chosen for this image before: personal labelling, gone back. */
  chosen: number | null
  /** Practice: what was wrong with the answer just given, or that it was right. */
  feedback: { correct: boolean; chosen: number; label: number } | null
  /** An answer or an image has been waited for too long. */
  trouble: 'saving' | 'loading' | null
  paused: boolean
  error: ErrorData | null
}

export interface Flow {
  readonly state: FlowState
  readonly losses: FocusLosses
  /** Opens, or opens again after a failure. */
  start(): Promise<void>
  /** The page's or the ready screen's main button. */
  advance(): Promise<void>
  /** An answer at the event's time stamp. False where it does not count. */
  press(slot: number, eventTime: number): boolean
  /** Personal labelling: one image back; forward without another answer. False where there is no such image. */
  back(): boolean
  forward(): boolean
  pause(): void
  resume(): void
  withdraw(): Promise<void>
  /** Nothing is painted or asked for any more. */
  end(): void
}

export interface FlowOptions<P> {
  door: SessionDoor
  surface: Surface<P>
  environment: () => Promise<Environment>
  now?: () => number
}

interface Ahead<P> {
  practice: boolean
  trial: number
  picture: Promise<{ picture: P; chosen: number | null }>
}

export function createFlow<P>({ door, surface, environment, now = () => performance.now() }: FlowOptions<P>): Flow {
  const state = shallowReactive<FlowState>({
    screen: 'opening',
    view: null,
    ready: 'first',
    practice: false,
    trial: 0,
    total: 0,
    chosen: null,
    feedback: null,
    trouble: null,
    paused: false,
    error: null,
  })
  const losses = new FocusLosses()
  let clock = sessionClock(0, now())
  /** Set while an answer counts. */
  let onset: number | null = null
  /** Personal labelling: the first trial without an answer. */
  let frontier = 0
  let ahead: Ahead<P> | null = null
  let current: Ahead<P> | null = null
  let ended = false
  const isOver = () => ended
  let onResume: (() => void) | null = null

  const saving = (is: boolean) => void (state.trouble = is ? 'saving' : null)
  const loading = (is: boolean) => void (state.trouble = is ? 'loading' : null)

  function fail(thrown: unknown) {
    if (isOver()) return
    onset = null
    state.error = StudioError.from(thrown).toData()
    state.screen = 'failed'
  }

  async function start(): Promise<void> {
    try {
      state.screen = 'opening'
      state.error = null
      await enter(await door.open(await environment()), 'opened')
    } catch (thrown) {
      fail(thrown)
    }
  }

  /** Shows the stage a session is in. */
  async function enter(view: SessionView, how: 'opened' | 'advanced'): Promise<void> {
    if (isOver()) return
    if (how === 'opened') clock = sessionClock(view.elapsedMs, now())
    state.view = view
    state.feedback = null
    onset = null
    if (view.stage === 'consent' || view.stage === 'instructions') state.screen = 'page'
    else if (view.stage === 'finished' || view.stage === 'stopped') {
      state.screen = view.stage
      frontier = state.total = view.trials.total
    } else {
      state.practice = view.stage === 'practice'
      frontier = view.trials.position
      const { position, total } = state.practice ? view.practice : view.trials
      state.trial = position
      state.total = total
      lookAhead(state.practice, position)
      // Nobody's first image comes while the page is still being looked at.
      if (how === 'advanced' || view.kind === 'personal') await show(position)
      else {
        state.ready = view.resumed ? 'again' : 'first'
        state.screen = 'ready'
      }
    }
  }

  async function advance(): Promise<void> {
    const stage = state.view?.stage
    try {
      if (state.screen === 'ready') await show(state.trial)
      else if (state.screen === 'page' && (stage === 'consent' || stage === 'instructions'))
        await enter(await door.advance(stage), 'advanced')
    } catch (thrown) {
      fail(thrown)
    }
  }

  const isFor = (image: Ahead<P> | null, practice: boolean, trial: number) =>
    image?.practice === practice && image.trial === trial

  function lookAhead(practice: boolean, trial: number) {
    if (isFor(ahead, practice, trial)) return
    const picture = door
      .image(practice, trial)
      .then((image) => ({ picture: surface.decode(image), chosen: image.chosen }))
    // Reported where it is waited for; one that is never needed is no trouble.
    picture.catch(() => undefined)
    ahead = { practice, trial, picture }
  }

  /** The image of a trial, asked for again where the first request failed or was lost. */
  function fetched(practice: boolean, trial: number) {
    // Practice shows the same image until it is answered right.
    if (practice && current && isFor(current, practice, trial)) return current.picture
    let again = false
    return untilDone(() => {
      if (again) ahead = null
      again = true
      lookAhead(practice, trial)
      current = ahead
      // lookAhead has just set it.
      return (current as Ahead<P>).picture
    }, loading)
  }

  /** Paints a trial's image; answers count from then on. */
  async function show(trial: number): Promise<void> {
    onset = null
    const { practice } = state
    const { picture, chosen } = await fetched(practice, trial)
    if (isOver()) return
    state.screen = 'trial'
    // Behind the overlay nobody would see it.
    if (state.paused) await new Promise<void>((resolve) => (onResume = resolve))
    const painted = await surface.paint(picture)
    if (isOver()) return
    losses.reset()
    state.trial = trial
    state.chosen = chosen
    onset = painted
    if (trial + 1 < state.total) lookAhead(practice, trial + 1)
  }

  function press(slot: number, eventTime: number): boolean {
    const chosen = state.view?.layout[slot]
    // An event from before the frame was meant for what was there before.
    if (state.screen !== 'trial' || state.paused || onset === null || eventTime < onset || chosen === undefined)
      return false
    const given = {
      practice: state.practice,
      trial: state.trial,
      chosen,
      slot,
      reactionTimeMs: reactionTimeMs(eventTime, onset),
      onsetMs: clock(onset),
      elapsedMs: clock(eventTime),
      focusLosses: Math.min(losses.count, 65_535),
    }
    onset = null
    store(door, given, saving)
      .then((receipt) => settle(receipt, chosen))
      .catch(refused)
    return true
  }

  async function settle(receipt: AnswerReceipt, chosen: number): Promise<void> {
    if (isOver()) return
    const { practice, trial } = state
    // Fetched before it was answered: coming back, the image has to say what was chosen.
    if (isFor(ahead, practice, trial)) ahead = null
    state.feedback = receipt.feedback && { ...receipt.feedback, chosen }
    if (receipt.feedback && !receipt.feedback.correct) return show(trial)
    if (receipt.stage === 'trials' && practice) {
      Object.assign(state, { practice: false, trial: receipt.position, total: state.view?.trials.total ?? 0 })
      lookAhead(false, receipt.position)
      Object.assign(state, { ready: 'after-practice', screen: 'ready', feedback: null })
      return
    }
    if (state.view?.kind === 'personal' && receipt.stage !== 'stopped') {
      frontier = Math.max(frontier, trial + 1)
      return goOn(trial + 1)
    }
    if (receipt.stage === (practice ? 'practice' : 'trials')) return show(receipt.position)
    return finish()
  }

  /** The last page comes with the session. */
  async function finish(): Promise<void> {
    onset = null
    await enter(await untilDone(async () => door.open(await environment()), loading), 'opened')
  }

  const goOn = (trial: number): Promise<void> => (trial < state.total ? show(trial) : finish())

  /** The program said no to an answer: what the session has become says what to show. */
  async function refused(thrown: unknown): Promise<void> {
    try {
      const view = await door.open(await environment())
      const position = view.stage === 'practice' ? view.practice.position : view.trials.position
      const same = view.stage === (state.practice ? 'practice' : 'trials') && position === state.trial
      if (same) fail(thrown)
      else await enter(view, 'opened')
    } catch {
      fail(thrown)
    }
  }

  /** Personal labelling: to any image that has an answer, the first that has none, or past the last. */
  function move(trial: number): boolean {
    if (state.view?.kind !== 'personal' || state.paused || trial < 0 || trial > frontier) return false
    if (state.screen === 'trial' ? onset === null : state.screen !== 'finished') return false
    onset = null
    goOn(trial).catch(fail)
    return true
  }

  return {
    state,
    losses,
    start,
    advance,
    press,
    back: () => move(state.screen === 'finished' ? state.total - 1 : state.trial - 1),
    forward: () => state.screen === 'trial' && move(state.trial + 1),
    pause() {
      if (state.paused || state.screen !== 'trial') return
      state.paused = true
      losses.add()
    },
    resume() {
      state.paused = false
      onResume?.()
      onResume = null
    },
    async withdraw() {
      try {
        await enter(await door.withdraw(), 'opened')
      } catch (thrown) {
        fail(thrown)
      }
      state.paused = false
    },
    end: () => void (ended = true),
  }
}
