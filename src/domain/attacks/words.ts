/** What attacks are called, and when two are the same. Radii and step sizes in 1/255. */
import { ATTACK_DEFAULTS, type AttackConfig } from './config'
import { plural } from '../text/numbers'

/** The fields of a configuration alone, those that an earlier version did not know filled in. */
export function attackOf(stored: AttackConfig): AttackConfig {
  const { attack, epsilon, stepSize, steps, randomStart, images } = stored
  const { on, loss, momentum, towards, augmented, normalisation, blackBoxQueries }: AttackConfig = {
    ...ATTACK_DEFAULTS,
    ...stored,
  }
  return {
    ...{ attack, epsilon, stepSize, steps, randomStart, images, on, loss, momentum, towards },
    ...{ augmented, normalisation, blackBoxQueries },
  }
}

/** What is done to a network, without the radius: attacks that share it are one line over epsilon. */
export function attackWay(stored: AttackConfig): string {
  const { attack, steps, randomStart, loss, momentum, towards, augmented, normalisation, on, images } = attackOf(stored)
  const parts = [
    attack.toUpperCase(),
    attack === 'pgd' && plural(steps, 'step'),
    randomStart && 'random start',
    loss === 'margin' && 'margin loss',
    momentum > 0 && `momentum ${momentum}`,
    towards === 'least-likely' && 'towards the least likely class',
    towards === 'next' && 'towards the next class',
    augmented && 'augmented images',
    normalisation === 'imagenet' && 'ImageNet’s normalisation',
    images !== null && `first ${images} images`,
    on === 'all' && 'of the whole set',
  ]
  return parts.filter((part) => part !== false).join(', ')
}

/** "PGD 4/255, 10 steps of 1/255, margin loss": the same for attacks that differ in nothing but black-box queries. */
export function attackTitle(attack: AttackConfig): string {
  const [kind, ...rest] = attackWay(attack).split(', ')
  const steps = attack.attack === 'pgd' ? [`${rest.shift()} of ${short(attack.stepSize)}/255`] : []
  return [`${kind} ${short(attack.epsilon)}/255`, ...steps, ...rest].join(', ')
}

const short = (value: number): string => String(Number(value.toFixed(3)))

/** Whether doing both would do the same; FGSM has no step size of its own. */
export function sameAttack(a: AttackConfig, b: AttackConfig): boolean {
  const named = (attack: AttackConfig) => {
    const known = attackOf(attack)
    return JSON.stringify(known.attack === 'fgsm' ? { ...known, stepSize: 0, steps: 1 } : known)
  }
  return named(a) === named(b)
}
