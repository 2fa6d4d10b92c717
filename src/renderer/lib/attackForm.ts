/** New attacks: the choices of the form as a list of attacks, and what they come to on the runs chosen. Pure. */
import { attackedImages, passesPerImage } from '../../domain/attacks/cost'
import { sameAttack } from '../../domain/attacks/words'
import type { AttackConfig } from '../../domain/attacks/config'
import type { DeviceId } from '../../domain/runs/devices'
import type { RunInfo } from '../../domain/runs/info'

export interface AttackForm {
  kinds: AttackConfig['attack'][]
  /** Radii in 1/255, as typed: "1, 2, 4, 8". */
  epsilons: string
  /** Numbers of steps of PGD, as typed. */
  steps: string
  /** 1/255; null for 2.5 times the radius divided by the steps. */
  stepSize: number | null
  /** Of PGD, as momentum. */
  randomStart: boolean
  loss: AttackConfig['loss']
  momentum: number
  towards: AttackConfig['towards']
  images: number | null
  on: AttackConfig['on']
  blackBoxQueries: number
  repeat: boolean
  device: DeviceId
}

export const FIRST_FORM: AttackForm = {
  ...{ kinds: ['fgsm', 'pgd'], epsilons: '1, 2, 4, 8', steps: '10', stepSize: null, randomStart: false },
  ...{ loss: 'cross-entropy', momentum: 0, towards: null, images: 256, on: 'held-out', blackBoxQueries: 0 },
  ...{ repeat: false, device: 'auto' },
}

/**
 * Numbers separated by commas, semicolons or spaces, each once, smallest first; null where something else stands
 * between them.
 */
export function readNumbers(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  const numbers = parts.map(Number)
  if (numbers.some((value) => !Number.isFinite(value))) return null
  return [...new Set(numbers)].sort((a, b) => a - b)
}

/** What is wrong with a list as typed; null where every number of it fits. */
function listProblem(text: string, fits: (value: number) => boolean, needed: string): string | null {
  const numbers = readNumbers(text)
  if (numbers === null) {
    const odd = text.split(/[\s,;]+/).find((part) => !Number.isFinite(Number(part)))
    return `“${odd}” is not a number`
  }
  if (numbers.length === 0) return needed
  const bad = numbers.find((value) => !fits(value))
  return bad === undefined ? null : `${bad}: ${needed}`
}
/** Of radii as typed, and of PGD's numbers of steps. */
export const radiiProblem = (text: string) => listProblem(text, (value) => value > 0 && value <= 255, 'above 0, to 255')
export const stepsProblem = (text: string) =>
  listProblem(text, (value) => Number.isInteger(value) && value >= 1 && value <= 1000, 'whole, from 1 to 1000')

/** Empty where a list cannot be read. */
export function formAttacks(form: AttackForm): AttackConfig[] {
  const epsilons = readNumbers(form.epsilons) ?? []
  const steps = readNumbers(form.steps) ?? []
  const { images, on, loss, momentum, towards, blackBoxQueries, randomStart } = form
  const shared = { images, on, loss, towards, blackBoxQueries, augmented: false, normalisation: 'cifar10' } as const
  // One step of the whole radius: neither changes what it does.
  const whole = { randomStart: false, momentum: 0, steps: 1 }
  const fgsm = epsilons.map((epsilon): AttackConfig => ({
    attack: 'fgsm',
    epsilon,
    stepSize: epsilon,
    ...whole,
    ...shared,
  }))
  const pgd = epsilons.flatMap((epsilon) =>
    steps.map((count): AttackConfig => {
      const stepSize = form.stepSize ?? Math.min(255, (2.5 * epsilon) / count)
      return { attack: 'pgd', epsilon, stepSize, steps: count, randomStart, momentum, ...shared }
    }),
  )
  return [...(form.kinds.includes('fgsm') ? fgsm : []), ...(form.kinds.includes('pgd') ? pgd : [])]
}

export interface AttackPlan {
  /** Runs times attacks. */
  asked: number
  /** Of these, made before. */
  made: number
  /** What starting would do. */
  toMake: number
  /** Passes of an image through a network, of what would be made. */
  passes: number
  /** Runs that hold out nothing, where held-out images are attacked. */
  without: RunInfo[]
}

/** @param sizes images of each set, by name */
export function planAttacks(
  runs: readonly RunInfo[],
  attacks: readonly AttackConfig[],
  { repeat, sizes }: { repeat: boolean; sizes: ReadonlyMap<string, number> },
): AttackPlan {
  let [made, toMake, passes] = [0, 0, 0]
  for (const { config, result } of runs)
    for (const attack of attacks) {
      const isMade = result?.attacks.some((each) => sameAttack(each, attack)) ?? false
      if (isMade) made++
      if (isMade && !repeat) continue
      toMake++
      const images = attackedImages(attack, { heldOut: result?.heldOut ?? 0, all: sizes.get(config.imageSet) ?? 0 })
      passes += images * passesPerImage(attack)
    }
  const without = attacks.some(({ on }) => on === 'held-out') ? runs.filter(({ result }) => !result?.heldOut) : []
  return { asked: runs.length * attacks.length, made, toMake, passes, without }
}
