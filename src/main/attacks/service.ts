/** Attacks on finished runs as jobs: what is left to do of what was asked, handed to a worker process. */
import type { RealDeviceId } from '../../engine/devices'
import { sameAttack } from '../../domain/attacks/words'
import type { AttackExamples, JobInfo } from '../../contract'
import type { AttackConfig } from '../../domain/attacks/config'
import type { DeviceId } from '../../domain/runs/devices'
import type { RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import { attackNumbered, examplesOf } from './examples'
import { runNamed } from './perform'
import { attacksOn } from '../runs/attackResults'
import type { DevicesService } from '../devices/service'
import type { JobsService } from '../jobs/service'
import type { ProjectService } from '../project/service'
import type { RunsService } from '../runs/service'

export interface AttacksService {
  start(asked: { runs: number[]; attacks: AttackConfig[]; repeat: boolean; device: DeviceId }): Promise<JobInfo>
  makeExamples(asked: { run: number; attack: number; device: DeviceId }): Promise<JobInfo>
  examples(asked: { run: number; attack: number }): AttackExamples | null
}

interface Parts {
  project: ProjectService
  jobs: JobsService
  devices: DevicesService
  runs: RunsService
}

/** Throws StudioError('not-found') or ('conflict') for a run that is not there or not done. */
function finished(store: ProjectStore, id: number): RunInfo {
  const run = runNamed(store, String(id))
  if (run.state === 'done') return run
  throw new StudioError('conflict', `Run ${id} is ${run.state}; only finished runs are attacked.`)
}

/** Each run with each attack, run by run, without what was made before unless it is to be repeated. */
export function plannedAttacks(
  store: ProjectStore,
  { runs, attacks, repeat }: { runs: readonly number[]; attacks: readonly AttackConfig[]; repeat: boolean },
): { run: number; attack: AttackConfig }[] {
  return [...new Set(runs)].flatMap((id) => {
    const made = repeat ? [] : attacksOn(store, finished(store, id))
    const asked = attacks.filter((attack, at) => attacks.findIndex((each) => sameAttack(each, attack)) === at)
    return asked.flatMap((attack) => (made.some((each) => sameAttack(each, attack)) ? [] : [{ run: id, attack }]))
  })
}

export function attacksService({ project, jobs, devices, runs }: Parts): AttacksService {
  const resolve = (device: DeviceId): Promise<RealDeviceId> => devices.resolve(device)
  return {
    async start({ runs: ids, attacks, repeat, device: asked }) {
      const store = project.store()
      for (const id of ids) finished(store, id)
      const work = plannedAttacks(store, { runs: ids, attacks, repeat })
      if (work.length === 0)
        throw new StudioError('conflict', 'All of these attacks were made before.', {
          hint: 'Ask for them to be repeated, or change something.',
        })
      const device = await resolve(asked)
      const task = { kind: 'attack', project: store.folder, work, device } as const
      return jobs.start('attack', task, { onAttacked: (run) => runs.changed(run) })
    },
    async makeExamples({ run: id, attack, device: asked }) {
      const store = project.store()
      attackNumbered(store, finished(store, id), attack)
      const device = await resolve(asked)
      return jobs.start('attack', { kind: 'examples', project: store.folder, run: id, attack, device })
    },
    examples: ({ run, attack }) => examplesOf(project.store(), run, attack),
  }
}
