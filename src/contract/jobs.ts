/** Jobs: work that goes on after the call that asked for it. */
import { z } from 'zod'
import type { ImportedItem } from '../domain/labels/sets'
import type { Progress } from '../domain/progress'
import type { ErrorData } from '../domain/errors'
import type { ImportChoices } from '../domain/importChoices'
import { answer, call, nothing } from './fields'

export interface JobInfo {
  id: string
  kind: 'import' | 'demo' | 'export' | 'aggregate' | 'publish' | 'simulate' | 'rehearse' | 'attack' | 'trial'
  state: 'running' | 'done' | 'failed' | 'cancelled'
  progress: Progress | null
  added: ImportedItem[]
  /** Of an import: what it was asked for, to ask again with another choice. */
  asked: { paths: string[]; choices: ImportChoices } | null
  /** What came of work that adds nothing, in sentences: a simulation, a rehearsal. */
  said: string[]
  error: ErrorData | null
}

export const JOB_CALLS = {
  'jobs.list': call(nothing, answer<JobInfo[]>()),
  'jobs.cancel': call(z.strictObject({ id: z.string() }), answer<null>()),
} as const
