/** What people's own disagreement sets beside a network's numbers: a floor, the floor corrected, and split halves. */
import { splitHalfCeiling } from '../measures/ceiling'
import { entropyFloor } from '../measures/entropyFloor'

import type { People } from './people'
import { rowEntropies } from '../measures/humanEntropy'
import { mean } from '../averages'

/** Nats. Null where the label set holds no counts, or no image was judged twice. */
export interface PeopleFloors {
  /** Mean entropy of the distributions: the least cross-entropy to them there is, and too low as people's entropy. */
  entropy: number
  /** Corrected for few judgments (Miller-Madow). */
  entropyCorrected: number | null
  /** What half of the judges score in predicting the other half (engine/evaluation/ceiling.ts). */
  splitHalf: {
    images: number
    crossEntropySmoothed: number
    accuracyToPeople: number
    secondBestAccuracy: number | null
  } | null
}

const SPLITS = 5

export function peopleFloors({ distributions, classes, counts = null }: People): PeopleFloors {
  const entropies = rowEntropies(distributions, classes)
  return {
    entropy: mean(entropies),
    entropyCorrected: (counts && entropyFloor(counts, classes)?.millerMadow) ?? null,
    splitHalf: counts && judgedTwice(counts, classes) ? splitHalves(counts, classes) : null,
  }
}

function splitHalves(counts: Uint32Array, classes: number): PeopleFloors['splitHalf'] {
  const { images, crossEntropySmoothed, accuracyToPeople, secondBestAccuracy } = splitHalfCeiling(counts, classes, {
    splits: SPLITS,
  })
  return { images, crossEntropySmoothed, accuracyToPeople, secondBestAccuracy }
}

function judgedTwice(counts: Uint32Array, classes: number): boolean {
  for (let start = 0; start < counts.length; start += classes)
    if (counts.subarray(start, start + classes).reduce((a, b) => a + b, 0) >= 2) return true
  return false
}
