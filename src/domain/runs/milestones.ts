/** At which epochs a schedule of steps lowers the learning rate, brought to another number of epochs. */

/** Of the residual networks (the paper, section 5): what presets and the builder scale unless told otherwise. */
const RESIDUAL = { epochs: 160, milestones: [80, 120] }

/**
 * The milestones of a schedule made for `from` epochs, brought to `epochs`. Rounded to whole epochs, each once; those
 * before the first or after the last epoch, which would change nothing, are left out. Equal runs have equal keys only
 * where this alone computes milestones.
 */
export function scaleMilestones(milestones: readonly number[], from: number, epochs: number): number[] {
  // Multiplied first: 120 / 160 x 82 would end below 61.5 and be rounded down.
  const scaled = milestones.map((milestone) => Math.round((milestone * epochs) / from))
  return [...new Set(scaled)].filter((milestone) => milestone > 0 && milestone < epochs)
}

/** Half and three quarters of the way, as 80 and 120 of 160. */
export const usualMilestones = (epochs: number): number[] =>
  scaleMilestones(RESIDUAL.milestones, RESIDUAL.epochs, epochs)
