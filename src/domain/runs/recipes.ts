/**
 * How each family is trained (design: experiments, "Training"): batch, weight decay, learning rate and schedule of the
 * networks' own papers, as the released materials have them.
 */
import { FAMILY_NAMES, type FamilyName, type RunConfig, type Schedule } from './config'
import { scaleMilestones } from './milestones'

interface Recipe {
  batch: number
  weightDecay: number
  /** Of training on the 50,000 images; section 5 uses 0.1 for all. */
  learningRate: number
  /** Epochs the schedule was made for. */
  epochs: number
  /** Null: cosine to 0. */
  steps: { milestones: number[]; gamma: number } | null
}

const residual: Recipe = {
  batch: 128,
  weightDecay: 1e-4,
  learningRate: 0.1,
  epochs: 160,
  steps: { milestones: [80, 120], gamma: 0.1 },
}
const long = { epochs: 300, steps: { milestones: [150, 225], gamma: 0.1 } }

const FAMILIES: Record<FamilyName, Recipe> = {
  vgg: residual,
  resnet_basic: residual,
  wrn: {
    batch: 128,
    weightDecay: 5e-4,
    learningRate: 0.1,
    epochs: 200,
    steps: { milestones: [60, 120, 160], gamma: 0.2 },
  },
  resnet_preact: residual,
  resnext: { ...long, batch: 64, weightDecay: 5e-4, learningRate: 0.05 },
  densenet: { ...long, batch: 64, weightDecay: 1e-4, learningRate: 0.1 },
  pyramidnet: { ...long, batch: 128, weightDecay: 1e-4, learningRate: 0.1 },
  shake_shake: { batch: 64, weightDecay: 1e-4, learningRate: 0.1, epochs: 300, steps: null },
}

/** Null for an id of no family. */
export const familyOf = (network: string): FamilyName | null =>
  FAMILY_NAMES.find((family) => network.startsWith(`${family}_`)) ?? null

const recipeOf = (network: string): Recipe => FAMILIES[familyOf(network) ?? 'resnet_basic']

/** Epochs that both sections of the paper train for on the 9,000, whatever the schedule was made for. */
export const PAPER_EPOCHS = 150

/** The schedule brought to a number of epochs, all of it. */
export function scaledSchedule(network: string, epochs: number): Schedule {
  const { epochs: own, steps } = recipeOf(network)
  if (!steps) return { kind: 'cosine' }
  return { kind: 'step', milestones: scaleMilestones(steps.milestones, own, epochs), gamma: steps.gamma }
}

/**
 * The schedule as it ran when 150 epochs were imposed after it had been made for 160, 200 or 300: cut off before its
 * end, and in a shorter run in the same proportion (DenseNet, PyramidNet and ResNeXt never lower their rate).
 */
export function cutSchedule(network: string, epochs: number): Schedule {
  const { epochs: own, steps } = recipeOf(network)
  if (!steps) return { kind: 'cosine', epochs: own * (epochs / PAPER_EPOCHS) }
  return { kind: 'step', milestones: scaleMilestones(steps.milestones, PAPER_EPOCHS, epochs), gamma: steps.gamma }
}

/** What a run takes from its family, but for rate and schedule. A batch is never more than a tenth of the images. */
export function familySettings(network: string, trainImages: number): Pick<RunConfig, 'batch' | 'weightDecay'> {
  const { batch, weightDecay } = recipeOf(network)
  return { batch: Math.min(batch, Math.max(1, Math.floor(trainImages / 10))), weightDecay }
}

export const familyRate = (network: string): number => recipeOf(network).learningRate
/** Epochs of the family's own schedule: how long its pretraining takes. */
export const familyEpochs = (network: string): number => recipeOf(network).epochs
