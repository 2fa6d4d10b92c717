/**
 * All attacks on a finished run and what the network said of each attacked image. Attack `number` of a run counts from
 * 1: those of its configuration first, later ones in the order in which they were made. Attacks are only ever added, so
 * that a number stays, here and in a project that merges the run; its files are `attacked-<number>.npy` and its kin.
 */
import type { AttackResult } from '../../domain/attacks/config'
import type { RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { attackTitle } from '../../domain/attacks/words'
import type { ProjectStore } from '../storage'
import { readAttackPredictions, readCleanPredictions } from '../storage/runFiles'

export interface AttackPredictions {
  number: number
  /** "PGD 4/255, 10 steps of 1/255": the same attack on another run has the same name. */
  name: string
  attack: AttackResult
  /** Indices in the run's image set (n). */
  images: Int32Array
  /** Network distributions on the attacked images, float32 (n, classes). */
  predictions: Float32Array
  /** The same before the attack; null where an earlier version made it. */
  before: Float32Array | null
}

/** Every attack on the run: attack `number` is at `number - 1`. */
export const attacksOn = (store: ProjectStore, run: RunInfo): AttackResult[] => [
  ...(run.result?.attacks ?? []),
  ...store.runs.attacks(run.id),
]

/**
 * Those whose predictions are on disk, in the order in which they were made. An attack that was repeated is there once,
 * as it was made last. Throws StudioError('not-found') for a run that is not there.
 */
export function attackPredictions(store: ProjectStore, runId: number): AttackPredictions[] {
  const run = store.runs.find(runId)
  if (!run) throw new StudioError('not-found', `There is no run ${runId} in this project.`)
  const found = new Map<string, AttackPredictions>()
  attacksOn(store, run).forEach((attack, at) => {
    const [folder, number] = [store.runFolder(runId), at + 1]
    const kept = readAttackPredictions(folder, number)
    if (!kept) return
    const name = attackTitle(attack)
    const before = readCleanPredictions(folder, number)
    found.set(name, { number, name, attack, images: kept.indices, predictions: kept.predictions, before })
  })
  return [...found.values()]
}
