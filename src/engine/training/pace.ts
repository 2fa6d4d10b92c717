/** Thins a run's ticks to about ten messages a second and tells when a checkpoint is due. */
import type { MetricPoint, RunProgress } from '../../domain/runs/info'
import type { RunNews } from '../../domain/runs/news'
import type { RunConfig } from '../../domain/runs/config'

const EVENT_INTERVAL_MS = 100
/** Speed is measured over at least this long, so that one slow step does not show as a jump. */
const SPEED_WINDOW_MS = 2000
/** A step that takes this long, and this many times the time of those before it: the machine slept meanwhile. */
const SLEPT_MS = 3000
const SLEPT_TIMES = 20

interface Tick {
  activity: string
  done: number
  total: number
  points?: MetricPoint[]
}

export class Pace {
  private points: MetricPoint[] = []
  private progress: RunProgress | null = null
  private flushedAt = -Infinity
  private checkpointedAt = performance.now()
  private activity = ''
  /** Where the current speed measurement began, and the last complete one (units of `done` per second). */
  private window = { at: 0, done: 0 }
  private speed: number | null = null
  private ticked = { at: 0, done: 0 }

  constructor(
    private readonly steps: number,
    private readonly config: RunConfig,
    private readonly checkpointEverySeconds: number,
  ) {}

  tick({ activity, done, total, points = [] }: Tick, step: number): void {
    const now = performance.now()
    if (activity !== this.activity) {
      this.activity = activity
      this.window = { at: now, done }
      this.speed = null
    }
    // No speed of the training: measured anew from here, and until then what was measured before stands.
    if (this.slept(now, done)) this.window = { at: now, done }
    this.ticked = { at: now, done }
    const elapsed = now - this.window.at
    if (done > this.window.done && (elapsed > SPEED_WINDOW_MS || this.speed === null)) {
      this.speed = ((done - this.window.done) / elapsed) * 1000
      if (elapsed > SPEED_WINDOW_MS) this.window = { at: now, done }
    }
    const imagesPerSecond = activity === 'training' && this.speed ? this.speed * this.config.batch : null
    const { epochs } = this.config
    const epoch = Math.ceil((step * epochs) / this.steps)
    const secondsLeft = this.speed ? (total - done) / this.speed : null
    this.progress = { step, steps: this.steps, epoch, epochs, activity, imagesPerSecond, secondsLeft }
    for (const point of points) this.points.push(imagesPerSecond ? { ...point, imagesPerSecond } : point)
  }

  private slept(now: number, done: number): boolean {
    const gap = now - this.ticked.at
    const usual = this.speed ? ((done - this.ticked.done) / this.speed) * 1000 : Infinity
    return gap > SLEPT_MS && gap > SLEPT_TIMES * usual
  }

  isDue(): boolean {
    return performance.now() - this.flushedAt >= EVENT_INTERVAL_MS
  }

  *flush(): Generator<Exclude<RunNews, { type: 'opened' }>> {
    this.flushedAt = performance.now()
    if (this.progress) yield { type: 'progress', progress: this.progress }
    if (this.points.length > 0) yield { type: 'points', points: this.points }
    this.progress = null
    this.points = []
  }

  isCheckpointDue(): boolean {
    return performance.now() - this.checkpointedAt >= this.checkpointEverySeconds * 1000
  }

  checkpointed(): void {
    this.checkpointedAt = performance.now()
  }
}
