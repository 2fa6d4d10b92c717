/** Runs of one's own: the choices of the form as the list of configurations the queue takes. Pure. */
import { ATTACK_DEFAULTS, RUN_DEFAULTS, type DeviceId, type RunConfig, type Target } from '../../shared/domain'

export interface OwnRuns {
  network: string
  targets: Target[]
  imageSet: string
  labelSet: string
  folds: number
  /** The first `useFolds` folds are run. */
  useFolds: number
  seeds: number
  epochs: number
  batch: number
  learningRate: number
  trainImages: number | null
  testImages: number | null
  augment: boolean
  attack: boolean
  device: DeviceId
}

/** The paper's residual networks (section 5) with a schedule scaled to the epochs, FGSM and PGD at 4/255. */
export function ownConfigs(form: OwnRuns): RunConfig[] {
  const configs: RunConfig[] = []
  for (let seed = 0; seed < form.seeds; seed++)
    for (let fold = 0; fold < form.useFolds; fold++)
      for (const target of form.targets)
        configs.push({
          ...RUN_DEFAULTS,
          network: form.network,
          target,
          imageSet: form.imageSet,
          labelSet: form.labelSet,
          protocol: 'described',
          folds: form.folds,
          fold,
          foldSeed: 0,
          trainImages: form.trainImages,
          testImages: form.testImages,
          seed,
          epochs: form.epochs,
          batch: form.batch,
          learningRate: form.learningRate,
          momentum: 0.9,
          nesterov: true,
          weightDecay: 1e-4,
          schedule: { kind: 'step', milestones: milestones(form.epochs), gamma: 0.1 },
          augment: form.augment,
          device: form.device,
          evaluateEvery: Math.max(1, Math.round(form.epochs / 10)),
          attacks: form.attack ? ATTACKS : [],
        })
  return configs
}

const ATTACKS: RunConfig['attacks'] = [
  { ...ATTACK_DEFAULTS, attack: 'fgsm', epsilon: 4, stepSize: 4, steps: 1, randomStart: false, images: 200 },
  { ...ATTACK_DEFAULTS, attack: 'pgd', epsilon: 4, stepSize: 1, steps: 10, randomStart: false, images: 200 },
]

/** Half and three quarters of the way, as 80 and 120 of 160. */
export const milestones = (epochs: number): number[] =>
  [...new Set([Math.floor(epochs / 2), Math.floor((epochs * 3) / 4)])].filter((epoch) => epoch > 0)
