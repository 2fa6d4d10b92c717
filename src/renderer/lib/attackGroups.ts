/**
 * Finished runs whose networks can be attacked, by network, stage, protocol, images and training; attacks on them as
 * series. Pure.
 */
import { mean } from '../../domain/averages'
import type { RunConfig, Target } from '../../domain/runs/config'
import type { RunInfo } from '../../domain/runs/info'
import { TARGETS } from '../../domain/runs/config'
import { stageOf, STAGE_WORDS } from '../../domain/runs/stage'
import type { BandPoint } from './curves'
import { plural } from '../../domain/text/numbers'
import { particularsAmong, trainingOf } from '../../domain/results/trainings'
import { overEpsilon, type MadeAttack, type TrustRow } from '../../domain/results/trust'

export interface AttackGroup {
  key: string
  name: string
  runs: RunInfo[]
  targets: Target[]
}

/** An imported softmax has no network here. */
export const attackable = ({ state, result, config }: RunInfo): boolean =>
  state === 'done' && result !== null && stageOf(config) !== 'imported'

/** Most attacked first, then the newest. */
export function attackGroups(runs: readonly RunInfo[]): AttackGroup[] {
  const groups = new Map<string, RunInfo[]>()
  const found = runs.filter(attackable)
  const plain = (config: RunConfig) => [config.network, stageOf(config), config.protocol, config.imageSet].join('|')
  // Only what hard labels and the others were trained alike in: a target of its own tells nothing apart here.
  const particulars = particularsAmong(
    found.map((run) => ({ ...run, config: { ...run.config, target: 'hard' } })),
    plain,
  )
  for (const run of found) {
    const key = [plain(run.config), trainingOf(run.config)].join('|')
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  const list = [...groups].map(([key, members]): AttackGroup => {
    const [network = '', , protocol = '', imageSet = ''] = key.split('|')
    const stage = members[0] ? STAGE_WORDS[stageOf(members[0].config)] : ''
    const apart = members[0] ? particulars(members[0]) : ''
    const released = protocol === 'released' ? ['as released'] : []
    const name = [
      network,
      stage,
      ...released,
      ...(apart === '' ? [] : [apart]),
      plural(members.length, 'run'),
      imageSet,
    ].join(' · ')
    const targets = TARGETS.filter((target) => members.some(({ config }) => config.target === target))
    return { key, name, runs: members, targets }
  })
  const attacks = ({ runs: members }: AttackGroup) =>
    members.reduce((sum, { result }) => sum + (result?.attacks.length ?? 0), 0)
  return list.reverse().sort((a, b) => attacks(b) - attacks(a))
}

/** Mean and range over runs of one value of each. */
function band(step: number, made: readonly MadeAttack[], value: (made: MadeAttack) => number | undefined): BandPoint[] {
  const values = made.map(value).filter((each): each is number => each !== undefined && Number.isFinite(each))
  if (values.length === 0) return []
  return [{ step, mean: mean(values), low: Math.min(...values), high: Math.max(...values), n: values.length }]
}

type Value = (attack: MadeAttack['attack']) => number | undefined

/** From the clean point at 0 on, one point a radius. */
export function epsilonPoints(row: TrustRow | undefined, rows: readonly TrustRow[], value: Value): BandPoint[] {
  if (!row) return []
  const line = overEpsilon(row, rows)
  const everyRun = new Map(line.flatMap(({ made }) => made.map((each) => [each.run.id, each])))
  return [
    ...band(0, [...everyRun.values()], ({ attack }) => attack.trust.cleanAccuracy),
    ...line.flatMap(({ epsilon, made }) => band(epsilon, made, ({ attack }) => value(attack))),
  ]
}

/** One point before the first step and one after each. */
export function stepPoints(
  { made }: TrustRow,
  values: (attack: MadeAttack['attack']) => readonly number[],
): BandPoint[] {
  const most = Math.max(...made.map(({ attack }) => values(attack).length))
  return Array.from({ length: most }, (_, step) => band(step, made, ({ attack }) => values(attack)[step])).flat()
}
