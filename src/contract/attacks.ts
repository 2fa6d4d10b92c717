/** Attacks on finished runs. */
import { z } from 'zod'
import { DEVICE_IDS } from '../domain/runs/devices'
import { answer, call, id } from './fields'
import type { JobInfo } from './jobs'

export const attackConfig = z.strictObject({
  attack: z.enum(['fgsm', 'pgd']),
  epsilon: z.number().min(0).max(255),
  stepSize: z.number().min(0).max(255),
  steps: z.number().int().min(1).max(1000),
  randomStart: z.boolean(),
  images: z.number().int().positive().nullable(),
  on: z.enum(['held-out', 'all']).default('held-out'),
  loss: z.enum(['cross-entropy', 'margin']).default('cross-entropy'),
  momentum: z.number().min(0).max(10).default(0),
  towards: z.enum(['least-likely', 'next']).nullable().default(null),
  augmented: z.boolean().default(false),
  normalisation: z.enum(['cifar10', 'imagenet']).default('cifar10'),
  blackBoxQueries: z.number().int().min(0).max(100_000).default(0),
})

/** The first images of an attack: pixels exactly as they were attacked and as they ended, and what was said of them. */
export interface AttackExamples {
  imageSet: string
  height: number
  width: number
  channels: number
  /** Distributions in class order: people's (null where the run has none), the network's before and after. */
  images: { index: number; label: number; people: number[] | null; before: number[]; after: number[] }[]
  /** uint8 NHWC, (images, height, width, channels). */
  originals: Uint8Array
  /** float32 NHWC in [0, 1] as little-endian bytes, of the same shape. */
  adversarial: Uint8Array
}

export const ATTACK_CALLS = {
  /**
   * Attacks finished runs, each with each attack; those made before are left out unless `repeat`. Watch `job.changed`,
   * and `run.changed` for every attack that is done: it is kept whatever becomes of the rest. Attack n of a run is at
   * n - 1 in its result's attacks, and stays there.
   */
  'attacks.start': call(
    z.strictObject({
      runs: z.array(id).min(1).max(1000),
      attacks: z.array(attackConfig).min(1).max(1000),
      repeat: z.boolean().default(false),
      device: z.enum(DEVICE_IDS).default('auto'),
    }),
    answer<JobInfo>(),
  ),
  /** Makes the examples of attack `attack` (from 1) on a run once more; watch `job.changed`. */
  'attacks.makeExamples': call(
    z.strictObject({ run: id, attack: id, device: z.enum(DEVICE_IDS).default('auto') }),
    answer<JobInfo>(),
  ),
  /** Null where none are kept. */
  'attacks.examples': call(z.strictObject({ run: id, attack: id }), answer<AttackExamples | null>()),
} as const
