/**
 * The claims table: each finding the paper states in words, the figure found here, its interval, and whether it holds;
 * then what the published numbers say of themselves.
 */
import type { Claim } from './claim'
import type { RunInfo } from '../runs/info'
import { isJudgedSet } from '../published/dataSets'
import type { Ensemble } from './ensembles'
import { alternatives, knowledgeEnsemble } from './alternatives'
import { generalisation, section5 } from './hardAgainstSoft'
import { bulkOfUncertainty, categoriesFloor, categoryFloor, type People } from './people'
import { publishedFacts } from './publishedFacts'
import { section7 } from './underAttack'
import { comparisons } from '../results/pairs'

export { verdict } from './contrast'
export { pgdLossRise } from './underAttack'
export type { People } from './people'

export interface ClaimsExtra {
  /** Publisher's labels of the images people judged. */
  labels?: Uint8Array
  ensembles?: readonly Ensemble[]
}

export function claims(
  runs: readonly RunInfo[],
  people: People | null,
  { labels, ensembles = [] }: ClaimsExtra = {},
): Claim[] {
  const all = comparisons(runs)
  const floor = categoryFloor(people, labels)
  // Beside data of one's own the paper's numbers mean nothing.
  const published = runs.length === 0 || runs.some(({ config }) => isJudgedSet(config.imageSet))
  return [
    ...section5(all),
    ...generalisation(all),
    ...alternatives(all),
    categoriesFloor(floor, published),
    knowledgeEnsemble(ensembles, floor),
    ...section7(all),
    bulkOfUncertainty(people),
    ...(published ? publishedFacts() : []),
  ]
}
