/**
 * The paper from its first experiment to its last, at a scale: networks trained from scratch on the folds (section 5),
 * pretrained on the 50,000 and fine-tuned to every kind of target (section 6), attacked (section 7); under both
 * protocols. Presets `laptop` and `paper` are two scales of it.
 */
import { fgsm, pgd, type AttackConfig } from '../attacks/config'
import { RUN_DEFAULTS, type EvaluationConfig, type RunConfig, type Target } from './config'
import type { DeviceId } from './devices'
import { runKey } from './runKey'
import type { PresetData } from './presets'
import { cutSchedule, familyEpochs, familyOf, familyRate, familySettings, scaledSchedule } from './recipes'

export interface Scale {
  /** One member of each family, in the paper's order. */
  networks: readonly string[]
  fromScratch: { epochs: number; described: readonly number[]; released: readonly number[] }
  /** Of the pretraining: epochs, or null for those of the family's own schedule. */
  pretrainEpochs: number | null
  fineTuning: {
    epochs: number
    folds: readonly number[]
    learningRates: readonly number[]
    mixupAlphas: readonly number[]
    released: { splits: readonly number[]; learningRates: readonly number[]; mixupAlphas: readonly number[] }
  }
  /** Images of each further set that fine-tuned and pretrained networks are measured on; null for all. */
  furtherImages: number | null
  /** Images attacked, and queries of the gradient-free check. */
  attackImages: number | null
  releasedAttackImages: number | null
  blackBoxQueries: number
}

const FOLDS = 10
/** Of the ten folds of a permutation the one that holds out its last 1,000: the released fine-tuning's holdout. */
const HOLDOUT_FOLD = 9
const FINE_TUNED: readonly Target[] = ['hard', 'mixup', 'category-soft', 'soft', 'sampled-hard']
const CONTROLS: readonly Target[] = ['majority-hard', 'mode-forced', 'smoothed']
/** The released runs of these took 250 epochs where the others took 150. */
const LONG_RELEASED: ReadonlySet<Target> = new Set<Target>(['mixup', 'sampled-hard'])
const LONG = 250 / 150

/** Held-out images only, and with what tells robustness from obscured gradients beside them. */
const describedAttacks = ({ attackImages: images, blackBoxQueries }: Scale): AttackConfig[] => [
  fgsm(4, images),
  fgsm(8, images),
  { ...pgd(4, 10, images), blackBoxQueries },
  { ...pgd(4, 10, images), loss: 'margin' },
]

/**
 * Table 2 and Figure 4 as they were made: ImageNet's normalisation, cropped and flipped images, most of them trained
 * on.
 */
const releasedAttacks = ({ releasedAttackImages: images }: Scale): AttackConfig[] => {
  const as = { on: 'all', augmented: true, normalisation: 'imagenet' } as const
  return [
    { ...fgsm(8, images), ...as },
    { ...pgd(4, 9, 100), ...as },
  ]
}

/** In the order of the queue: pretraining first, since most else waits for it, then fold by fold. */
export function planWholePaper(
  scale: Scale,
  data: PresetData,
  device: DeviceId,
  families: readonly string[],
): RunConfig[] {
  const chosen = scale.networks.filter((network) => families.length === 0 || families.includes(familyOf(network) ?? ''))
  const plan = new Planner(scale, data, device)
  const pretrained = data.pretraining
    ? chosen.map((network) => plan.pretrained(network, data.pretraining?.imageSet ?? '', data.pretraining?.images ?? 0))
    : []
  const teachers = pretrained.map(runKey)
  return [
    ...pretrained,
    ...chosen.flatMap((network) => plan.fromScratch(network)),
    ...pretrained.flatMap((run) => plan.fineTuned(run, teachers)),
  ]
}

class Planner {
  private readonly training: number
  constructor(
    private readonly scale: Scale,
    private readonly data: PresetData,
    private readonly device: DeviceId,
  ) {
    this.training = data.images - Math.ceil(data.images / FOLDS)
  }

  private base(
    network: string,
    trainImages: number,
  ): Omit<RunConfig, 'target' | 'epochs' | 'learningRate' | 'schedule'> {
    const { imageSet, labelSet } = this.data
    return {
      ...RUN_DEFAULTS,
      ...familySettings(network, trainImages),
      network,
      imageSet,
      labelSet,
      protocol: 'described',
      folds: FOLDS,
      fold: 0,
      foldSeed: 0,
      trainImages: null,
      testImages: null,
      seed: 0,
      momentum: 0.9,
      nesterov: true,
      augment: true,
      device: this.device,
      evaluateEvery: 1,
      evaluations: this.further(),
      attacks: [],
    }
  }

  private further(): EvaluationConfig[] {
    return this.data.further.map((set) => ({ ...set, images: this.scale.furtherImages }))
  }

  /**
   * Section 5, rate 0.1 for all. Released: the schedule cut off, the epoch of the best accuracy on the held-out fold.
   */
  fromScratch(network: string): RunConfig[] {
    const { epochs, described, released } = this.scale.fromScratch
    const base = { ...this.base(network, this.training), epochs, learningRate: 0.1 }
    const targets = ['hard', 'soft'] as const
    return [
      ...described.flatMap((fold) =>
        targets.map((target): RunConfig => ({ ...base, target, fold, schedule: scaledSchedule(network, epochs) })),
      ),
      ...released.flatMap((fold) =>
        targets.map((target): RunConfig => {
          const as = { protocol: 'released', selection: 'best-accuracy' } as const
          return { ...base, ...as, target, fold, schedule: cutSchedule(network, epochs) }
        }),
      ),
    ]
  }

  /** On the publisher's labels of the other images, measured on all images that people judged. */
  pretrained(network: string, imageSet: string, images: number): RunConfig {
    const epochs = this.scale.pretrainEpochs ?? familyEpochs(network)
    const { imageSet: judged, labelSet } = this.data
    const others = this.further().filter((set) => set.imageSet !== imageSet)
    return {
      ...this.base(network, images),
      imageSet,
      labelSet: null,
      target: 'hard',
      folds: 1,
      epochs,
      learningRate: familyRate(network),
      schedule: scaledSchedule(network, epochs),
      // All of them, so that the network can teach.
      evaluations: [{ imageSet: judged, labelSet, images: null }, ...others],
    }
  }

  /** Section 6, all layers, with a fresh optimiser; section 7 attacks what hard and soft labels made of it. */
  fineTuned(pretrained: RunConfig, teachers: readonly string[]): RunConfig[] {
    const { network } = pretrained
    const { epochs, folds, learningRates, mixupAlphas, released } = this.scale.fineTuning
    const base = { ...this.base(network, this.training), startFrom: runKey(pretrained) }
    const attacked = (target: Target, attacks: AttackConfig[]) =>
      target === 'hard' || target === 'soft' ? attacks : []
    const variants = (target: Target, alphas: readonly number[]): Partial<RunConfig>[] =>
      target === 'mixup' ? alphas.map((mixupAlpha) => ({ mixupAlpha })) : [{}]
    const described = folds.flatMap((fold) => {
      const run = (target: Target, learningRate: number, more: Partial<RunConfig> = {}): RunConfig => ({
        ...base,
        ...more,
        target,
        fold,
        epochs,
        learningRate,
        schedule: scaledSchedule(network, epochs),
        attacks: attacked(target, describedAttacks(this.scale)),
      })
      return learningRates.flatMap((rate) => [
        ...FINE_TUNED.flatMap((target) => variants(target, mixupAlphas).map((variant) => run(target, rate, variant))),
        run('distilled', rate, { teachers }),
        ...CONTROLS.map((target) => run(target, rate)),
        ...this.data.aggregated.map((aggregatedFrom) => run('aggregated', rate, { aggregatedFrom })),
      ])
    })
    const asReleased = released.splits.flatMap((foldSeed) =>
      released.learningRates.flatMap((learningRate) =>
        FINE_TUNED.flatMap((target) =>
          variants(target, released.mixupAlphas).map((variant): RunConfig => {
            const taken = LONG_RELEASED.has(target) ? Math.round(LONG * epochs) : epochs
            const as = {
              protocol: 'released',
              selection: 'best-loss',
              fold: HOLDOUT_FOLD,
              foldSeed,
              cutout: 0,
            } as const
            const attacks = attacked(target, releasedAttacks(this.scale))
            return {
              ...base,
              ...variant,
              ...as,
              target,
              epochs: taken,
              learningRate,
              schedule: cutSchedule(network, taken),
              attacks,
            }
          }),
        ),
      ),
    )
    return [...described, ...asReleased]
  }
}

/** The scales by which planWholePaper is known. */
export const LAPTOP: Scale = {
  networks: [
    'vgg_15_BN_16',
    'resnet_basic_8',
    'wrn_10_2',
    'resnet_preact_bottleneck_11',
    'resnext_11_4x8d',
    'densenet_BC_16_12',
    'pyramidnet_basic_8_24',
    'shake_shake_8_2x8d_SSI_cutout16',
  ],
  fromScratch: { epochs: 20, described: [0, 1, 2], released: [0, 1] },
  pretrainEpochs: 10,
  fineTuning: {
    epochs: 4,
    folds: [0, 1, 2],
    learningRates: [0.01],
    mixupAlphas: [0.4],
    released: { splits: [0], learningRates: [0.01], mixupAlphas: [0.4] },
  },
  furtherImages: 10_000,
  attackImages: 256,
  releasedAttackImages: 1000,
  blackBoxQueries: 100,
}

const ALPHAS = Array.from({ length: 10 }, (_, i) => (i + 1) / 10)

export const PAPER: Scale = {
  networks: [
    'vgg_15_BN_64',
    'resnet_basic_110',
    'wrn_28_10',
    'resnet_preact_bottleneck_164',
    'resnext_29_8x64d',
    'densenet_BC_100_12',
    'pyramidnet_basic_110_270',
    'shake_shake_26_2x64d_SSI_cutout16',
  ],
  fromScratch: { epochs: 150, described: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], released: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
  pretrainEpochs: null,
  fineTuning: {
    epochs: 150,
    folds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    learningRates: [0.1, 0.01, 0.001],
    mixupAlphas: ALPHAS,
    released: { splits: [0, 1, 2], learningRates: [0.1, 0.01, 0.001, 1e-4, 1e-5], mixupAlphas: ALPHAS },
  },
  furtherImages: null,
  attackImages: null,
  releasedAttackImages: null,
  blackBoxQueries: 1000,
}
