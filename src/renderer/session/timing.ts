/**
 * The times of a trial. All of them are on the page's one clock, in milliseconds: `performance.now()`, the time stamps
 * of events and those of animation frames share their zero.
 *
 * The onset of an image is the time stamp of the animation frame in which it was drawn on the canvas: the beginning of
 * that frame, which is what the screen shows at its next refresh; where the frame had begun before the image was asked
 * for, the moment it was asked for. Until the light leaves the screen it takes one or two
 * refreshes more, the same for every image of a session; `Environment.frameMs` says how long one is.
 * A reaction time runs from there to the time stamp of the `keydown` or `pointerdown`, which is when the browser got
 * it, not when the page came to handle it.
 */
import { median } from '../../domain/averages'
import type { Environment } from '../../domain/study'

export function reactionTimeMs(eventTime: number, onset: number): number {
  return Math.max(0, eventTime - onset)
}

/** Milliseconds of the session: goes on from those of earlier openings. */
export function sessionClock(elapsedMs: number, now: number): (time: number) => number {
  return (time) => Math.max(0, elapsedMs + time - now)
}

/** How often the window was left during a trial. Losing the focus and being hidden at once is one loss. */
export class FocusLosses {
  count = 0
  private away = false

  lose() {
    if (!this.away) this.count++
    this.away = true
  }
  regain() {
    this.away = false
  }
  /** Looked away inside the window: the break overlay. */
  add() {
    this.count++
  }
  reset() {
    this.count = 0
  }
}

/** Counts into `losses` while the page lives; answers the function that ends it. */
export function watchFocus(losses: FocusLosses): () => void {
  const lose = () => losses.lose()
  const regain = () => {
    if (document.visibilityState === 'visible') losses.regain()
  }
  const visibility = () => (document.visibilityState === 'hidden' ? lose() : regain())
  window.addEventListener('blur', lose)
  window.addEventListener('focus', regain)
  document.addEventListener('visibilitychange', visibility)
  return () => {
    window.removeEventListener('blur', lose)
    window.removeEventListener('focus', regain)
    document.removeEventListener('visibilitychange', visibility)
  }
}

const FRAMES = 12
const LONGEST_MS = 1_000

/** Median of a few frames' distances; 0 where the page is hidden and draws none. */
function measureFrameMs(): Promise<number> {
  return new Promise((resolve) => {
    const times: number[] = []
    const finish = () =>
      resolve(times.length > 1 ? median(times.slice(1).map((time, at) => time - (times[at] ?? time))) : 0)
    const timer = setTimeout(finish, LONGEST_MS)
    const frame = (time: number) => {
      times.push(time)
      if (times.length <= FRAMES) return requestAnimationFrame(frame)
      clearTimeout(timer)
      return finish()
    }
    requestAnimationFrame(frame)
  })
}

export async function readEnvironment(): Promise<Environment> {
  return {
    browser: navigator.userAgent.slice(0, 500),
    screenWidth: screen.width,
    screenHeight: screen.height,
    windowWidth: innerWidth,
    windowHeight: innerHeight,
    pixelRatio: devicePixelRatio,
    language: navigator.language.slice(0, 50),
    frameMs: await measureFrameMs(),
  }
}
