/** One measurement: a server on a new project, a crowd of participants, and what came of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openProject } from '../../src/main/storage'
import { WebSocket } from 'ws'
import { processUse } from '../../test/support/processes'
import { startServer, type RunningServer } from '../../test/support/server'
import { quantiles, splitAt, type Quantiles } from '../statistics'
import { checkAnswers, storedAnswers, type AnswersCheck } from './check'
import { startClients, type ClientsReport } from './clients'
import type { Pace, Script } from './participant'
import { crowdStudy, makeProject, trainingRun } from './project'

const OWNER = 'the-owner-of-this-measurement'
const MOST_INVITED = 1_000
const SAMPLE_MS = 500
/** A run counts as under way from this step on. */
const WARM_STEPS = 5

export interface Scenario {
  participants: number
  trials: number
  pace: Pace
  training: boolean
  /** Participants arrive evenly over this time. */
  arrivalSeconds: number
  /** By the study's one recruitment link instead of a link each. */
  join: boolean
  /** Processes that the participants are divided among. */
  clients: number
  seed: number
  /** Folder for a CPU profile of the server; null for none. */
  profile: string | null
}

export interface CrowdResult extends Scenario {
  /** Acknowledged answers, practice included. */
  answers: number
  finished: number
  check: AnswersCheck
  /** What participants gave up on, each with its reason. */
  errors: string[]
  /** Attempts without an answer that were repeated. */
  retries: number
  seconds: number
  /** From the first arrival until everybody had the first trial's image. */
  rushSeconds: number
  /** Over the whole; and over the time in which everybody was at the trials. */
  answersPerSecond: number
  answersPerSecondAfterRush: number
  latencyMs: { rush: Quantiles | null; afterRush: Quantiles | null }
  clientLatenessMs: { rush: Quantiles | null; afterRush: Quantiles | null }
  /** Of the server's process alone; null where the system does not tell. CPU in shares of one core. */
  server: { peakRssBytes: number; cpuShareRush: number; cpuShareAfterRush: number } | null
  clientCpuSeconds: number
  /** Steps of the run beside it. */
  trainingSteps: number | null
}

export async function measureCrowd(scenario: Scenario): Promise<CrowdResult> {
  const folder = mkdtempSync(join(tmpdir(), 'second-guess-crowd-'))
  const project = join(folder, 'project')
  let server: RunningServer | null = null
  try {
    await makeProject(project)
    const nodeArgs = scenario.profile ? ['--cpu-prof', `--cpu-prof-dir=${scenario.profile}`] : []
    server = await startServer({ project, home: folder, token: OWNER, nodeArgs })
    const { id, joinToken } = await server.call('studies.create', crowdStudy(scenario.trials, scenario.seed))
    const tokens = scenario.join ? [] : await invite(server, id, scenario.participants)
    const window = watchAsOwner(server)
    const stepsOf = scenario.training ? await startTraining(server) : null
    const stepsBefore = (await stepsOf?.()) ?? 0
    const meter = startMeter(server)
    const began = now()
    const reports = await playAll(scenario, server.origin, (number) => tokens[number] ?? joinToken)
    const ended = now()
    const samples = meter.stop()
    const trainingSteps = stepsOf ? (await stepsOf()) - stepsBefore : null
    window.close()
    await server.end('SIGTERM')
    const measured = summarize(scenario, reports, { began, ended, samples })
    return { ...scenario, ...measured, check: checkProject(project, reports), trainingSteps }
  } finally {
    await server?.end('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const now = () => performance.timeOrigin + performance.now()

async function invite(server: RunningServer, study: number, count: number): Promise<string[]> {
  const tokens: string[] = []
  while (tokens.length < count) {
    const wanted = Math.min(MOST_INVITED, count - tokens.length)
    for (const { token } of await server.call('studies.invite', { study, count: wanted })) tokens.push(token)
  }
  return tokens
}

/** The owner's window: reads the events that tell of the study. */
function watchAsOwner(server: RunningServer): WebSocket {
  const window = new WebSocket(`${server.origin.replace(/^http/, 'ws')}/events?token=${OWNER}`)
  window.on('message', () => {})
  window.on('error', () => {})
  return window
}

/** Starts a run and waits until it trains; answers what tells its step. */
async function startTraining(server: RunningServer): Promise<() => Promise<number>> {
  const [run] = await server.call('runs.queue', { configs: [trainingRun({})] })
  if (!run) throw new Error('No run was queued.')
  const step = async () => {
    const { state, progress, error } = (await server.call('runs.list', {})).find(({ id }) => id === run.id) ?? run
    if (state !== 'running' && state !== 'queued') throw new Error(`The run is ${state}: ${error?.message ?? ''}`)
    return progress?.step ?? 0
  }
  while ((await step()) < WARM_STEPS) await sleep(200)
  return step
}

async function playAll(
  scenario: Scenario,
  origin: string,
  tokenOf: (number: number) => string,
): Promise<ClientsReport[]> {
  const { participants, arrivalSeconds, join: byJoinLink, clients, seed, pace } = scenario
  const scripts = Array.from({ length: participants }, (_, number): Script => ({
    origin,
    token: tokenOf(number),
    join: byJoinLink,
    number,
    seed,
    pauses: pace === 'fast' ? 0 : 1,
    arrivesAfterMs: (1_000 * arrivalSeconds * number) / participants,
  }))
  const shares = Array.from({ length: clients }, (_, share) =>
    scripts.filter(({ number }) => number % clients === share),
  )
  return Promise.all(shares.map(startClients))
}

interface Sample {
  at: number
  cpuSeconds: number
  peakRssBytes: number
}

function startMeter(server: RunningServer): { stop(): Sample[] } {
  const samples: Sample[] = []
  const take = () => {
    const use = processUse(server.child.pid ?? 0)
    if (use) samples.push({ at: now(), ...use })
  }
  take()
  const timer = setInterval(take, SAMPLE_MS)
  return {
    stop() {
      clearInterval(timer)
      take()
      return samples
    },
  }
}

/** Reads the project after its server has ended. */
function checkProject(project: string, reports: ClientsReport[]): AnswersCheck {
  const accounts = reports.flatMap((report) => report.accounts).filter(({ token }) => token !== '')
  const store = openProject(project, { repair: false })
  try {
    const tokens = accounts.map(({ token }) => token)
    return checkAnswers(accounts, storedAnswers(store, tokens))
  } finally {
    store.close()
  }
}

type Measured = Omit<CrowdResult, keyof Scenario | 'check' | 'trainingSteps'>

function summarize(
  { participants }: Scenario,
  reports: ClientsReport[],
  { began, ended, samples }: { began: number; ended: number; samples: Sample[] },
): Measured {
  const accounts = reports.flatMap((report) => report.accounts)
  const rushEnd = Math.max(began, ...accounts.map(({ beganAt }) => beganAt ?? ended))
  const latencies = accounts.flatMap((account) => account.latencies)
  const latency = splitAt(latencies, rushEnd)
  const late = reports.map(({ lateness }) => splitAt(lateness, rushEnd))
  const lastAnswer = latencies.reduce((last, { at }) => Math.max(last, at), rushEnd)
  const perSecond = (count: number, from: number, to: number) => (to > from ? count / ((to - from) / 1_000) : 0)
  return {
    answers: latencies.length,
    finished: accounts.filter(({ finished }) => finished).length,
    errors: [
      ...accounts.flatMap(({ error, token }) => (error === null ? [] : [`session ${token.slice(0, 8)}: ${error}`])),
      ...(accounts.length === participants ? [] : [`${participants - accounts.length} participants gave no account`]),
    ],
    retries: accounts.reduce((sum, { retries }) => sum + retries, 0),
    seconds: (ended - began) / 1_000,
    rushSeconds: (rushEnd - began) / 1_000,
    answersPerSecond: perSecond(latencies.length, began, ended),
    answersPerSecondAfterRush: perSecond(latency.after.length, rushEnd, lastAnswer),
    latencyMs: { rush: quantiles(latency.before), afterRush: quantiles(latency.after) },
    clientLatenessMs: {
      rush: quantiles(late.flatMap(({ before }) => before)),
      afterRush: quantiles(late.flatMap(({ after }) => after)),
    },
    server: serverUse(samples, rushEnd),
    clientCpuSeconds: reports.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  }
}

function serverUse(samples: Sample[], rushEnd: number): CrowdResult['server'] {
  const [first] = samples
  const last = samples.at(-1)
  if (!first || !last) return null
  const middle = samples.find(({ at }) => at >= rushEnd) ?? last
  const share = (from: Sample, to: Sample) =>
    to.at > from.at ? (to.cpuSeconds - from.cpuSeconds) / ((to.at - from.at) / 1_000) : 0
  return { peakRssBytes: last.peakRssBytes, cpuShareRush: share(first, middle), cpuShareAfterRush: share(middle, last) }
}
