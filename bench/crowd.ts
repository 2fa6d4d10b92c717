/**
 * How a server holds up under a crowd: scripted participants over real sockets against the built server in a process of
 * its own, with realistic pauses and as fast as they can, alone and beside a training run. Options: --participants
 * 200,1000, --trials 50, --pace realistic,fast, --training no,yes, --arrivals SECONDS, --join, --clients N, --seed S,
 * --profile DIR, --json. Lists mean one measurement for each combination.
 *
 * Realistic: reaction times are log-normal with a median of 1.2 s; pages are read for 2 to 6 s; participants arrive
 * evenly over `--arrivals`. Answer to acknowledgement: on the participant's clock, from sending an answer until it may
 * show the next image. The opening rush lasts until everybody has the first trial's image; it is told apart.
 */
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { runClients } from './crowd/clients'
import { PACES, type Pace } from './crowd/participant'
import { measureCrowd, type CrowdResult, type Scenario } from './crowd/scenario'
import { goalFaults, table } from './crowd/table'

/** Seconds of the opening rush: a link that is sent to everybody; all at once where nobody pauses. */
const ARRIVALS: Record<Pace, number> = { realistic: 30, fast: 5 }

export async function crowd(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      participants: { type: 'string', default: '200,1000' },
      trials: { type: 'string', default: '50' },
      pace: { type: 'string', default: PACES.join() },
      training: { type: 'string', default: 'no,yes' },
      arrivals: { type: 'string' },
      join: { type: 'boolean', default: false },
      clients: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      as: { type: 'string' },
    },
  })
  // This program's own further process.
  if (values.as === 'clients') return runClients()
  const fixed = {
    trials: whole('trials', values.trials),
    clients: whole('clients', values.clients),
    seed: whole('seed', values.seed, 0),
    join: values.join,
    profile: values.profile ?? null,
  }
  const arrivals = values.arrivals === undefined ? null : whole('arrivals', values.arrivals, 0)
  const scenarios = values.participants.split(',').flatMap((participants) =>
    values.training.split(',').flatMap((training) =>
      values.pace.split(',').map((word): Scenario => {
        const pace = oneOf('pace', word, PACES)
        return {
          ...fixed,
          pace,
          participants: whole('participants', participants),
          training: oneOf('training', training, ['no', 'yes']) === 'yes',
          arrivalSeconds: arrivals ?? ARRIVALS[pace],
        }
      }),
    ),
  )
  const results: CrowdResult[] = []
  for (const [at, scenario] of scenarios.entries()) {
    process.stderr.write(
      `${at + 1} of ${scenarios.length}: ${scenario.participants} participants, ${scenario.pace}${scenario.training ? ', beside a run' : ''}\n`,
    )
    results.push(await measureCrowd(scenario))
  }
  const machine = { cores: availableParallelism(), loadAverage: loadavg() }
  const goals = results.map(goalFaults)
  if (goals.some((faults) => faults.length > 0)) process.exitCode = 1
  return values.json ? { ...machine, results, goals } : table(results)
}

function whole(name: string, text: string, least = 1): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least) return value
  throw new Error(`--${name} must be a whole number from ${least} on, not ${JSON.stringify(text)}.`)
}

function oneOf<T extends string>(name: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  throw new Error(`--${name} must be one of ${words.join(', ')}, not ${JSON.stringify(text)}.`)
}
