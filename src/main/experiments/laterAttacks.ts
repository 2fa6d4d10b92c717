/**
 * Attacks that were made on finished runs later, as far as figures and reports can set them beside others. A figure
 * compares runs under one name ("fgsm-4"), so of later attacks of a name only one counts: what most runs were put
 * through, of equals the one on more images, then of more steps. A run's own configuration stands before them.
 */
import { attackName } from '../../domain/results/runValues'
import { attackOf } from '../../domain/attacks/words'
import type { AttackResult } from '../../domain/attacks/config'
import type { RunInfo } from '../../domain/runs/info'

interface Made {
  run: number
  /** What figures call it. */
  name: string
  /** The same for attacks that do the same. */
  same: string
  attack: AttackResult
}

const nameOf = (attack: AttackResult) => `${attackName(attack)} ${attackOf(attack).on}`
const made = (run: number, attack: AttackResult): Made => ({
  run,
  name: nameOf(attack),
  same: JSON.stringify(attackOf(attack)),
  attack,
})

/**
 * @param later the attacks made on a run after it was done, in their order; one that was repeated counts as made last
 */
export function withLaterAttacks(runs: readonly RunInfo[], later: (run: number) => AttackResult[]): RunInfo[] {
  const own = runs.flatMap(({ id, result }) => (result?.attacks ?? []).map((attack) => made(id, attack)))
  const others = runs.flatMap(({ id, result }) => (result ? later(id).map((attack) => made(id, attack)) : []))
  if (others.length === 0) return [...runs]
  const chosen = mostCommon([...own, ...others])
  return runs.map((run): RunInfo => {
    if (!run.result) return run
    const has = new Set(own.filter((each) => each.run === run.id).map(({ name }) => name))
    const fitting = others.filter(
      (each) => each.run === run.id && !has.has(each.name) && chosen.get(each.name) === each.same,
    )
    const last = new Map(fitting.map(({ name, attack }) => [name, attack]))
    return { ...run, result: { ...run.result, attacks: [...run.result.attacks, ...last.values()] } }
  })
}

/** By name, which attack of that name. */
function mostCommon(all: readonly Made[]): Map<string, string> {
  const found = new Map<string, { name: string; attack: AttackResult; runs: Set<number> }>()
  for (const { run, name, same, attack } of all) {
    const known = found.get(same) ?? { name, attack, runs: new Set() }
    found.set(same, known)
    known.runs.add(run)
  }
  const images = ({ images: most }: AttackResult) => most ?? Infinity
  const ranked = [...found].sort(
    ([, a], [, b]) =>
      a.runs.size - b.runs.size ||
      Math.sign(images(a.attack) - images(b.attack) || 0) ||
      a.attack.steps - b.attack.steps,
  )
  return new Map(ranked.map(([same, { name }]) => [name, same]))
}
