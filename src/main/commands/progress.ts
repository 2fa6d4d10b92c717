/** Progress on standard error: one line that renews itself in a terminal, a line now and then elsewhere. */
import type { Progress } from '../../domain/progress'

const TERMINAL_MS = 100
const LOG_MS = 5_000

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

export function progressLine({ label, done, total, secondsLeft }: Progress): string {
  const share = total ? ` ${Math.floor((100 * done) / total)}%` : ''
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`
  return `${label}${share}${left}`
}

export function createProgress(): { show(line: string): void; end(): void } {
  const { stderr } = process
  let shown = 0
  let last = ''
  return {
    show(line) {
      const now = Date.now()
      if (line === last || now - shown < (stderr.isTTY ? TERMINAL_MS : LOG_MS)) return
      shown = now
      last = line
      stderr.write(stderr.isTTY ? `\r\x1b[K${line.slice(0, (stderr.columns || 80) - 1)}` : `${line}\n`)
    },
    end() {
      if (stderr.isTTY && last) stderr.write('\r\x1b[K')
    },
  }
}

/** One Ctrl+C may arrive several times: from the terminal, and once more from each program in between. */
const SAME_MS = 300
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type Interrupt = keyof typeof EXIT_CODES

/**
 * A signal that is aborted by the first Ctrl+C or SIGTERM: the command ends politely. A second one after 300 ms ends
 * the process, and so does a third at once. From then on the operating system does it, however busy the event loop is.
 */
export function interruption(signals: readonly Interrupt[] = ['SIGINT', 'SIGTERM']): AbortSignal {
  const abort = new AbortController()
  let received = 0
  let first = 0
  const interrupt = (signal: NodeJS.Signals): void => {
    received++
    if (received === 1) {
      first = performance.now()
      abort.abort()
      setTimeout(release, SAME_MS).unref()
    } else if (received > 2 || performance.now() - first > SAME_MS) {
      process.exit(EXIT_CODES[signal as Interrupt])
    }
  }
  // All listeners, whoever's they are: without any, the signal's own action ends the process.
  const release = (): void => signals.forEach((each) => void process.removeAllListeners(each))
  for (const each of signals) process.on(each, interrupt)
  return abort.signal
}
