/** Attack results of finished runs, with their trust figures, as one row per network, target and attack. Pure. */
import type { AttackResult, RunInfo, Target } from '../../shared/domain'

export interface TrustRow {
  key: string
  network: string
  target: Target
  attack: 'fgsm' | 'pgd'
  epsilon: number
  steps: number
  runs: number
  accuracy: number
  cleanAccuracy: number
  /** Every run's accuracy at epsilon 0 equals its clean accuracy. */
  zeroAgrees: boolean
  /** Greatest over the runs, units of 1/255. */
  maximumPerturbation: number
  zeroGradientShare: number
  randomNoiseAccuracy: number
  /** Mean over runs, one entry per iteration. */
  lossByStep: number[]
  /** Loss never falls from one iteration to the next by more than rounding. */
  monotone: boolean
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

export function trustRows(runs: readonly RunInfo[]): TrustRow[] {
  const groups = new Map<string, { run: RunInfo; attack: AttackResult }[]>()
  for (const run of runs)
    for (const attack of run.result?.attacks ?? []) {
      const key = [run.config.network, attack.attack, attack.epsilon, attack.steps, run.config.target].join('|')
      groups.set(key, [...(groups.get(key) ?? []), { run, attack }])
    }
  const rows: TrustRow[] = []
  for (const [key, group] of groups) {
    const [first] = group
    if (!first) continue
    const of = (value: (attack: AttackResult) => number) => mean(group.map(({ attack }) => value(attack)))
    const lossByStep = first.attack.trust.lossByStep.map((_, step) => of(({ trust }) => trust.lossByStep[step] ?? NaN))
    rows.push({
      key,
      network: first.run.config.network,
      target: first.run.config.target,
      attack: first.attack.attack,
      epsilon: first.attack.epsilon,
      steps: first.attack.steps,
      runs: group.length,
      accuracy: of(({ accuracy }) => accuracy),
      cleanAccuracy: of(({ trust }) => trust.cleanAccuracy),
      zeroAgrees: group.every(({ attack: { trust } }) => Math.abs(trust.accuracyAtZero - trust.cleanAccuracy) < 1e-9),
      maximumPerturbation: Math.max(...group.map(({ attack }) => attack.trust.maximumPerturbation)),
      zeroGradientShare: of(({ trust }) => trust.zeroGradientShare),
      randomNoiseAccuracy: of(({ trust }) => trust.randomNoiseAccuracy),
      lossByStep,
      monotone: lossByStep.every((loss, step) => step === 0 || loss >= (lossByStep[step - 1] ?? loss) - 1e-3),
    })
  }
  return rows.sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }))
}
