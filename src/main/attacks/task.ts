/** Attacks on finished runs inside a worker process. Each is kept as soon as it is done, so that stopping loses one. */
import type { ReadOptions } from '../../formats/encodings/readOptions'
import { attackedImages, passesPerImage } from '../../domain/attacks/cost'
import { attackTitle } from '../../domain/attacks/words'
import type { AttackConfig } from '../../domain/attacks/config'
import type { RunInfo } from '../../domain/runs/info'
import { batchFor, openSubject, perform, prepare, runNamed, type Prepared } from './perform'
import { makeExamples } from './examples'
import { keepAttack } from '../runs/attackFiles'
import { imageSetNamed } from '../labels/labelSets'
import type { ProjectStore } from '../storage'
import { inProject } from '../workers/inProject'
import type { Outcome, Task } from '../workers/messages'
import { yieldToPeople } from '../runs/task'
import { taskOptions } from '../workers/taskOptions'
import type { Parent } from '../workers/parent'

export type AttackTask = Extract<Task, { kind: 'attack' | 'examples' }>

export function performAttackTask(task: AttackTask, parent: Parent): Promise<Outcome> {
  yieldToPeople()
  const options = taskOptions(parent)
  return inProject(task.project, async (store) => {
    if (task.kind === 'examples') {
      const run = runNamed(store, String(task.run))
      await makeExamples(store, { run, number: task.attack, device: task.device }, options)
      return { kind: 'added', added: [], said: ['The examples are kept with the run.'] }
    }
    const made = await attackAll(store, task, options, (run) => parent.tell({ type: 'attacked', run }))
    const [attacks, runs] = made === 1 ? ['One attack was', 'its run'] : [`${made} attacks were`, 'their runs']
    return { kind: 'added', added: [], said: [`${attacks} made and kept with ${runs}.`] }
  })
}

interface Work {
  run: RunInfo
  attack: AttackConfig
  /** Images times passes. */
  cost: number
}

/** Attacks on one run that attack equally many images side by side share what is compiled for them. */
function grouped(store: ProjectStore, planned: Extract<AttackTask, { kind: 'attack' }>['work']) {
  const groups = new Map<string, { judged: Prepared; batch: number; work: Work[] }>()
  for (const { run: id, attack } of planned) {
    const run = runNamed(store, String(id))
    const sizes = { heldOut: run.result?.heldOut ?? 0, all: imageSetNamed(store, run.config.imageSet).count }
    const cost = attackedImages(attack, sizes) * passesPerImage(attack)
    const judged = prepare(store, run)
    const batch = batchFor(judged, attack)
    const group = groups.get(`${id} ${batch}`) ?? { judged, batch, work: [] }
    group.work.push({ run, attack, cost })
    groups.set(`${id} ${batch}`, group)
  }
  return [...groups.values()]
}

/** Answers how many were made; tells `onKept` after each. */
async function attackAll(
  store: ProjectStore,
  { work: planned, device: deviceId }: Extract<AttackTask, { kind: 'attack' }>,
  { signal, onProgress }: ReadOptions,
  onKept: (run: number) => void,
): Promise<number> {
  const groups = grouped(store, planned)
  const total = groups.flatMap(({ work }) => work).reduce((sum, { cost }) => sum + cost, 0)
  const { openDevice } = await import('../../engine/devices')
  const device = await openDevice(deviceId)
  const start = performance.now()
  let [made, before] = [0, 0]
  try {
    for (const { judged, batch, work } of groups) {
      const subject = await openSubject(device, { judged, made: null }, batch)
      try {
        for (const { run, attack, cost } of work) {
          const label = `Attack ${made + 1} of ${planned.length}: run ${run.id}, ${attackTitle(attack)}`
          const attacked = await perform(subject, attack, {
            signal,
            label,
            onProgress(progress) {
              const done = before + (cost * progress.done) / (progress.total ?? 1)
              const secondsLeft = (((performance.now() - start) / 1000) * (total - done)) / done
              onProgress?.({ label, done: Math.round(done), total, secondsLeft })
            },
          })
          keepAttack(store, run, attacked)
          onKept(run.id)
          made++
          before += cost
        }
      } finally {
        subject.dispose()
      }
    }
    return made
  } finally {
    await device.dispose()
  }
}
