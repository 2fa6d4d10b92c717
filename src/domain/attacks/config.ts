/**
 * Attacks: how they are configured, what they found, and how far that can be trusted. Radii are in units of 1/255,
 * cross-entropies in nats.
 */

/** White-box, l-infinity, on images in [0, 1] (section 7). */
export interface AttackConfig {
  attack: 'fgsm' | 'pgd'
  /** l-infinity radius in units of 1/255. */
  epsilon: number
  /** PGD step size in units of 1/255; ignored by FGSM. */
  stepSize: number
  /** PGD iterations; 1 for FGSM. */
  steps: number
  randomStart: boolean
  /** Attack the first `images` images of `on`; null for all. */
  images: number | null
  /** Held-out images of the run's fold, or all images of its set, most of which it was trained on. */
  on: 'held-out' | 'all'
  /** What is raised: cross-entropy to the label, or the margin of the best wrong class over the label's (logits). */
  loss: 'cross-entropy' | 'margin'
  /** Decay of the accumulated gradient (momentum iterative method, Dong et al. 2018); 0 for none. */
  momentum: number
  /** Null moves away from the label; otherwise towards the class the network finds least likely, or the next class. */
  towards: 'least-likely' | 'next' | null
  /** Attack randomly cropped and flipped images, as the released run did. */
  augmented: boolean
  /** Normalise by another data set's mean and deviation than the network was trained with, as the released run did. */
  normalisation: 'cifar10' | 'imagenet'
  /** Queries per image of a gradient-free attack of the same radius, to tell masked gradients; 0 for none. */
  blackBoxQueries: number
}

/** What a configuration means where it does not say, as in runs of earlier versions. */
export const ATTACK_DEFAULTS = {
  on: 'held-out',
  loss: 'cross-entropy',
  momentum: 0,
  towards: null,
  augmented: false,
  normalisation: 'cifar10',
  blackBoxQueries: 0,
} as const satisfies Partial<AttackConfig>

/** FGSM of a radius, in units of 1/255, on the first `images` held-out images (null: all). */
export const fgsm = (epsilon: number, images: number | null): AttackConfig => ({
  ...ATTACK_DEFAULTS,
  attack: 'fgsm',
  epsilon,
  stepSize: epsilon,
  steps: 1,
  randomStart: false,
  images,
})

/** PGD in steps of a quarter of the radius, as in Figure 4 (4/255 in steps of 1/255), from the image itself. */
export const pgd = (epsilon: number, steps: number, images: number | null): AttackConfig => ({
  ...fgsm(epsilon, images),
  attack: 'pgd',
  stepSize: epsilon / 4,
  steps,
})

/** Of each attack, how many of its first images are kept pixel by pixel. */
export const ATTACK_EXAMPLES = 48

export interface AttackResult extends AttackConfig {
  accuracy: number
  /** Cross-entropy to the hard label, nats. */
  crossEntropyToLabels: number
  /** Over the attacked images that were judged; null where none was. */
  crossEntropyToPeople: number | null
  trust: AttackTrust
}

/** How a reader tells robustness from obscured gradients (design: trust, next to every robustness number). */
export interface AttackTrust {
  /** On the same images as they are attacked: augmented and normalised alike. */
  cleanAccuracy: number
  /** Accuracy at epsilon 0 through the attack's own code: equals `cleanAccuracy`. */
  accuracyAtZero: number
  /** Largest measured |perturbation|, in units of 1/255. */
  maximumPerturbation: number
  /** Share of input-gradient entries that are exactly zero on clean images. */
  zeroGradientShare: number
  /** Accuracy under uniform random signs of the same size. */
  randomNoiseAccuracy: number
  /**
   * Mean cross-entropy to labels after each iteration, nats, first entry before any step; from logits, never clipped.
   */
  lossByStep: number[]
  /**
   * Mean of what the attack raises, at the same places: that loss, a margin, or the opposite of a loss to the class
   * aimed at. Absent in runs of earlier versions, which clipped the last loss (at most -ln 1e-12 an image).
   */
  objectiveByStep?: number[]
  /** Accuracy at the same places; absent in runs of earlier versions. */
  accuracyByStep?: number[]
  /** A gradient-free attack of the same radius; null where none was asked for, absent in runs of earlier versions. */
  blackBox?: { queries: number; accuracy: number } | null
}
