/** Runs parts one after the other and says what came of them. */
import type { Figures, Outcome, Part, PartOptions } from './part'

export interface PartReport {
  name: string
  state: Outcome['state']
  seconds: number
  /** Why it failed or was skipped; empty where it passed. */
  reasons: string[]
  figures: Figures
}

export async function runParts(parts: readonly Part[], options: PartOptions): Promise<PartReport[]> {
  const reports: PartReport[] = []
  for (const part of parts) {
    const began = performance.now()
    const outcome = await part.run({ ...options, say: (line) => options.say(`${part.name}: ${line}`) }).catch(crashed)
    const seconds = (performance.now() - began) / 1_000
    const reasons = outcome.state === 'failed' ? outcome.reasons : outcome.state === 'skipped' ? [outcome.reason] : []
    const figures = outcome.state === 'skipped' ? {} : outcome.figures
    reports.push({ name: part.name, state: outcome.state, seconds, reasons, figures })
  }
  return reports
}

const crashed = (error: unknown): Outcome => ({
  state: 'failed',
  reasons: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  figures: {},
})

/** Passed when at least one part passed and none failed: skipping everything shows nothing. */
export const isPassed = (reports: readonly PartReport[]): boolean =>
  reports.some(({ state }) => state === 'passed') && reports.every(({ state }) => state !== 'failed')

/** A line a part, its figures and reasons under it, and the counts last. */
export function reportText(reports: readonly PartReport[]): string {
  const width = Math.max(4, ...reports.map(({ name }) => name.length))
  const lines = reports.flatMap(({ name, state, seconds, reasons, figures }) => [
    `${name.padEnd(width)}  ${state.padEnd(7)}  ${seconds.toFixed(0).padStart(6)} s`,
    ...Object.entries(figures).map(([figure, value]) => `${' '.repeat(width)}    ${figure}: ${value}`),
    ...reasons.map((reason) => `${' '.repeat(width)}    ! ${reason}`),
  ])
  const count = (wanted: Outcome['state']) => reports.filter(({ state }) => state === wanted).length
  return [
    `${'part'.padEnd(width)}  result      time`,
    ...lines,
    `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
  ].join('\n')
}
