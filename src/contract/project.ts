/** The project and its data; the devices and networks there are. */
import { z } from 'zod'
import type { DeviceInfo } from '../domain/runs/devices'
import type { ImageSetInfo, LabelSetInfo, LabelStats } from '../domain/labels/sets'
import { importChoices } from '../domain/importChoices'
import { EXPORTS } from '../domain/labels/exports'
import { answer, call, index, name, nothing, path } from './fields'
import type { JobInfo } from './jobs'

export interface ProjectInfo {
  path: string
  name: string
  imageSets: ImageSetInfo[]
  labelSets: LabelSetInfo[]
  runs: { queued: number; running: number; done: number; failed: number }
  /** What opening found and repaired: "an import that was cut off was removed". */
  notices: string[]
}

export const PROJECT_CALLS = {
  /** The open project, or null. */
  'project.current': call(nothing, answer<ProjectInfo | null>()),
  /** Opens or makes a project folder. */
  'project.open': call(z.strictObject({ path }), answer<ProjectInfo>()),
  'project.recent': call(nothing, answer<{ path: string; name: string; openedAt: string }[]>()),
  /** Leaves a project out of the recent ones, or takes it in again; its folder is not touched. */
  'project.forget': call(
    z.strictObject({ path, forgotten: z.boolean() }),
    answer<{ path: string; name: string; openedAt: string }[]>(),
  ),
  /** Asks for a folder with the system's dialog (desktop only; null where there is none or it was dismissed). */
  'project.chooseFolder': call(nothing, answer<string | null>()),
  /** Starts an import of files and folders; watch `job.changed`. Answers the job. */
  'data.import': call(
    z.strictObject({ paths: z.array(path).min(1).max(100), choices: importChoices.optional() }),
    answer<JobInfo>(),
  ),
  /** Adds the built-in demo set. */
  'data.createDemo': call(
    z.strictObject({ seed: index, images: z.number().int().min(100).max(50_000) }),
    answer<JobInfo>(),
  ),
  'data.stats': call(z.strictObject({ labelSet: name }), answer<LabelStats>()),
  /**
   * Packed uint8 NHWC pixels of the images asked for, in that order, and the class each was published with (255 for
   * none).
   */
  'data.pixels': call(
    z.strictObject({ imageSet: name, indices: z.array(index).max(2000) }),
    answer<{ height: number; width: number; channels: number; pixels: Uint8Array; labels: Uint8Array }>(),
  ),
  'data.export': call(
    z.strictObject({ labelSet: name, format: z.enum(EXPORTS), out: path }),
    answer<{ path: string; rows: number }>(),
  ),
  'devices.list': call(nothing, answer<DeviceInfo[]>()),
  'networks.list': call(
    nothing,
    answer<{ id: string; family: string; parameters: number; tensors: number; multiplyAdds: number }[]>(),
  ),
} as const
