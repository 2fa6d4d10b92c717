/**
 * Findings of section 6: human soft labels against other targets after fine-tuning, and the knowledge of an ensemble.
 */
import type { Claim } from './claim'
import type { Target } from '../runs/config'
import type { Ensemble } from './ensembles'
import type { Comparison } from '../results/pairs'
import { seriesOf, valuesOf, type Series } from '../results/series'
import { datasetOf } from '../results/runValues'
import { TARGET_WORDS } from '../results/targetWords'
import { judge, unmeasured, type Contrast } from './contrast'

const BESIDE: Target[] = ['mixup', 'category-soft', 'sampled-hard']
const STATEMENT =
  'Human soft labels beat mixup, category soft labels and sampled labels in fitting people (section 6, Table 1).'

export function alternatives(all: readonly Comparison[]): Claim[] {
  const series = seriesOf(all)
  const fine = series.filter(({ stage }) => stage === 'fine-tuned')
  const pool = fine.length > 0 ? fine : series
  const each = BESIDE.flatMap((target) => {
    const contrasts = against(pool, target)
    if (contrasts.length === 0) return []
    const statement = `Human soft labels fit people better than ${TARGET_WORDS[target]} (section 6, Table 1, c10H).`
    return judge(
      {
        id: `alternatives-${target}`,
        statement,
        what: 'Cross-entropy to people',
        side: -1,
        unit: 'nats',
        sides: [target, 'soft'],
      },
      contrasts,
    )
  })
  if (each.length === 0) return [unmeasured('alternatives', STATEMENT)]
  const found = BESIDE.flatMap((target) => each.filter(({ id }) => id === `alternatives-${target}`))
  const missing = BESIDE.length - found.length
  const words = found.map(
    ({ id, verdict }) => `${TARGET_WORDS[id.slice('alternatives-'.length) as Target]}: ${verdict}`,
  )
  const verdict = found.some((claim) => claim.verdict === 'fails')
    ? 'fails'
    : missing === 0 && found.every((claim) => claim.verdict === 'holds')
      ? 'holds'
      : 'undecided'
  const together: Claim = {
    id: 'alternatives',
    statement: STATEMENT,
    measured: `Against ${words.join('; ')}${missing > 0 ? '; the others were not run' : ''}.`,
    value: null,
    interval: null,
    verdict,
  }
  return [...each, together]
}

/** Soft against another target, fold by fold; under `released` each stands for its best seed of a fold. */
function against(pool: Series[], target: Target): Contrast[] {
  return pool
    .filter((each) => each.target === 'soft')
    .flatMap((soft): Contrast[] => {
      const other = pool.find(
        (each) =>
          each.target === target &&
          each.network === soft.network &&
          each.protocol === soft.protocol &&
          each.stage === soft.stage,
      )
      const [run] = soft.runs
      if (!other || !run) return []
      const key = (at: string) =>
        soft.protocol === 'released' && soft.stage === 'fine-tuned' ? (at.split('/')[0] ?? at) : at
      const dataset = datasetOf(run)
      const others = new Map(
        [...valuesOf(other, dataset, 'crossEntropyToPeople')].map(([at, value]) => [key(at), value]),
      )
      const pairs = [...valuesOf(soft, dataset, 'crossEntropyToPeople')].flatMap(([at, value]) => {
        const beside = others.get(key(at))
        const [fold = 0, seed = 0] = at.split('/').map(Number)
        return beside === undefined ? [] : [{ fold, seed, hard: beside, soft: value }]
      })
      return [{ network: soft.network, protocol: soft.protocol, dataset, testShare: soft.testShare, pairs }]
    })
}

/** It does not when it stays above what the classes alone tell of people. */
export function knowledgeEnsemble(found: readonly Ensemble[], categoryFloor: number | null): Claim {
  const id = 'knowledge-ensemble'
  const statement =
    'An ensemble of pretrained networks does not recover human uncertainty: cross-entropy 0.41 (section 6.3).'
  const [ensemble] = found
  const value = ensemble?.measures['crossEntropyToPeople']
  if (!ensemble || value === undefined || categoryFloor === null) return unmeasured(id, statement)
  return {
    id,
    statement,
    measured: `Mean prediction of ${ensemble.networks.length} pretrained networks: cross-entropy to people ${value.toFixed(3)}; the classes’ pooled labels alone give ${categoryFloor.toFixed(3)}.`,
    value,
    interval: null,
    verdict: value > categoryFloor ? 'holds' : 'fails',
  }
}
