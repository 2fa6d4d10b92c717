/**
 * How each image fared in an attack: fooled, held, or wrong already. As everywhere in the gallery only networks that
 * never saw the image count, so of an attack on all images the part that the run held out. Where several chosen runs
 * were attacked on an image, their mean before and their mean after are compared. Before is what the network said of
 * the image as it was attacked (cropped, say); attacks of earlier versions know the plain image's prediction only.
 */
import { argmax } from '../../domain/labels/distribution'
import { OUTCOMES, type AttackColumns, type Outcome } from '../../domain/labels/gallery'
import type { RunInfo } from '../../domain/runs/info'
import type { ProjectStore } from '../storage'
import { attackPredictions, attacksOn, type AttackPredictions } from '../runs/attackResults'
import { keptPerKey } from '../project/kept'
import { breathing } from '../project/slices'
import type { PeopleJudged } from './judge'
import { heldOutOf, stampOf } from './predictions'

const keptAttacks = keptPerKey<AttackPredictions[]>(200)
const keptColumns = keptPerKey<AttackColumns>(8)

const attackStamp = (store: ProjectStore, run: RunInfo): string => `${stampOf(run)}+${attacksOn(store, run).length}`

/** Attacks on a run whose predictions were kept. */
export const attacksOf = (store: ProjectStore, run: RunInfo): AttackPredictions[] =>
  keptAttacks(store, attackStamp(store, run), () => attackPredictions(store, run.id))

/** Names of the attacks on any of the runs, and on how many of them. */
export function attackNames(store: ProjectStore, runs: RunInfo[]): { name: string; runs: number }[] {
  const found = new Map<string, number>()
  for (const run of runs) for (const { name } of attacksOf(store, run)) found.set(name, (found.get(name) ?? 0) + 1)
  return [...found].map(([name, times]) => ({ name, runs: times }))
}

export function outcomeOf(before: ArrayLike<number>, after: ArrayLike<number>, label: number): Outcome {
  if (argmax(before) !== label) return 'wrong'
  return argmax(after) === label ? 'held' : 'fooled'
}

export function attackColumns(
  store: ProjectStore,
  people: PeopleJudged,
  runs: RunInfo[],
  name: string,
): Promise<AttackColumns> {
  const key = [people.images.id, name, ...runs.map((run) => attackStamp(store, run))].join('/')
  return keptColumns(store, key, async () => {
    const { classes, label } = people
    const [before, after] = [new Float64Array(label.length * classes), new Float64Array(label.length * classes)]
    const times = new Uint16Array(label.length)
    const breathe = breathing()
    for (const run of runs) {
      const heldOut = heldOutOf(store, run)
      const attack = attacksOf(store, run).find((each) => each.name === name)
      if (!heldOut || !attack) continue
      const rowOf = new Map(Array.from(heldOut.images, (image, row) => [image, row]))
      attack.images.forEach((image, row) => {
        const own = rowOf.get(image)
        if (own === undefined) return
        times[image] = (times[image] as number) + 1
        for (let c = 0; c < classes; c++) {
          const at = image * classes + c
          const clean = attack.before ? attack.before[row * classes + c] : heldOut.predictions[own * classes + c]
          before[at] = (before[at] as number) + (clean as number)
          after[at] = (after[at] as number) + (attack.predictions[row * classes + c] as number)
        }
      })
      await breathe()
    }
    const outcome = new Uint8Array(label.length)
    const change = new Float32Array(label.length).fill(NaN)
    for (let image = 0; image < label.length; image++) {
      const [n, own] = [times[image] as number, label[image] as number]
      if (n === 0 || own >= classes) continue
      const rows = [before, after].map((table) => table.subarray(image * classes, (image + 1) * classes))
      const [clean, attacked] = rows as [Float64Array, Float64Array]
      outcome[image] = 1 + OUTCOMES.indexOf(outcomeOf(clean, attacked, own))
      change[image] = ((attacked[own] as number) - (clean[own] as number)) / n
    }
    return { outcome, change }
  })
}
