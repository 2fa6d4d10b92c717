/** What a finished run measured, by the names of report.json: clean measures, and those under each attack. */
import type { RunInfo, RunResult } from '../shared/domain'

export type FinishedRun = RunInfo & { result: RunResult }

export const isFinished = (run: RunInfo): run is FinishedRun => run.state === 'done' && run.result !== null

export const datasetOf = (run: RunInfo): string => `${run.config.imageSet} held-out`

/** Shown first, in this order; whatever else a run measured follows by name. */
const ORDER = [
  'accuracy',
  'crossEntropyToPeople',
  'crossEntropyToLabels',
  'secondBestAccuracy',
  'secondBestAccuracyReleased',
]

/**
 * Every measure by name. Attacks are named "fgsm-4-accuracy": attack, epsilon in 1/255, measure; where two attacks
 * share a name the one with more steps speaks.
 */
export function runValues({ result }: FinishedRun): Map<string, number> {
  const values = new Map<string, number>()
  const rest = Object.keys(result.measures).filter((name) => !ORDER.includes(name))
  for (const name of [...ORDER, ...rest.sort()]) {
    const value = result.measures[name]
    if (value !== undefined) values.set(name, value)
  }
  for (const attack of [...result.attacks].sort((a, b) => a.steps - b.steps)) {
    const prefix = `${attack.attack}-${attack.epsilon}`
    values.set(`${prefix}-accuracy`, attack.accuracy)
    values.set(`${prefix}-crossEntropyToLabels`, attack.crossEntropyToLabels)
    values.set(`${prefix}-crossEntropyToPeople`, attack.crossEntropyToPeople)
  }
  return values
}
