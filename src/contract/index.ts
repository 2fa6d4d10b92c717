/**
 * The one contract between the window and the services: every call with its validator and answer, every event with
 * its payload. Desktop (IPC), browser (HTTP + WebSocket) and command line serve exactly this map; nothing above the
 * transport knows which door is used. Adding a call here makes the compiler ask for its handler and offer it to views.
 */
import type { z } from 'zod'
import type { ErrorData } from '../domain/errors'
import type { ExperimentInfo, MetricPoint, QueueInfo, RunInfo } from '../domain/runs/info'
import type { StudyInfo } from '../domain/study'
import { ATTACK_CALLS } from './attacks'
import type { ConnectionState } from './connection'
import { FIGURE_CALLS } from './figures'
import { GALLERY_CALLS } from './gallery'
import { JOB_CALLS, type JobInfo } from './jobs'
import { LABEL_CALLS } from './labels'
import { PROJECT_CALLS, type ProjectInfo } from './project'
import { RUN_CALLS } from './runs'
import { PARTICIPANT_CALLS } from './session'
import { STUDY_CALLS } from './study'

export * from './attacks'
export * from './figures'
export * from './gallery'
export * from './jobs'
export * from './project'
export * from './runs'
export * from './session'
export * from './study'

export const CALLS = {
  ...PROJECT_CALLS,
  ...JOB_CALLS,
  ...RUN_CALLS,
  ...ATTACK_CALLS,
  ...FIGURE_CALLS,
  ...GALLERY_CALLS,
  ...LABEL_CALLS,
  ...STUDY_CALLS,
  ...PARTICIPANT_CALLS,
} as const

export type Calls = typeof CALLS
export type CallName = keyof Calls
export type Input<N extends CallName> = z.input<Calls[N]['input']>
export type Output<N extends CallName> = Calls[N]['output']

/** What participants may call: with the token of their session, or of the study they join. */
export const SESSION_CALLS: ReadonlySet<CallName> = new Set<CallName>([
  'session.open',
  'session.advance',
  'session.image',
  'session.answer',
  'session.withdraw',
])

export interface Events {
  'project.changed': ProjectInfo | null
  'job.changed': JobInfo
  'run.changed': RunInfo
  /** New points of a run's curves; at most about 10 messages a second and run. */
  'run.metrics': { run: number; points: MetricPoint[] }
  /** Runs that were taken out of the project. */
  'runs.removed': { ids: number[] }
  /** Order, settings or time left of the queue. */
  'queue.changed': QueueInfo
  'experiment.changed': ExperimentInfo
  /** Its numbers or its settings changed; at most about 4 messages a second and study. */
  'study.changed': StudyInfo
}
export type EventName = keyof Events
/** Checked at run time on the receiving side, so that an unknown event is refused by name. */
export const EVENT_NAMES: readonly EventName[] = [
  'project.changed',
  'job.changed',
  'run.changed',
  'run.metrics',
  'runs.removed',
  'queue.changed',
  'experiment.changed',
  'study.changed',
]

/** How an answer crosses the wire. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorData }

/** What a view holds: typed calls and a subscription; one implementation per door. */
export interface Client {
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>
  on<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void
  /** Paths the services can read for files dropped on the window (uploads them first in a browser). */
  pathsOf(files: File[]): Promise<string[]>
  /**
   * Called whenever the state of the connection changes, not for the first success. Fetch again when it becomes
   * `connected` or `outdated`: events were missed.
   */
  onConnection(listener: (state: ConnectionState) => void): () => void
}

/**
 * What the preload script puts into the desktop's window as `window.secondGuess`: one named function per call of the
 * contract and no other. Answers cross as data, because an error thrown across the bridge keeps only its message.
 */
export interface Bridge {
  calls: { [N in CallName]: (input: Input<N>) => Promise<Reply<Output<N>>> }
  /** Listens to every event; answers the function that ends it. */
  onEvent(listener: (name: EventName, payload: Events[EventName]) => void): () => void
  /** Where a dropped file lies on disk; empty for one that was made in the page. */
  pathOf(file: File): string
}
