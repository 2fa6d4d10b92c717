/** Findings about people's labels themselves: counts over all images, not estimates. */
import type { Claim } from './claim'
import { categoryDistributions } from '../labels/categories'
import { isJudged } from '../labels/unjudged'
import { CLIP } from '../measures/predictions'
import { entropyHeldByTop, rowEntropies, type Distributions } from '../measures/humanEntropy'
import { FLOORS } from '../published/published'
import { unmeasured } from './contrast'
import { count } from '../text/numbers'

export interface People {
  /** (images, classes), NaN for images that nobody judged. */
  distributions: Distributions
  classes: number
  /** Judgments (images, classes); null or absent where the source holds probabilities only. */
  counts?: Uint32Array | null
}

/** The bulk is taken as more than half: what any reading of the word asks for at least. */
export function bulkOfUncertainty(people: People | null): Claim {
  const id = 'bulk-of-uncertainty'
  const statement =
    'About 30% of the images carry the bulk of human uncertainty (section 8; the published labels: 82.6% of the entropy).'
  if (!people) return unmeasured(id, statement)
  const entropies = rowEntropies(people.distributions, people.classes)
  const share = entropyHeldByTop(entropies, 0.3)
  const images = count(entropies.length)
  if (share === null) return { ...unmeasured(id, statement), measured: `All ${images} images are unanimous.` }
  return {
    id,
    statement,
    measured: `The most uncertain 30% hold ${(100 * share).toFixed(1)}% of the entropy (all n = ${images} images; a count, not an estimate).`,
    value: share,
    interval: null,
    verdict: share > 0.5 ? 'holds' : 'fails',
  }
}

/** Cross-entropy to people of predicting each image by the pooled labels of its class; null without labels. */
export function categoryFloor(people: People | null, labels: Uint8Array | undefined): number | null {
  if (!people || !labels || labels.length === 0) return null
  const { distributions, classes } = people
  const pooled = categoryDistributions(distributions, labels, classes)
  let sum = 0
  let images = 0
  labels.forEach((label, image) => {
    if (label >= classes || !isJudged(distributions, image, classes)) return
    images++
    for (let c = 0; c < classes; c++) {
      const p = distributions[image * classes + c] ?? 0
      if (p > 0) sum -= p * Math.log(Math.max(CLIP, pooled[label * classes + c] ?? 0))
    }
  })
  return images === 0 ? null : sum / images
}

/** What the classes alone tell of people: the least cross-entropy that category soft labels can reach. */
export function categoriesFloor(floor: number | null, onPublishedData: boolean): Claim {
  const id = 'category-floor'
  const statement = `What the classes alone tell of people leaves a cross-entropy of ${FLOORS.pooledCategoryLabels} (the pooled category labels against the images’ own).`
  if (floor === null) return unmeasured(id, statement)
  const same = Math.abs(floor - FLOORS.pooledCategoryLabels) < 5e-5
  return {
    id,
    statement,
    measured: `${floor.toFixed(5)} nats with these labels${onPublishedData ? '' : '; they are not CIFAR-10H’s'}.`,
    value: floor,
    interval: null,
    verdict: same ? 'holds' : onPublishedData ? 'fails' : 'undecided',
  }
}
