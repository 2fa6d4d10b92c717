/** Small changes to fixture runs. */
import type { RunInfo } from '../../../src/domain/runs/info'

/** Measures of a run of the quick preset: 11 of the fixture, 3 of each of 4 attacks. */
export const FIGURES_OF_RUN = 11 + 3 * 4

export function withMeasure(run: RunInfo, measure: string, value: number): RunInfo {
  if (!run.result) throw new Error('an unfinished run has no measures')
  return { ...run, result: { ...run.result, measures: { ...run.result.measures, [measure]: value } } }
}
