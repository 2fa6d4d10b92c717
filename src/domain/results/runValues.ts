/** What a finished run measured, by the names of report.json: clean measures, and those under each attack. */
import { ATTACK_DEFAULTS, type AttackResult } from '../attacks/config'
import type { RunInfo, RunResult } from '../runs/info'
import { completeConfig } from '../runs/runKey'
import { isJudgedSet, MIXTURE, MIXTURE_NAME, paperSet } from '../published/dataSets'

export type FinishedRun = RunInfo & { result: RunResult }

export const isFinished = (run: RunInfo): run is FinishedRun => run.state === 'done' && run.result !== null

/** Those that finished, what configurations of earlier versions do not say filled in. */
export const finishedRuns = (runs: readonly RunInfo[]): FinishedRun[] =>
  runs.filter(isFinished).map((run) => ({ ...run, config: completeConfig(run.config) }))

/** The images a run is about: of cross-validation the held-out ones, of one that holds out none the set itself. */
export const datasetOf = ({ config: { imageSet, folds } }: RunInfo): string =>
  folds === 1 ? imageSet : `${imageSet} held-out`

/** One set of images a run was measured on. */
export interface Part {
  /** "cifar10-test held-out", "cifar10.1-v4", "cifar10-train, first 5000". */
  dataset: string
  imageSet: string
  heldOut: boolean
  values: ReadonlyMap<string, number>
}

/** Shown first, in this order; whatever else a run measured follows by name. */
const ORDER = [
  'accuracy',
  'crossEntropyToPeople',
  'crossEntropyToLabels',
  'secondBestAccuracy',
  'secondBestAccuracyReleased',
]

function ordered(measures: Record<string, number>): Map<string, number> {
  const rest = Object.keys(measures).filter((name) => !ORDER.includes(name))
  return new Map(
    [...ORDER, ...rest.sort()].flatMap((name): [string, number][] => {
      const value = measures[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/**
 * "fgsm-4": attack and epsilon in 1/255; what is not so in the paper's text follows: "pgd-4-margin",
 * "fgsm-8-augmented-imagenet".
 */
export function attackName(stored: AttackResult): string {
  const attack: AttackResult = { ...ATTACK_DEFAULTS, ...stored }
  const parts = [
    attack.attack,
    attack.epsilon,
    attack.loss === 'margin' && 'margin',
    attack.momentum > 0 && 'momentum',
    attack.towards !== null && 'targeted',
    attack.attack === 'pgd' && attack.randomStart && 'random',
    attack.augmented && 'augmented',
    attack.normalisation !== 'cifar10' && attack.normalisation,
  ]
  return parts.filter((part) => part !== false).join('-')
}

function underAttack(values: Map<string, number>, attacks: AttackResult[]): Map<string, number> {
  for (const attack of [...attacks].sort((a, b) => a.steps - b.steps)) {
    const name = attackName(attack)
    values.set(`${name}-accuracy`, attack.accuracy)
    values.set(`${name}-crossEntropyToLabels`, attack.crossEntropyToLabels)
    if (attack.crossEntropyToPeople !== null) values.set(`${name}-crossEntropyToPeople`, attack.crossEntropyToPeople)
    if (attack.trust.blackBox) values.set(`${name}-blackBoxAccuracy`, attack.trust.blackBox.accuracy)
  }
  return values
}

const onAll = ({ on }: AttackResult) => (on as AttackResult['on'] | undefined) === 'all'

/**
 * Every measure on the run's own images by name. Attacks are named "fgsm-4-accuracy": attack, epsilon in 1/255,
 * measure; where two attacks share a name the one with more steps speaks.
 */
export function runValues({ result }: FinishedRun): Map<string, number> {
  return underAttack(
    ordered(result.measures),
    result.attacks.filter((attack) => !onAll(attack)),
  )
}

/** Held-out images, further sets, attacks on the whole set, and Figure 2's mixture: what there is of them. */
export function partsOf(run: FinishedRun): Part[] {
  const { imageSet, evaluations } = run.config
  const parts: Part[] = [{ dataset: datasetOf(run), imageSet, heldOut: run.config.folds > 1, values: runValues(run) }]
  for (const [i, set] of (run.result.sets ?? []).entries()) {
    const limit = evaluations[i]?.images ?? null
    // A limit that the set does not reach is none; CIFAR-10's own images are left out before it is applied.
    const whole = limit === null || set.images < limit
    const dataset = whole ? set.imageSet : `${set.imageSet}, first ${limit}`
    parts.push({ dataset, imageSet: set.imageSet, heldOut: false, values: ordered(set.measures) })
  }
  const mixed = mixture(parts)
  if (mixed) parts.push(mixed)
  const all = underAttack(new Map(), run.result.attacks.filter(onAll))
  parts.push({ dataset: `${imageSet} all images`, imageSet, heldOut: false, values: all })
  return parts.filter(({ values }) => values.size > 0)
}

/** Figure 2's released "CIFAR10", where both of its parts were measured; its name says if only some were. */
function mixture(parts: Part[]): Part | null {
  const heldOut = parts.find((part) => part.heldOut && isJudgedSet(part.imageSet))
  const train = parts.find(({ dataset }) => paperSet(dataset) === 'cifar10-train')
  if (!heldOut || !train) return null
  const values = ['accuracy', 'crossEntropyToLabels'].flatMap((measure): [string, number][] => {
    const [inside, outside] = [heldOut.values.get(measure), train.values.get(measure)]
    if (inside === undefined || outside === undefined) return []
    return [[measure, MIXTURE.heldOut * inside + MIXTURE.train * outside]]
  })
  const limit = /, first \d+$/.exec(train.dataset)?.[0]
  const dataset = limit === undefined ? MIXTURE_NAME : `${MIXTURE_NAME}${limit} of train`
  return { dataset, imageSet: heldOut.imageSet, heldOut: false, values: new Map(values) }
}
