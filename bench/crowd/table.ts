/** What crowds came to, as text, and whether it is what a server promises. */
import type { Quantiles } from '../statistics'
import { faultsOf } from './check'
import type { CrowdResult } from './scenario'

/** For any crowd: nothing lost, no error. With realistic pauses besides: */
export const GOAL = { p99Ms: 300, peakRssBytes: 2 ** 30 }

/** What keeps a result from the goal, in sentences; empty where it is reached. */
export function goalFaults({
  participants,
  finished,
  check,
  errors,
  retries,
  pace,
  latencyMs,
  server,
}: CrowdResult): string[] {
  const faults: string[] = []
  if (finished < participants) faults.push(`${participants - finished} of ${participants} participants did not finish.`)
  if (faultsOf(check) > 0) faults.push(`${faultsOf(check)} answers are lost, doubled, mixed up or foreign.`)
  if (errors.length > 0) faults.push(`${errors.length} participants met an error: ${errors[0]}`)
  if (retries > 0) faults.push(`${retries} attempts got no answer.`)
  if (pace !== 'realistic') return faults
  const p99 = latencyMs.afterRush?.p99 ?? null
  if (p99 === null) faults.push('Nobody answered after the opening rush: arrivals took too long to tell.')
  else if (p99 > GOAL.p99Ms) faults.push(`p99 after the opening rush is ${p99.toFixed(0)} ms, more than ${GOAL.p99Ms}.`)
  if (server && server.peakRssBytes > GOAL.peakRssBytes)
    faults.push(`The server took ${megabytes(server.peakRssBytes)} MB, more than ${megabytes(GOAL.peakRssBytes)}.`)
  return faults
}

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
const percent = (share: number) => `${(100 * share).toFixed(0)}%`
const times = (found: Quantiles | null) =>
  found ? [found.p50, found.p95, found.p99, found.max].map((ms) => ms.toFixed(ms < 10 ? 1 : 0)).join(' / ') : '-'

type Column = [string, (result: CrowdResult) => string]
const COLUMNS: Column[] = [
  ['participants', ({ participants, join }) => `${participants}${join ? ', one link' : ''}`],
  ['mode', ({ pace, training }) => `${pace}${training ? ' + run' : ''}`],
  ['answers', ({ answers }) => String(answers)],
  ['lost', ({ check }) => String(check.lost.length)],
  ['doubled', ({ check }) => String(check.doubled.length)],
  ['mixed', ({ check }) => String(check.mixed.length + check.foreign.length)],
  ['errors', ({ errors }) => String(errors.length)],
  ['retries', ({ retries }) => String(retries)],
  ['rush, s', ({ rushSeconds }) => rushSeconds.toFixed(0)],
  ['ms in the rush', ({ latencyMs }) => times(latencyMs.rush)],
  ['ms after it', ({ latencyMs }) => times(latencyMs.afterRush)],
  ['answers/s', ({ answersPerSecondAfterRush }) => answersPerSecondAfterRush.toFixed(0)],
  ['server MB', ({ server }) => (server ? megabytes(server.peakRssBytes) : '-')],
  [
    'server CPU',
    ({ server }) => (server ? `${percent(server.cpuShareRush)}, ${percent(server.cpuShareAfterRush)}` : '-'),
  ],
  ['client late, ms', ({ clientLatenessMs }) => times(clientLatenessMs.afterRush)],
  ['run steps', ({ trainingSteps }) => (trainingSteps === null ? '-' : String(trainingSteps))],
]

/** A line a result, then what keeps any of them from the goal. Times are p50 / p95 / p99 / greatest. */
export function table(results: readonly CrowdResult[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...results.map((result) => COLUMNS.map(([, cell]) => cell(result)))]
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const faults = results.flatMap((result, at) => goalFaults(result).map((fault) => `Line ${at + 1}: ${fault}`))
  const verdict = faults.length > 0 ? faults : ['Nothing lost, no error, times and memory within the goal.']
  return [
    ...text,
    'Times in milliseconds: p50 / p95 / p99 / greatest. Server CPU in the rush, after it.',
    ...verdict,
  ].join('\n')
}
