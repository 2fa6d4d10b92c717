/**
 * Simulated annotators: how each kind answers a trial and how long it takes. Whoever looks at the image sees one draw
 * from its truth; a slip is any other label. Reaction times are a fixed part plus a log-normal one, longer on images
 * whose truth is uncertain. Not here: where the truth comes from (truth.ts) and which kinds there are how often
 * (mix.ts).
 */
import { entropyNats } from '../../labels/distribution'
import type { SeededRandom } from '../../random'
import type { SimulatedMix } from '..'

export type SimulatedKind = keyof SimulatedMix

export interface SimulatedTrial {
  /** Distribution over the classes that people's answers to the image are draws from; sums to 1. */
  truth: ArrayLike<number>
  /** The publisher's; null where there is none. */
  label: number | null
  /** An obvious image, in practice or as attention check: whoever looks sees the publisher's label. */
  isCheck: boolean
}

export interface SimulatedAnswer {
  chosen: number
  slot: number
  reactionTimeMs: number
}

export interface SimulatedAnnotator {
  kind: SimulatedKind
  answer(trial: SimulatedTrial): SimulatedAnswer
}

/** Time from seeing to pressing that nobody undercuts. */
const FASTEST_MS = 280
/** Median of the log-normal part on a certain image, before the person's own pace. */
const DECISION_MS: Record<SimulatedKind, number> = { careful: 900, hurried: 420, onePosition: 180, random: 260 }
/** Standard deviation of the logarithm: between trials of one person, and between persons. */
const TRIAL_SPREAD = 0.42
const PERSON_SPREAD = 0.2
/** Relative lengthening per nat of the truth's entropy. */
const PER_NAT = 0.7

/** Probability of a slip, one value a person. Of 10 checks, 3 must go wrong before somebody is excluded. */
function slipOf(kind: 'careful' | 'hurried', random: SeededRandom): number {
  return kind === 'careful' ? Math.min(0.02, 0.002 * Math.exp(0.6 * random.normal())) : random.between(0.02, 0.08)
}

/** `layout` is the class on each slot, a permutation of the classes. All draws are from `random`. */
export function simulatedAnnotator(
  kind: SimulatedKind,
  random: SeededRandom,
  { classes, layout }: { classes: number; layout: ArrayLike<number> },
): SimulatedAnnotator {
  const slots = new Int32Array(classes)
  for (let slot = 0; slot < classes; slot++) slots[layout[slot] ?? 0] = slot
  const pace = Math.exp(PERSON_SPREAD * random.normal())
  const place = random.below(classes)
  const looks = kind === 'careful' || kind === 'hurried'
  const slip = looks ? slipOf(kind, random) : 0

  function choose({ truth, label, isCheck }: SimulatedTrial): number {
    if (kind === 'onePosition') return layout[place] ?? 0
    if (kind === 'random') return random.below(classes)
    const seen = isCheck && label !== null ? label : random.category(truth)
    return classes > 1 && random.uniform() < slip ? (seen + 1 + random.below(classes - 1)) % classes : seen
  }
  return {
    kind,
    answer(trial) {
      const chosen = choose(trial)
      const uncertain = looks && !trial.isCheck ? 1 + PER_NAT * entropyNats(trial.truth) : 1
      const ms = FASTEST_MS + DECISION_MS[kind] * pace * uncertain * Math.exp(TRIAL_SPREAD * random.normal())
      // A tenth of a millisecond, as browsers give it.
      return { chosen, slot: slots[chosen] ?? 0, reactionTimeMs: Math.round(ms * 10) / 10 }
    },
  }
}
