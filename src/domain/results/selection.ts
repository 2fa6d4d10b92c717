/**
 * Which learning rate (and mixup's alpha) a fine-tuned network of a fold stands for, where several were run.
 *
 * `described`: the one with the lowest mean cross-entropy on the *other* folds, so that the held-out images of a fold
 * never choose what is measured on them. `released`: the one with the lowest loss on the same held-out images, seeds
 * and splits among the choices, as the authors did; its numbers are biased towards good ones.
 */
import type { Protocol, RunConfig } from '../runs/config'
import type { FinishedRun } from './runValues'
import { mean } from '../averages'
import { plural } from '../text/numbers'

export type Loss = 'crossEntropyToPeople' | 'crossEntropyToLabels'

export interface Choice {
  fold: number
  seed: number
  run: FinishedRun
  learningRate: number
  mixupAlpha: number | null
  /** How many configurations there were to choose from; 1 where there was no choice. */
  among: number
  /** Chosen by this, at this value; null where there was no choice. */
  by: { measure: Loss; loss: number; on: 'other folds' | 'same fold' } | null
}

/**
 * The loss a target is trained to lower, measured in expectation: hard labels, mixtures of them, smoothed ones and
 * people's majority (one-hot like the label) by cross-entropy to labels; whatever is made of people's distributions,
 * samples of them included, by cross-entropy to people.
 */
export function trainedTowards({ target, labelSet }: Pick<RunConfig, 'target' | 'labelSet'>): Loss {
  if (labelSet === null) return 'crossEntropyToLabels'
  switch (target) {
    case 'hard':
    case 'mixup':
    case 'smoothed':
    case 'majority-hard':
      return 'crossEntropyToLabels'
    case 'soft':
    case 'category-soft':
    case 'sampled-hard':
    case 'distilled':
    case 'mode-forced':
    case 'aggregated':
      return 'crossEntropyToPeople'
  }
}

const candidateOf = ({ config }: FinishedRun) => `${config.learningRate}/${config.mixupAlpha ?? ''}`

/** Runs of one network and target that differ in rate, alpha, fold and seed; one choice a fold (and seed). */
export function selectRuns(runs: readonly FinishedRun[], protocol: Protocol): Choice[] {
  const candidates = [...new Set(runs.map(candidateOf))]
  if (candidates.length === 1 && protocol === 'described') return runs.map((run) => choice(run, 1, null))
  return protocol === 'described' ? onOtherFolds(runs) : onSameFold(runs)
}

function choice(run: FinishedRun, among: number, by: Choice['by']): Choice {
  const { fold, seed, learningRate, mixupAlpha } = run.config
  return { fold, seed, run, learningRate, mixupAlpha: mixupAlpha ?? null, among, by }
}

function lossOf(run: FinishedRun): number | undefined {
  return run.result.measures[trainedTowards(run.config)]
}

function onOtherFolds(runs: readonly FinishedRun[]): Choice[] {
  const cell = ({ config: { fold, seed } }: FinishedRun) => `${fold}/${seed}`
  return [...new Set(runs.map(cell))].flatMap((at): Choice[] => {
    const here = runs.filter((run) => cell(run) === at)
    const [first] = here
    if (!first) return []
    if (here.length === 1) return [choice(first, 1, null)]
    const others = runs.filter(({ config }) => config.fold !== first.config.fold)
    // A configuration that ran on easy folds only would look better than it is: all are judged on the folds all have.
    const shared = [...new Set(others.map(cell))].filter((other) =>
      here.every((run) =>
        others.some(
          (each) => cell(each) === other && candidateOf(each) === candidateOf(run) && lossOf(each) !== undefined,
        ),
      ),
    )
    if (shared.length === 0) return []
    const judged = here.map((run) => {
      const its = others.filter((each) => candidateOf(each) === candidateOf(run) && shared.includes(cell(each)))
      return { run, loss: mean(its.flatMap((each) => lossOf(each) ?? [])) }
    })
    return [best(judged, 'other folds')]
  })
}

function onSameFold(runs: readonly FinishedRun[]): Choice[] {
  return [...new Set(runs.map(({ config }) => config.fold))].flatMap((fold): Choice[] => {
    const here = runs.filter(({ config }) => config.fold === fold)
    const [first] = here
    if (!first) return []
    if (here.length === 1) return [choice(first, 1, null)]
    const judged = here.flatMap((run) => {
      const loss = lossOf(run)
      return loss === undefined ? [] : [{ run, loss }]
    })
    return judged.length === 0 ? [] : [best(judged, 'same fold')]
  })
}

/** The lowest loss; of equal ones the higher rate, so that the order of runs never decides. */
function best(judged: { run: FinishedRun; loss: number }[], on: 'other folds' | 'same fold'): Choice {
  const rate = ({ run }: { run: FinishedRun }) => run.config.learningRate
  const [chosen] = [...judged].sort((a, b) => a.loss - b.loss || rate(b) - rate(a) || b.run.id - a.run.id)
  if (!chosen) throw new Error('nothing to choose from')
  return choice(chosen.run, judged.length, { measure: trainedTowards(chosen.run.config), loss: chosen.loss, on })
}

/**
 * "rate 0.01 in 7 folds, 0.1 in 3; chosen on other folds by cross-entropy to people"; null where nothing was chosen.
 */
export function choiceInWords(choices: readonly Choice[]): string | null {
  const made = choices.filter(({ by }) => by !== null)
  const [first] = made
  if (!first?.by) return null
  const alphas = new Set(choices.map(({ mixupAlpha }) => mixupAlpha)).size > 1
  const counts = new Map<string, number>()
  for (const { learningRate, mixupAlpha } of choices) {
    const name = mixupAlpha === null || !alphas ? String(learningRate) : `${learningRate} with alpha ${mixupAlpha}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const list = [...counts].sort(([, a], [, b]) => b - a).map(([name, folds]) => `${name} in ${folds}`)
  const where = first.by.on === 'other folds' ? 'on the other folds' : 'on the same held-out images'
  const measure = first.by.measure === 'crossEntropyToPeople' ? 'cross-entropy to people' : 'cross-entropy to labels'
  return `rate ${list.join(', ')} of ${plural(choices.length, 'fold')}, chosen ${where} by ${measure}`
}
