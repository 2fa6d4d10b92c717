/**
 * An attack on the network of a finished run, its result kept with the run. Not here: the attacks themselves
 * (src/engine/attacks), what is kept of them (runs/attackFiles.ts), and those that a run's own configuration asks for
 * (src/engine/training/run.ts).
 */
import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { Attacked, attackImages } from '../../engine/attacks'
import type { RealDeviceId } from '../../engine/devices'
import type { ImageShape } from '../../engine/model'
import type { Device } from '../../engine/program'
import type { ReadOptions } from '../../formats/encodings/readOptions'
import { attackTitle } from '../../domain/attacks/words'
import { ATTACK_EXAMPLES, type AttackConfig } from '../../domain/attacks/config'
import type { RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { runInputs } from '../runs/inputs'
import type { ProjectStore } from '../storage'
import { measuredWeights, readPredictions } from '../storage/runFiles'
import { keepAttack } from '../runs/attackFiles'

const LARGEST_BATCH = 128
const KEY = /^[0-9a-f]{16}$/

/** A run by its number or its key. Throws StudioError('not-found'). */
export function runNamed(store: ProjectStore, name: string): RunInfo {
  const found =
    (KEY.test(name) ? store.runs.findByKey(name) : null) ??
    (/^\d{1,15}$/.test(name) ? store.runs.find(Number(name)) : null)
  if (found) return found
  const runs = store.runs.list()
  const hint =
    runs.length > 0
      ? `There are the runs ${runs
          .map(({ id }) => id)
          .slice(-20)
          .join(', ')}; a key has 16 digits.`
      : 'Train one first.'
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
 * to the run's with its predictions and examples, except those of a transfer, which would pass for an attack on the
 * network itself.
 * Throws StudioError: 'conflict' for a run that is not done, 'bad-file' where its network is gone; nothing is kept
 * then.
 */
export async function attackRun(
  store: ProjectStore,
  { run, attack, device: deviceId, source }: AttackRequest,
  options: ReadOptions = {},
): Promise<Attacked> {
  const judged = prepare(store, run)
  const made = source && prepare(store, source)
  if (made && sizeOf(made.shape) !== sizeOf(judged.shape))
    throw new StudioError('bad-input', `Runs ${made.id} and ${judged.id} see images of other sizes or classes.`)
  const { openDevice } = await import('../../engine/devices')
  const device = await openDevice(deviceId)
  try {
    const subject = await openSubject(device, { judged, made }, batchFor(judged, attack))
    try {
      const label = `Attacking run ${run.id}: ${attackTitle(attack)}`
      const attacked = await perform(subject, attack, { ...options, label })
      if (!source) keepAttack(store, run, attacked)
      return attacked
    } finally {
      subject.dispose()
    }
  } finally {
    await device.dispose()
  }
}

/** Images attacked side by side: random starts and crops depend on it, so that it follows from run and attack alone. */
export function batchFor({ heldOut }: Prepared, { images, on }: AttackConfig): number {
  return Math.max(1, Math.min(LARGEST_BATCH, images ?? Infinity, on === 'all' ? Infinity : heldOut.length))
}

/** A run's network on a device, with the images that it is attacked on. */
export interface Subject {
  batch: number
  attack(attack: AttackConfig): ReturnType<typeof attackImages>
  dispose(): void
}

/** @param made the run on whose network images are made for `judged`'s to judge; null for its own */
export async function openSubject(
  device: Device,
  { judged, made }: { judged: Prepared; made: Prepared | null },
  batch: number,
): Promise<Subject> {
  const engine = await import('../../engine/attacks')
  const { network } = await import('../../engine/model')
  const open = ({ network: id, shape, weights }: Prepared) =>
    engine.openAttacker(device, network(id, shape), weights, batch)
  const judge = await open(judged)
  const attacker = made ? await open(made) : judge
  const { pixelsFile, ...set } = judged.images
  const images = { ...set, pixels: new Uint8Array(readFileSync(pixelsFile)) }
  const { heldOut, distributions, seed } = judged
  return {
    batch,
    attack: (attack) =>
      engine.attackImages(attack, { images, distributions, heldOut, attacker, judge, seed, examples: ATTACK_EXAMPLES }),
    dispose() {
      judge.dispose()
      if (attacker !== judge) attacker.dispose()
    },
  }
}

/** One attack to its end. Requests to stop are heard between the steps on the device. */
export async function perform(
  subject: Subject,
  attack: AttackConfig,
  { signal, onProgress, label }: ReadOptions & { label: string },
): Promise<Attacked> {
  const running = subject.attack(attack)
  const start = performance.now()
  for (;;) {
    const next = await running.next()
    if (next.done) return next.value
    await setImmediate()
    signal?.throwIfAborted()
    const { done, total } = next.value
    const secondsLeft = (((performance.now() - start) / 1000) * (total - done)) / done
    onProgress?.({ label, done, total, secondsLeft })
  }
}

export type Prepared = ReturnType<typeof prepare>

/** All that is read of a run before anything is computed. */
export function prepare(store: ProjectStore, run: RunInfo) {
  const { id, config, state, result } = run
  const folder = store.runFolder(id)
  if (state !== 'done' || !result)
    throw new StudioError('conflict', `Run ${id} is ${state}; only finished runs are attacked.`, { file: folder })
  const weights = measuredWeights(folder, config)
  const heldOut = result.heldOut === 0 ? new Int32Array() : readPredictions(folder)?.heldOut
  if (!heldOut) throw new StudioError('bad-file', 'The list of held-out images is gone.', { file: folder })
  // Data it was trained with does not matter any more.
  const bare = { ...config, aggregatedFrom: null, teachers: [], startFrom: null, evaluations: [] }
  const { images, distributions } = runInputs(store, id, bare).work
  const { height, width, channels, classes } = images
  return {
    id,
    seed: config.seed,
    network: config.network,
    weights,
    heldOut,
    images,
    distributions,
    shape: { height, width, channels, classes },
  }
}

const sizeOf = ({ height, width, channels, classes }: ImageShape): string => [height, width, channels, classes].join()
