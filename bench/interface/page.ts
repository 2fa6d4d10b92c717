/** What runs in the page: frames, long tasks, the time from an input to its paint, arriving events. Times in ms. */

export interface Watched {
  frames: number[]
  longTasks: number[]
  /** From the time stamp of a key or click until the frame after it was handed over. */
  inputs: number[]
  messages: number
}

/** Before anything of the page: counts what arrives and times what a person does. */
export function watch() {
  const watched: Watched = { frames: [], longTasks: [], inputs: [], messages: 0 }
  Object.assign(window, { watched })
  const painted = (after: () => void) =>
    requestAnimationFrame(() => {
      // A message of its own comes after the frame's painting.
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = after
      port2.postMessage(null)
    })
  for (const name of ['keydown', 'pointerdown'] as const)
    window.addEventListener(
      name,
      ({ timeStamp }) => void painted(() => watched.inputs.push(performance.now() - timeStamp)),
      true,
    )
  new PerformanceObserver((list) =>
    watched.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
  ).observe({ type: 'longtask', buffered: true })
  window.WebSocket = class extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols)
      this.addEventListener('message', () => watched.messages++)
    }
  }
  let before = 0
  const frame = (time: number) => {
    if (before > 0) watched.frames.push(time - before)
    before = time
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}

/** Forgets what was before. */
export function reset() {
  const { watched } = window as unknown as { watched: Watched }
  Object.assign(watched, { frames: [], longTasks: [], inputs: [], messages: 0 })
}

export const read = (): Watched => (window as unknown as { watched: Watched }).watched

/** How long a call takes as the window makes it, answer decoded. */
export async function timeCall({
  name,
  input,
  token,
}: {
  name: string
  input: unknown
  token: string
}): Promise<number> {
  const before = performance.now()
  const response = await fetch(`/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  await response.text()
  if (!response.ok) throw new Error(`${name}: ${response.status}`)
  return performance.now() - before
}
