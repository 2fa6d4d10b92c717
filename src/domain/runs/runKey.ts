/**
 * The name of a run that does not depend on where it is kept: a digest of its configuration in a form that never
 * changes.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { ATTACK_DEFAULTS, type AttackConfig } from '../attacks/config'
import { RUN_DEFAULTS, type EvaluationConfig, type RunConfig, type Schedule } from './config'

const KEY_CHARACTERS = 16

/**
 * How a field of a configuration enters the digested form.
 *
 * - `as` a name: always, under that name. It stays what it was when the field is renamed.
 * - `unless` a default: under its own name, only where it differs. So does every field that is added: configurations
 * that
 *   do not use it keep their keys.
 * - `never`: it does not tell runs apart; its old name stands in the form with null.
 */
type Field = { as: string } | { unless: unknown } | { never: string }
type Fields<T> = Record<T extends unknown ? keyof T : never, Field>

const RUN: Fields<RunConfig> = {
  network: { as: 'network' },
  target: { as: 'target' },
  imageSet: { as: 'imageSet' },
  labelSet: { as: 'labelSet' },
  protocol: { as: 'protocol' },
  folds: { as: 'folds' },
  fold: { as: 'fold' },
  foldSeed: { as: 'foldSeed' },
  trainImages: { as: 'trainImages' },
  testImages: { as: 'testImages' },
  seed: { as: 'seed' },
  epochs: { as: 'epochs' },
  batch: { as: 'batch' },
  optimiser: { as: 'optimiser' },
  learningRate: { as: 'learningRate' },
  momentum: { as: 'momentum' },
  nesterov: { as: 'nesterov' },
  weightDecay: { as: 'weightDecay' },
  schedule: { as: 'schedule' },
  augment: { as: 'augment' },
  cutout: { as: 'cutout' },
  mixupAlpha: { as: 'mixupAlpha' },
  aggregatedFrom: { as: 'aggregatedFrom' },
  teachers: { as: 'teachers' },
  startFrom: { as: 'startFrom' },
  selection: { as: 'selection' },
  device: { never: 'device' },
  evaluateEvery: { as: 'evaluateEvery' },
  evaluations: { as: 'evaluations' },
  attacks: { as: 'attacks' },
}

const SCHEDULE: Fields<Schedule> = {
  kind: { as: 'kind' },
  milestones: { as: 'milestones' },
  gamma: { as: 'gamma' },
  epochs: { as: 'epochs' },
}

const EVALUATION: Fields<EvaluationConfig> = {
  imageSet: { as: 'imageSet' },
  labelSet: { as: 'labelSet' },
  images: { as: 'images' },
}

const ATTACK: Fields<AttackConfig> = {
  attack: { as: 'attack' },
  epsilon: { as: 'epsilon' },
  stepSize: { as: 'stepSize' },
  steps: { as: 'steps' },
  randomStart: { as: 'randomStart' },
  images: { as: 'images' },
  on: { as: 'on' },
  loss: { as: 'loss' },
  momentum: { as: 'momentum' },
  towards: { as: 'towards' },
  augmented: { as: 'augmented' },
  normalisation: { as: 'normalisation' },
  blackBoxQueries: { as: 'blackBoxQueries' },
}

/** A configuration of an earlier version, what it does not say filled in. */
export function completeConfig(stored: RunConfig): RunConfig {
  const config: RunConfig = { ...RUN_DEFAULTS, ...stored }
  return { ...config, attacks: config.attacks.map((attack): AttackConfig => ({ ...ATTACK_DEFAULTS, ...attack })) }
}

/**
 * What a run is known by, as text: equal for two configurations only where nothing that is done differs. The form is
 * that of the first builds and must stay it (test/domain/runs/runKey.test.ts pins keys): `startFrom` and `teachers`
 * hold keys, projects and plans store them, and a paused run is resumed by it. The words that fields hold (targets,
 * protocols) belong to it as well. Fields that this version does not know count under their own names.
 */
export function canonicalRun(stored: RunConfig): string {
  const config = completeConfig(stored)
  return canonical({
    ...(frozen(config, RUN) as object),
    schedule: frozen(config.schedule, SCHEDULE),
    evaluations: config.evaluations.map((set) => frozen(set, EVALUATION)),
    attacks: config.attacks.map((attack) => frozen(attack, ATTACK)),
  })
}

/** An object as keys digest it; what is none, as in files that are not whole, stays what it is. */
export function frozen(given: unknown, fields: Readonly<Record<string, Field>>): unknown {
  if (typeof given !== 'object' || given === null) return given
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (!field) return [[name, value]]
      if ('never' in field) return [[field.never, null]]
      if ('as' in field) return [[field.as, value]]
      return canonical(value) === canonical(field.unless) ? [] : [[name, value]]
    }),
  )
}

/**
 * Equal for runs that differ in nothing but the device: 16 hexadecimal digits of the SHA-256 of `canonicalRun`. A run
 * that starts from another holds the other's key, so that a key stands for all that was done before.
 */
export function runKey(config: RunConfig): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalRun(config)))).slice(0, KEY_CHARACTERS)
}

/** JSON with the fields of every object in the order of their names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    entry !== null && typeof entry === 'object' && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  )
}
