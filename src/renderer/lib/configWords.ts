/**
 * A configuration's fields and their values as people read them, for what two sides of a comparison do not share. Pure.
 */
import { attackTitle } from '../../domain/attacks/words'
import type { AttackConfig } from '../../domain/attacks/config'
import type { EvaluationConfig, RunConfig, Schedule } from '../../domain/runs/config'
import type { RunInfo } from '../../domain/runs/info'
import { foldNumber } from '../../domain/runs/foldLabel'
import { idsInWords } from './compareSides'
import { count, plural } from '../../domain/text/numbers'

const FIELDS: Record<keyof RunConfig, string> = {
  network: 'network',
  target: 'target',
  imageSet: 'images',
  labelSet: 'labels',
  protocol: 'protocol',
  folds: 'folds',
  fold: 'fold',
  foldSeed: 'fold seed',
  trainImages: 'images to train on',
  testImages: 'images to test on',
  seed: 'seed',
  epochs: 'epochs',
  batch: 'batch',
  optimiser: 'optimiser',
  learningRate: 'learning rate',
  momentum: 'momentum',
  nesterov: 'Nesterov',
  weightDecay: 'weight decay',
  schedule: 'schedule',
  augment: 'crop and flip',
  cutout: 'cutout',
  mixupAlpha: 'mixup alpha',
  aggregatedFrom: 'aggregated from',
  teachers: 'teachers',
  startFrom: 'started from',
  selection: 'measured epoch',
  device: 'device',
  evaluateEvery: 'evaluated every',
  evaluations: 'further images',
  attacks: 'attacks',
}

export const fieldWords = (field: string): string => new Map<string, string>(Object.entries(FIELDS)).get(field) ?? field

const NULLS: Partial<Record<string, string>> = {
  trainImages: 'all',
  testImages: 'all',
  startFrom: 'none: afresh',
  cutout: 'the network’s',
}
const SELECTIONS: Record<RunConfig['selection'], string> = {
  last: 'the last',
  'best-accuracy': 'the most accurate',
  'best-loss': 'of least loss',
}
const MOST_VALUES = 4

/** @param values as JSON, each once; @param runs those that keys of runs may name */
export function valuesInWords(field: string, values: readonly string[], runs: readonly RunInfo[]): string {
  const parsed = values.map((value): unknown => JSON.parse(value))
  if (field === 'startFrom' && parsed.every((value) => value !== null)) return runsInWords(parsed, runs)
  if (parsed.length > MOST_VALUES) return `${count(parsed.length)} values`
  return parsed.map((value) => valueInWords(field, value, runs)).join(' or ')
}

function valueInWords(field: string, value: unknown, runs: readonly RunInfo[]): string {
  if (value === null || value === undefined) return NULLS[field] ?? 'none'
  if (field === 'startFrom') return runsInWords([value], runs)
  if (field === 'schedule') return scheduleInWords(value as Schedule)
  if (field === 'fold') return foldNumber(value as number)
  if (field === 'selection') return SELECTIONS[value as RunConfig['selection']]
  if (field === 'evaluateEvery') return plural(value as number, 'epoch')
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none'
    if (field === 'teachers') return runsInWords(value, runs)
    if (field === 'attacks') return (value as AttackConfig[]).map(attackTitle).join(' and ')
    if (field === 'evaluations') return (value as EvaluationConfig[]).map(evaluationInWords).join(' and ')
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** Keys of runs by the numbers of the runs; those of runs that are gone are counted. */
function runsInWords(keys: readonly unknown[], runs: readonly RunInfo[]): string {
  const ids = keys.flatMap((key) => runs.find((run) => run.key === key)?.id ?? [])
  const gone = keys.length - ids.length
  const parts = [
    ids.length > 0 && `${ids.length === 1 ? 'run' : 'runs'} ${idsInWords(ids)}`,
    gone > 0 && `${plural(gone, 'run')} not in this project`,
  ]
  return parts.filter((part) => part !== false).join(' and ')
}

function scheduleInWords(schedule: Schedule): string {
  if (schedule.kind === 'constant') return 'constant'
  if (schedule.kind === 'cosine')
    return schedule.epochs === undefined ? 'cosine to 0' : `cosine to 0 over ${plural(schedule.epochs, 'epoch')}`
  return schedule.milestones.length === 0
    ? 'steps, none'
    : `× ${schedule.gamma} after epoch ${schedule.milestones.join(', ')}`
}

const evaluationInWords = ({ imageSet, labelSet, images }: EvaluationConfig): string =>
  [imageSet, labelSet !== null && `with ${labelSet}`, images !== null && `first ${count(images)}`]
    .filter(Boolean)
    .join(', ')
