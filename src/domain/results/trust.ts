/**
 * Attack results of finished runs, as one row per training (network, how it came about, target) and attack, each with
 * the checks that tell how far its number can be trusted. Pure.
 */
import type { AttackResult } from '../attacks/config'
import { mean } from '../averages'
import type { Protocol, Stage, Target } from '../runs/config'
import type { RunInfo } from '../runs/info'
import { allRise, objectiveByStep, raisesLoss } from '../attacks/checks'
import { attackTitle, attackWay } from '../attacks/words'
import { stageOf } from '../runs/stage'
import { particularsAmong, recipeOf } from './trainings'
import { targetName } from './targetWords'

/** One attack on one run: `number` counts from 1 and is how the services know it. */
export interface MadeAttack {
  run: RunInfo
  number: number
  attack: AttackResult
}

export interface TrustRow {
  key: string
  network: string
  stage: Stage
  protocol: Protocol
  target: Target
  /** The target, with what sets it apart among the rows: "soft", "soft, 30 ep." */
  name: string
  /** Equal for rows of networks that were trained alike. */
  recipe: string
  attack: 'fgsm' | 'pgd'
  epsilon: number
  steps: number
  /** "PGD 4/255, 10 steps of 1/255, margin loss" */
  title: string
  /** The same without the radius. */
  way: string
  /** What the row is a mean of, one a run. */
  made: MadeAttack[]
  runs: number
  accuracy: number
  crossEntropyToLabels: number
  cleanAccuracy: number
  /** Every run's accuracy at epsilon 0 equals its clean accuracy. */
  zeroAgrees: boolean
  accuracyAtZero: number
  /** Greatest over the runs, units of 1/255. */
  maximumPerturbation: number
  zeroGradientShare: number
  randomNoiseAccuracy: number
  /** Mean over runs, one entry per iteration. */
  lossByStep: number[]
  /** What the attack raises, mean over runs; null where an earlier version did not keep it. */
  objectiveByStep: number[] | null
  /** Whether that is the loss to labels. */
  raisesLoss: boolean
  /** In no run does it fall from one iteration to the next by more than rounding; null where that is not known. */
  monotone: boolean | null
  /** Mean over the runs in which a gradient-free attack was made; null where none was. */
  blackBox: { queries: number; accuracy: number; runs: number; attacked: number } | null
}

/** Attacks of a run, one of each name: of those that were repeated the last, unless an earlier one knows more. */
export function attacksMade(run: RunInfo): MadeAttack[] {
  const found = new Map<string, MadeAttack>()
  for (const [at, attack] of (run.result?.attacks ?? []).entries()) {
    const title = attackTitle(attack)
    const before = found.get(title)
    if (!before?.attack.trust.blackBox || attack.trust.blackBox) found.set(title, { run, number: at + 1, attack })
  }
  return [...found.values()]
}

export function trustRows(runs: readonly RunInfo[]): TrustRow[] {
  const groups = new Map<string, MadeAttack[]>()
  const particulars = particularsAmong(runs, (config) =>
    [config.network, stageOf(config), config.protocol, targetName(config)].join(' '),
  )
  for (const run of runs)
    for (const made of attacksMade(run)) {
      const { network, protocol, target } = run.config
      const { attack, epsilon, steps } = made.attack
      const key = [
        network,
        stageOf(run.config),
        protocol,
        attack,
        epsilon,
        steps,
        attackTitle(made.attack),
        target,
        targetName(run.config),
        recipeOf(run.config),
      ].join(' ')
      groups.set(key, [...(groups.get(key) ?? []), made])
    }
  const rows = [...groups].flatMap(([key, made]) => trustRow(key, made, particulars) ?? [])
  return rows.sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }))
}

function trustRow(key: string, made: MadeAttack[], particulars: (run: RunInfo) => string): TrustRow | null {
  const [first] = made
  if (!first) return null
  const { run, attack } = first
  const of = (value: (attack: AttackResult) => number) => mean(made.map((each) => value(each.attack)))
  const lossByStep = attack.trust.lossByStep.map((_, step) => of(({ trust }) => trust.lossByStep[step] ?? NaN))
  const asked = made.flatMap((each) => {
    const { blackBox } = each.attack.trust
    return blackBox ? [{ ...blackBox, attacked: each.attack.accuracy }] : []
  })
  return {
    key,
    network: run.config.network,
    stage: stageOf(run.config),
    protocol: run.config.protocol,
    target: run.config.target,
    name: [targetName(run.config), particulars(run)].filter((part) => part !== '').join(', '),
    recipe: [targetName(run.config), recipeOf(run.config)].join('|'),
    attack: attack.attack,
    epsilon: attack.epsilon,
    steps: attack.steps,
    title: attackTitle(attack),
    way: attackWay(attack),
    made,
    runs: made.length,
    accuracy: of(({ accuracy }) => accuracy),
    crossEntropyToLabels: of(({ crossEntropyToLabels }) => crossEntropyToLabels),
    cleanAccuracy: of(({ trust }) => trust.cleanAccuracy),
    zeroAgrees: made.every(({ attack: { trust } }) => Math.abs(trust.accuracyAtZero - trust.cleanAccuracy) < 1e-9),
    accuracyAtZero: of(({ trust }) => trust.accuracyAtZero),
    maximumPerturbation: Math.max(...made.map((each) => each.attack.trust.maximumPerturbation)),
    zeroGradientShare: of(({ trust }) => trust.zeroGradientShare),
    randomNoiseAccuracy: of(({ trust }) => trust.randomNoiseAccuracy),
    lossByStep,
    objectiveByStep: meanObjective(made),
    raisesLoss: raisesLoss(attack),
    monotone: allRise(made.map((each) => each.attack)),
    blackBox:
      asked.length === 0
        ? null
        : {
            queries: Math.min(...asked.map(({ queries }) => queries)),
            accuracy: mean(asked.map(({ accuracy }) => accuracy)),
            attacked: mean(asked.map(({ attacked }) => attacked)),
            runs: asked.length,
          },
  }
}

function meanObjective(made: readonly MadeAttack[]): number[] | null {
  const kept = made.flatMap(({ attack }) => [objectiveByStep(attack) ?? []]).filter(({ length }) => length > 0)
  const steps = Math.min(...kept.map(({ length }) => length))
  return kept.length < made.length
    ? null
    : Array.from({ length: steps }, (_, step) => mean(kept.map((values) => values[step] ?? NaN)))
}

/** The same way of attacking the same networks at every radius, smallest first. */
export const overEpsilon = (row: TrustRow, rows: readonly TrustRow[]): TrustRow[] =>
  rows
    .filter(
      ({ network, stage, protocol, recipe, way }) =>
        network === row.network &&
        stage === row.stage &&
        protocol === row.protocol &&
        recipe === row.recipe &&
        way === row.way,
    )
    .sort((a, b) => a.epsilon - b.epsilon)
