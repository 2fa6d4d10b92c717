/** What people's own disagreement sets beside a network's numbers: a floor, the floor corrected, and split halves. */
import { splitHalfCeiling } from '../domain/measures/ceiling'
import { entropyFloor } from '../domain/measures/entropyFloor'
import type { PeopleFloors } from '../domain'
import type { People } from './findings/people'
import { rowEntropies } from './humanEntropy'

const SPLITS = 5

export function peopleFloors({ distributions, classes, counts = null }: People): PeopleFloors {
  const entropies = rowEntropies(distributions, classes)
  return {
    entropy: entropies.reduce((a, b) => a + b, 0) / entropies.length,
    entropyCorrected: (counts && entropyFloor(counts, classes)?.millerMadow) ?? null,
    splitHalf: counts && judgedTwice(counts, classes) ? splitHalves(counts, classes) : null,
  }
}

function splitHalves(counts: Uint32Array, classes: number): PeopleFloors['splitHalf'] {
  const { images, crossEntropySmoothed, accuracyToPeople, secondBestAccuracy } = splitHalfCeiling(counts, classes, { splits: SPLITS }) // prettier-ignore
  return { images, crossEntropySmoothed, accuracyToPeople, secondBestAccuracy }
}

function judgedTwice(counts: Uint32Array, classes: number): boolean {
  for (let start = 0; start < counts.length; start += classes)
    if (counts.subarray(start, start + classes).reduce((a, b) => a + b, 0) >= 2) return true
  return false
}
