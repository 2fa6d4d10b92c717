/** Adversarial images beside what they were made of: made for attacks that kept none, and read for the window. */
import type { ReadOptions } from '../../formats/encodings/readOptions'
import type { RealDeviceId } from '../../engine/devices'
import { attackOf, attackTitle } from '../../domain/attacks/words'
import type { AttackExamples } from '../../contract'
import type { AttackConfig, AttackResult } from '../../domain/attacks/config'
import type { RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { NO_LABEL } from '../../domain/labels/judgments'
import { isJudged } from '../../domain/labels/unjudged'
import type { ProjectStore } from '../storage'
import { readAttackPredictions, readExamples } from '../storage/runFiles'
import { batchFor, openSubject, perform, prepare, runNamed } from './perform'
import { keepExamples, keepFiles, shapeOf } from '../runs/attackFiles'
import { attacksOn } from '../runs/attackResults'
import { imageSetNamed, labelSetNamed } from '../labels/labelSets'
import { distributionsOf } from '../labels/votesBehind'

/**
 * Makes the examples of an attack that kept none. An attack by its seed is the same attack again, of which the first
 * batch is enough; one whose predictions were not kept either is made whole, so that they are kept now.
 * Throws StudioError('not-found') where the run has no such attack, and as attackRun does.
 */
export async function makeExamples(
  store: ProjectStore,
  { run, number, device: deviceId }: { run: RunInfo; number: number; device: RealDeviceId },
  options: ReadOptions = {},
): Promise<void> {
  const result = attackNumbered(store, run, number)
  const judged = prepare(store, run)
  const whole = readAttackPredictions(store.runFolder(run.id), number) === null
  const attack: AttackConfig = { ...attackOf(result), blackBoxQueries: 0 }
  const batch = batchFor(judged, attack)
  const { openDevice } = await import('../../engine/devices')
  const device = await openDevice(deviceId)
  try {
    const subject = await openSubject(device, { judged, made: null }, batch)
    try {
      const less = whole ? attack : { ...attack, images: Math.min(attack.images ?? Infinity, batch) }
      const label = `Examples of ${attackTitle(attack)} on run ${run.id}`
      const attacked = await perform(subject, less, { ...options, label })
      const keep = whole ? keepFiles : keepExamples
      keep(store.runFolder(run.id), shapeOf(store, run), number, attacked)
    } finally {
      subject.dispose()
    }
  } finally {
    await device.dispose()
  }
}

/** Throws StudioError('not-found'). */
export function attackNumbered(store: ProjectStore, run: RunInfo, number: number): AttackResult {
  const found = attacksOn(store, run)[number - 1]
  if (found) return found
  throw new StudioError('not-found', `Run ${run.id} has no attack ${number}.`)
}

/**
 * What is kept of attack `number` of a run: pixels, people's distribution where the run has people, and the network's
 * before and after. Null where no examples are kept.
 */
export function examplesOf(store: ProjectStore, runId: number, number: number): AttackExamples | null {
  const run = runNamed(store, String(runId))
  attackNumbered(store, run, number)
  const set = imageSetNamed(store, run.config.imageSet)
  const kept = readExamples(store.runFolder(run.id), number, set)
  if (!kept) return null
  const people = run.config.labelSet === null ? null : distributionsOf(store, labelSetNamed(store, run.config.labelSet))
  const labels = store.imageSets.labels(set.id)
  const classes = set.classes.length
  const row = (values: Float32Array | Float64Array, at: number) =>
    Array.from(values.subarray(at * classes, (at + 1) * classes))
  const { height, width, channels, images, originals, adversarial, before, after } = kept
  return {
    imageSet: set.name,
    ...{ height, width, channels },
    images: Array.from(images, (index, at) => ({
      index,
      label: labels[index] ?? NO_LABEL,
      people: people && isJudged(people, index, classes) ? row(people, index) : null,
      before: row(before, at),
      after: row(after, at),
    })),
    originals,
    adversarial: new Uint8Array(adversarial.buffer, adversarial.byteOffset, adversarial.byteLength),
  }
}
