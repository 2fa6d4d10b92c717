/** Which of a series' attacks is the one a figure is about. */
import type { AttackResult } from '../attacks/config'
import { nearest } from '../claims/underAttack'
import { attackName, datasetOf } from '../results/runValues'
import type { Series } from '../results/series'
import type { Place } from './rows'

export function attackOf(
  series: Series,
  attack: AttackResult['attack'],
): { result: AttackResult; dataset: string } | null {
  const [run] = series.runs
  const result = nearest(
    series.runs.flatMap((each) => each.result.attacks),
    attack,
  )
  if (!run || !result) return null
  const all = (result.on as AttackResult['on'] | undefined) === 'all'
  return { result, dataset: all ? `${run.config.imageSet} all images` : datasetOf(run) }
}

export function underAttack(series: Series, attack: AttackResult['attack'], measure: string): Place | null {
  const found = attackOf(series, attack)
  return found && { dataset: found.dataset, measure: `${attackName(found.result)}-${measure}` }
}

/** "FGSM at 8/255 on all images, cropped and flipped, ...", one sentence a protocol. */
export function attackNotes(series: readonly Series[], attack: AttackResult['attack']): string[] {
  const sentences = series.flatMap((each) => {
    const found = attackOf(each, attack)
    if (!found) return []
    const { result, dataset } = found
    const parts = [
      `Protocol ${each.protocol}: ${attack.toUpperCase()} at ε = ${result.epsilon}/255`,
      attack === 'pgd' && `${result.steps} steps of ${result.stepSize}/255`,
      `on ${dataset}${result.images === null ? '' : `, ${result.images} of them`}`,
      result.augmented && 'cropped and flipped',
      result.normalisation === 'imagenet' && 'with ImageNet’s normalisation',
    ]
    return [`${parts.filter((part) => part !== false).join(', ')}.`]
  })
  return [...new Set(sentences)]
}
