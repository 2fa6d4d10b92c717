/** Distributions: what lies behind them and what can be made of them. */
import { z } from 'zod'
import { AGGREGATIONS, type Agreement, type Comparison, type ImageJudgments } from '../domain/study'
import { answer, call, index, name } from './fields'
import type { JobInfo } from './jobs'

export const LABEL_CALLS = {
  /** Adds a label set made of this one's judgments by the method; watch `job.changed`. */
  'labels.aggregate': call(z.strictObject({ labelSet: name, method: z.enum(AGGREGATIONS) }), answer<JobInfo>()),
  'labels.agreement': call(z.strictObject({ labelSet: name }), answer<Agreement>()),
  'labels.image': call(z.strictObject({ labelSet: name, image: index }), answer<ImageJudgments>()),
  'labels.compare': call(
    z.strictObject({ first: name, second: name, limit: z.number().int().min(1).max(1000) }),
    answer<Comparison>(),
  ),
  /** Kept judgments per image of the set; null where the source holds probabilities only. */
  'labels.judged': call(z.strictObject({ labelSet: name }), answer<number[] | null>()),
  /** Images whose distribution would change most with one more judgment, most first. */
  'labels.next': call(
    z.strictObject({ labelSet: name, limit: z.number().int().min(1).max(10_000) }),
    answer<{ image: number; gainNats: number }[]>(),
  ),
  /** Images by index ("17"), by range ("100-120") or by a part of their file name. */
  'labels.search': call(
    z.strictObject({ imageSet: name, text: z.string().min(1).max(200), limit: z.number().int().min(1).max(1000) }),
    answer<{ total: number; found: { image: number; fileName: string | null }[] }>(),
  ),
} as const
