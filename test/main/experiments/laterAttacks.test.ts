/** Which of the attacks made on finished runs later figures take beside those of the runs' own configuration. */
import { describe, expect, it } from 'vitest'
import { withLaterAttacks } from '../../../src/main/experiments/laterAttacks'
import { ATTACK_DEFAULTS, type AttackResult } from '../../../src/domain/attacks/config'
import type { RunInfo } from '../../../src/domain/runs/info'

const trust = {
  cleanAccuracy: 1,
  accuracyAtZero: 1,
  maximumPerturbation: 4,
  zeroGradientShare: 0,
  randomNoiseAccuracy: 1,
  lossByStep: [],
}
const attack = (epsilon: number, accuracy: number, change: Partial<AttackResult> = {}): AttackResult => ({
  ...ATTACK_DEFAULTS,
  ...{ attack: 'fgsm', epsilon, stepSize: epsilon, steps: 1, randomStart: false, images: 200 },
  ...{ accuracy, crossEntropyToLabels: 1, crossEntropyToPeople: 1, trust },
  ...change,
})
const run = (id: number, attacks: AttackResult[]) =>
  ({ id, result: { measures: {}, heldOut: 1, attacks } }) as unknown as RunInfo
const accuracies = (runs: RunInfo[]) => runs.map(({ result }) => result?.attacks.map(({ accuracy }) => accuracy))

describe('attacks made later', () => {
  it('join where the run has none of that name', () => {
    const runs = [run(1, [attack(4, 0.1)]), run(2, [])]
    const later: Record<number, AttackResult[]> = { 1: [attack(8, 0.2)], 2: [attack(4, 0.3), attack(8, 0.4)] }
    expect(accuracies(withLaterAttacks(runs, (id) => later[id] ?? []))).toEqual([
      [0.1, 0.2],
      [0.3, 0.4],
    ])
  })

  it('never stand in for one of the run’s own configuration', () => {
    const runs = [run(1, [attack(4, 0.1)])]
    expect(accuracies(withLaterAttacks(runs, () => [attack(4, 0.9, { images: null })]))).toEqual([[0.1]])
  })

  it('of one name are the same attack on every run: the one that most were put through', () => {
    const runs = [run(1, [attack(4, 0.1)]), run(2, []), run(3, [])]
    const later: Record<number, AttackResult[]> = {
      2: [attack(4, 0.2), attack(4, 0.7, { images: null })],
      3: [attack(4, 0.8, { images: null })],
    }
    // Both were made on two runs: the one on all images counts, and run 1 has its own.
    expect(accuracies(withLaterAttacks(runs, (id) => later[id] ?? []))).toEqual([[0.1], [0.7], [0.8]])
    later[1] = []
    later[3] = [attack(4, 0.3), ...(later[3] ?? [])]
    expect(accuracies(withLaterAttacks(runs, (id) => later[id] ?? []))).toEqual([[0.1], [0.2], [0.3]])
  })

  it('repeated count as made last, and runs that are not done stay as they are', () => {
    const waiting = { id: 2, result: null } as unknown as RunInfo
    const found = withLaterAttacks([run(1, []), waiting], () => [attack(4, 0.5), attack(4, 0.6)])
    expect(accuracies(found)).toEqual([[0.6], undefined])
  })
})
