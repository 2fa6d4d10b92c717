/**
 * An attack on the network of a finished run, its result kept with the run. Not here: the attacks themselves
 * (src/engine/attacks), and those that a run's own configuration asks for (src/engine/training/run.ts).
 */
import { readFileSync } from 'node:fs'
import type { Attacked } from '../../engine/attacks'
import type { RealDeviceId } from '../../engine/devices'
import type { ImageShape } from '../../engine/networks'
import type { Device } from '../../engine/program'
import type { ReadOptions } from '../../data/types'
import type { AttackConfig, RunInfo } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { runInputs } from '../jobs/runInputs'
import type { ProjectStore } from '../store'
import { measuredWeights, readPredictions } from '../store/runFiles'

const LARGEST_BATCH = 128
const KEY = /^[0-9a-f]{16}$/

/** A run by its number or its key. Throws StudioError('not-found'). */
export function runNamed(store: ProjectStore, name: string): RunInfo {
  const found = (KEY.test(name) ? store.runs.findByKey(name) : null) ?? (/^\d{1,15}$/.test(name) ? store.runs.find(Number(name)) : null) // prettier-ignore
  if (found) return found
  const runs = store.runs.list()
  const hint = runs.length > 0 ? `There are the runs ${runs.map(({ id }) => id).slice(-20).join(', ')}; a key has 16 digits.` : 'Train one first.' // prettier-ignore
  throw new StudioError('not-found', `There is no run ${name} in this project.`, { file: store.folder, hint })
}

export interface AttackRequest {
  run: RunInfo
  attack: AttackConfig
  device: RealDeviceId
  /** A run on whose network the adversarial images are made, judged by `run`'s; null for `run` itself. */
  source: RunInfo | null
}

/**
 * Attacks what was measured of the run, by its seed, so that the same attack again gives the same. The result is added
 * to the run's, except that of a transfer, which would pass for an attack on the network itself.
 * Throws StudioError: 'conflict' for a run that is not done, 'bad-file' where its network is gone; nothing is kept then.
 */
export async function attackRun(
  store: ProjectStore,
  { run, attack, device: deviceId, source }: AttackRequest,
  { signal, onProgress }: ReadOptions = {},
): Promise<Attacked> {
  const judged = prepare(store, run)
  const made = source && prepare(store, source)
  if (made && sizeOf(made.shape) !== sizeOf(judged.shape))
    throw new StudioError('bad-input', `Runs ${made.id} and ${judged.id} see images of other sizes or classes.`)
  const { openDevice } = await import('../../engine/devices')
  const { attackImages } = await import('../../engine/attacks')
  const device = await openDevice(deviceId)
  try {
    const most = attack.images ?? Infinity
    const batch = Math.max(1, Math.min(LARGEST_BATCH, most, attack.on === 'all' ? Infinity : judged.heldOut.length))
    const judge = await open(device, judged, batch)
    const attacker = made ? await open(device, made, batch) : judge
    const { pixelsFile, ...set } = judged.images
    const images = { ...set, pixels: new Uint8Array(readFileSync(pixelsFile)) }
    const { heldOut, distributions } = judged
    const running = attackImages(attack, { images, distributions, heldOut, attacker, judge, seed: run.config.seed })
    const label = `Attacking run ${run.id}: ${attack.attack.toUpperCase()} ${attack.epsilon}/255`
    const start = performance.now()
    for (;;) {
      const next = await running.next()
      if (next.done) {
        if (!source) store.runs.addAttack(run.id, next.value.result)
        return next.value
      }
      signal?.throwIfAborted()
      const { done, total } = next.value
      const secondsLeft = (((performance.now() - start) / 1000) * (total - done)) / done
      onProgress?.({ label, done, total, secondsLeft })
    }
  } finally {
    await device.dispose()
  }
}

/** All that is read of a run before anything is computed. */
function prepare(store: ProjectStore, run: RunInfo) {
  const { id, config, state, result } = run
  const folder = store.runFolder(id)
  if (state !== 'done' || !result) throw new StudioError('conflict', `Run ${id} is ${state}; only finished runs are attacked.`, { file: folder }) // prettier-ignore
  const weights = measuredWeights(folder, config)
  const heldOut = result.heldOut === 0 ? new Int32Array() : readPredictions(folder)?.heldOut
  if (!heldOut) throw new StudioError('bad-file', 'The list of held-out images is gone.', { file: folder })
  // Data it was trained with does not matter any more.
  const bare = { ...config, aggregatedFrom: null, teachers: [], startFrom: null, evaluations: [] }
  const { images, distributions } = runInputs(store, id, bare).work
  const { height, width, channels, classes } = images
  return { id, network: config.network, weights, heldOut, images, distributions, shape: { height, width, channels, classes } } // prettier-ignore
}

const sizeOf = ({ height, width, channels, classes }: ImageShape): string => [height, width, channels, classes].join()

async function open(device: Device, { network: id, shape, weights }: ReturnType<typeof prepare>, batch: number) {
  const { openAttacker } = await import('../../engine/attacks')
  const { network } = await import('../../engine/networks')
  return openAttacker(device, network(id, shape), weights, batch)
}
