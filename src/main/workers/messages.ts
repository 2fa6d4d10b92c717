/**
 * What crosses between the services and a worker process. Every message a worker sends with an `id` waits for its
 * acknowledgement before the next one leaves, so nothing queues without bound.
 */
import type { RealDeviceId } from '../../engine/devices'
import type { ErrorData } from '../../domain/errors'
import type { Aggregation, SimulatedMix } from '../../domain/study'
import type { BenchOptions, BenchResult } from '../devices/bench'
import type { FigureFormat } from '../../contract'
import type { PaperViews } from '../../domain/paper'
import type { FigureRow } from '../../domain/results/figureRow'
import type { AttackConfig } from '../../domain/attacks/config'
import type { ImportedItem } from '../../domain/labels/sets'
import type { RunResult } from '../../domain/runs/info'
import type { RunNews } from '../../domain/runs/news'
import type { Progress } from '../../domain/progress'
import type { RunConfig } from '../../domain/runs/config'
import type { ImportChoices } from '../../domain/importChoices'

/** The work of one worker process. */
export type Task =
  /** `create`: the project is made where it does not exist, once everything is read. */
  | { kind: 'import'; project: string; paths: string[]; choices?: ImportChoices; create?: boolean }
  | { kind: 'demo'; project: string; seed: number; images: number }
  | { kind: 'aggregate'; project: string; labelSet: string; method: Aggregation }
  | { kind: 'publish'; project: string; study: number }
  | { kind: 'simulate'; project: string; study: number; participants: number; seed: number; mix: SimulatedMix }
  /** `address` and `tokens`: the door real participants use, and a session's token for each. */
  | {
      kind: 'rehearse'
      project: string
      study: number
      seed: number
      mix: SimulatedMix
      address: string
      tokens: string[]
    }
  /** In this order; attacks on one run lie together. */
  | { kind: 'attack'; project: string; work: { run: number; attack: AttackConfig }[]; device: RealDeviceId }
  /** The first images of attack `attack` (from 1), made once more. */
  | { kind: 'examples'; project: string; run: number; attack: number; device: RealDeviceId }
  /** Of one experiment, or of all runs. */
  | { kind: 'figures'; project: string; experiment: number | null }
  | {
      kind: 'figureFiles'
      project: string
      experiment: number | null
      views: PaperViews
      figure: string | null
      formats: FigureFormat[]
    }
  | { kind: 'report'; project: string; experiment: number | null }
  | { kind: 'run'; project: string; run: number; config: RunConfig; threads: number }
  | { kind: 'bench'; options: BenchOptions }

export type ToWorker =
  | { type: 'start'; task: Task }
  | { type: 'ack'; id: number }
  /** Run: save and end. Import: not used. */
  | { type: 'pause' }
  /** Run: end at the next step. Import: undo and end. */
  | { type: 'stop' }

export type FromWorker =
  | { type: 'progress'; progress: Progress }
  | { type: 'run'; id: number; news: RunNews }
  /** Import: everything is read; from here on the project is changed. */
  | { type: 'adding' }
  /** Import: another process is writing to the project. */
  | { type: 'waiting' }
  /** An attack on the run was kept. */
  | { type: 'attacked'; run: number }
  | { type: 'log'; line: string }
  /** What keeps it from saving, null when that is over. */
  | { type: 'trouble'; error: ErrorData | null }
  /** The last word of a worker; it ends once acknowledged. */
  | { type: 'done'; id: number; outcome: Outcome }
  | { type: 'failed'; id: number; error: ErrorData }

export type Outcome =
  | { kind: 'added'; added: ImportedItem[]; said?: string[] }
  | { kind: 'finished'; result: RunResult }
  | { kind: 'figures'; made: MadeFigures }
  | { kind: 'file'; file: FigureFile }
  | { kind: 'report'; folder: string; html: string }
  | { kind: 'measured'; result: BenchResult }
  | { kind: 'paused' }
  | { kind: 'stopped' }

/** The figures of finished runs. */
export interface MadeFigures {
  views: PaperViews
  /** Hard labels against every other target, every measure. */
  rows: FigureRow[]
  /** By figure, in the order of its plans: what filling one does. */
  fills: Record<string, { queue: RunConfig[]; adopt: number[] }[]>
}

export interface FigureFile {
  name: string
  bytes: Uint8Array
}

/** A worker process, however it was started. */
export interface WorkerHandle {
  readonly pid: number | undefined
  send(message: ToWorker): void
  onMessage(listener: (message: FromWorker) => void): void
  /** Lines the process wrote to its standard streams. */
  onLine(listener: (line: string) => void): void
  /** Once, when it is gone, however that came about. */
  onExit(listener: (code: number | null, signal: string | null) => void): void
  /** Ends it at once (SIGKILL). */
  kill(): void
}

export type LaunchWorker = () => WorkerHandle
