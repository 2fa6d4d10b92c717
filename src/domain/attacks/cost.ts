/** What an attack costs, in passes of an image through the network, whether forwards alone or with a gradient. */
import { attackOf } from './words'
import type { AttackConfig } from './config'

/**
 * Passes of one image: the steps; four predictions (clean, at epsilon 0, under random noise, attacked) and the one step
 * at epsilon 0 that trust needs; and where a gradient-free attack is made its queries and the predictions around them.
 */
export function passesPerImage(stored: AttackConfig): number {
  const { attack, steps, blackBoxQueries } = attackOf(stored)
  const blackBox = blackBoxQueries > 0 ? blackBoxQueries + 2 : 0
  return (attack === 'fgsm' ? 1 : steps) + 5 + blackBox
}

/** How many images it attacks of a run that holds out `heldOut` of the `all` of its set. */
export function attackedImages(
  { on, images }: AttackConfig,
  { heldOut, all }: { heldOut: number; all: number },
): number {
  return Math.min(images ?? Infinity, on === 'all' ? all : heldOut)
}
