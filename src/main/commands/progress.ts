/** Progress on standard error: one line that renews itself in a terminal, a line now and then elsewhere. */
import type { Progress } from '../../shared/domain'

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

/** A signal that is aborted by the first Ctrl+C or SIGTERM; the second ends the process. */
export function interruption(): AbortSignal {
  const abort = new AbortController()
  const interrupt = () => abort.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  return abort.signal
}
