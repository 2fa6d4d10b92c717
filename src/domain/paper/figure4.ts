/** Figure 4: loss and accuracy by iteration of PGD, hard and human soft labels. */
import type { PaperCurve, PaperFigure } from '.'
import { nearest } from '../claims/underAttack'
import { meanOrNull } from '../averages'
import { nearestPublished, publishedPgd } from '../published/published'
import { attackName } from '../results/runValues'
import { onPaperImages, type Series } from '../results/series'
import { attackNotes, attackOf, underAttack } from './attacked'
import { ofStage, rowsFor } from './rows'

const SIDES = ['hard', 'soft'] as const

export function figure4(series: readonly Series[]): PaperFigure {
  const attacked = series.filter((each) => attackOf(each, 'pgd') !== null)
  const own = ofStage(attacked, 'fine-tuned', 'from-scratch').filter(
    ({ target }) => target === 'hard' || target === 'soft',
  )
  const curves = own.flatMap((each) => [lossCurve(each), accuracyCurve(each)].flatMap((curve) => curve ?? []))
  const networks = [...new Set(own.map(({ network }) => network))]
  const paper = !onPaperImages(own)
    ? []
    : networks.flatMap((network) => SIDES.flatMap((target) => paperCurves(network, target)))
  const rows = (['crossEntropyToLabels', 'accuracy'] as const).flatMap((measure) =>
    SIDES.flatMap((target) =>
      rowsFor(
        own.filter((each) => each.target === target),
        (each) => underAttack(each, 'pgd', measure),
      ),
    ),
  )
  const scratch = own.some(({ stage }) => stage === 'from-scratch')
  return {
    id: 'figure-4',
    title: 'Figure 4: under PGD',
    about:
      'Cross-entropy to labels and accuracy after each iteration of PGD. The paper’s: ε = 4/255, steps of 1/255, no random start, networks fine-tuned after pre-training, 100 cropped and flipped images a point, 0 to 9 iterations.',
    rows,
    curves: [...curves, ...paper],
    notes: attackNotes(own, 'pgd'),
    missing: [
      ...(own.length === 0 ? ['Networks fine-tuned on hard and on human soft labels, attacked with PGD.'] : []),
      ...(scratch ? ['The paper attacks fine-tuned networks; these were trained from scratch.'] : []),
    ],
  }
}

function lossCurve({ network, target, protocol, runs }: Series): PaperCurve | null {
  const losses = runs.flatMap((run) => {
    const found = nearest(run.result.attacks, 'pgd')
    return found ? [found.trust.lossByStep] : []
  })
  if (losses.length === 0) return null
  const steps = Math.min(...losses.map(({ length }) => length))
  const values = Array.from({ length: steps }, (_, step) => meanOrNull(losses.flatMap((each) => each[step] ?? [])))
  return { network, target, of: protocol, measure: 'crossEntropyToLabels', values, n: losses.length }
}

/** Runs of earlier versions know accuracy before the first iteration and where an attack of that many ended only. */
function accuracyCurve({ network, target, protocol, runs }: Series): PaperCurve | null {
  const byStep = new Map<number, number[]>()
  const add = (step: number, accuracy: number) => byStep.set(step, [...(byStep.get(step) ?? []), accuracy])
  let n = 0
  for (const run of runs) {
    const longest = nearest(run.result.attacks, 'pgd')
    if (!longest) continue
    n++
    const known = longest.trust.accuracyByStep
    if (known) {
      known.forEach((accuracy, step) => add(step, accuracy))
      continue
    }
    add(0, longest.trust.cleanAccuracy)
    for (const each of run.result.attacks) if (attackName(each) === attackName(longest)) add(each.steps, each.accuracy)
  }
  if (n === 0) return null
  const last = Math.max(...byStep.keys())
  const values = Array.from({ length: last + 1 }, (_, step) => meanOrNull(byStep.get(step) ?? []))
  return { network, target, of: protocol, measure: 'accuracy', values, n }
}

function paperCurves(network: string, target: 'hard' | 'soft'): PaperCurve[] {
  const id = nearestPublished(network)
  if (id === null) return []
  const of = (measure: PaperCurve['measure'], values: number[] | null): PaperCurve[] =>
    values ? [{ network: id, target, of: 'paper', measure, values, n: 1 }] : []
  return [
    ...of('crossEntropyToLabels', publishedPgd('cifar10-test', id, target, 'pgdLoss')),
    ...of('accuracy', publishedPgd('cifar10-test', id, target, 'pgdAccuracy')),
  ]
}
