/**
 * A plan: the runs of a preset as a file, in the order in which they can be done, with the digests of the data they are
 * meant for. What a cluster's machines work from (shards.ts). Not here: what it will cost (estimates/planCost.ts).
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { runConfig } from '../../contract'
import { DEVICE_IDS, type DeviceId } from '../../domain/runs/devices'
import { PRESETS, type Preset, type RunConfig } from '../../domain/runs/config'
import { badFile, StudioError } from '../../domain/errors'
import { completeConfig, runKey } from '../../domain/runs/runKey'
import type { ProjectStore } from '../storage'
import { writeAtomically } from '../storage/files'
import { digestsOf } from './runData'
import { dependencies } from '../runs/dependencies'

const set = z.strictObject({ name: z.string().min(1).max(200), digest: z.string().regex(/^[0-9a-f]{64}$/) })
const planFile = z.strictObject({
  version: z.literal(1),
  /** Null for a plan made by hand. */
  preset: z.enum(PRESETS).nullable(),
  families: z.array(z.string().max(200)),
  device: z.enum(DEVICE_IDS),
  images: z.array(set),
  labels: z.array(set),
  runs: z.array(runConfig).min(1),
})
export type Plan = z.infer<typeof planFile>

export interface PlannedRun {
  key: string
  config: RunConfig
  /** Keys of the runs that must be done first; they come earlier in the plan. */
  needs: string[]
}

export function plannedRuns(configs: readonly RunConfig[]): PlannedRun[] {
  return configs.map((config) => ({ key: runKey(config), config: completeConfig(config), needs: dependencies(config) }))
}

/** A reason and the index of the run it is about; null where each run comes once, after all that it needs. */
export function misplaced(
  runs: readonly Pick<PlannedRun, 'key' | 'needs'>[],
): { index: number; reason: string } | null {
  const places = new Map<string, number>()
  runs.forEach(({ key }, i) => void places.set(key, places.get(key) ?? i))
  for (const [index, { key, needs }] of runs.entries()) {
    const first = places.get(key)
    if (first !== index) return { index, reason: `It is the same run as runs[${first}] (${key}).` }
    for (const need of needs) {
      const place = places.get(need)
      if (place === undefined) return { index, reason: `It needs the run ${need}, which is not in the plan.` }
      if (place >= index) return { index, reason: `It needs the run ${need}, which comes no earlier: runs[${place}].` }
    }
  }
  return null
}

/** The same runs, each once and after all that it needs, otherwise in their order. */
export function inOrder<T extends Pick<PlannedRun, 'key' | 'needs'>>(runs: readonly T[]): T[] {
  const waiting = new Map(runs.map((run) => [run.key, run]))
  const ordered: T[] = []
  const place = (run: T) => {
    if (!waiting.delete(run.key)) return
    for (const need of run.needs) {
      const needed = waiting.get(need)
      if (needed) place(needed)
    }
    ordered.push(run)
  }
  for (const run of runs) place(run)
  return ordered
}

export interface PlanRequest {
  preset: Preset
  families: readonly string[]
  device: DeviceId
}

/** A plan of these runs on the data as the project holds it. */
export function makePlan(store: ProjectStore, { preset, families, device }: PlanRequest, configs: RunConfig[]): Plan {
  const runs = inOrder(plannedRuns(configs)).map(({ config }) => config)
  const plan = { version: 1 as const, preset, families: [...families], device, ...digestsOf(store, runs), runs }
  const wrong = misplaced(plannedRuns(runs))
  if (wrong) throw new StudioError('internal', wrong.reason, { place: `runs[${wrong.index}]` })
  return planFile.parse(plan)
}

/** Tells plans of other runs apart, whatever their files are called. */
export const planDigest = (plan: Plan): string =>
  createHash('sha256').update(plan.runs.map(runKey).join()).digest('hex').slice(0, 12)

export const writePlan = (file: string, plan: Plan) => writeAtomically(file, `${JSON.stringify(plan, null, 2)}\n`)

/** Throws StudioError('bad-file') naming the file, the place in it ("runs[3].epochs") and the reason. */
export function readPlan(file: string): Plan {
  const parsed = planFile.safeParse(readJson(file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw badFile(file, issue && placeOf(issue.path), `${issue?.message ?? 'It is not a plan'}.`)
  }
  const wrong = misplaced(plannedRuns(parsed.data.runs))
  if (wrong) throw badFile(file, `runs[${wrong.index}]`, wrong.reason)
  return parsed.data
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1) || 'the whole'

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw badFile(
      file,
      undefined,
      missing ? 'There is no such file.' : `It cannot be read (${(error as Error).message}).`,
    )
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw badFile(file, undefined, `It is not JSON (${(error as Error).message}).`)
  }
}
