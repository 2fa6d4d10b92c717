/**
 * A study, training runs and imports under way while the server, its workers and its wrapper are killed at random.
 * After each kill, and at the end, nothing that was acknowledged may be missing, doubled or different.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkAnswers, faultsOf, storedAnswers, type AnswersCheck } from '../../bench/crowd/check'
import { takePart, type Account } from '../../bench/crowd/participant'
import { crowdStudy, makeProject } from '../../bench/crowd/project'
import { openProject, openSnapshot, type ProjectStore } from '../../src/main/storage'
import { SeededRandom } from '../../src/domain/random'
import { hasProc } from '../../test/support/processes'
import { outcomeOf, type Figures, type Part } from '../part'
import { deadParts, integrityOf, orphanedPixels } from '../soak/files'
import { importFaults, importSets, type ImportLog } from '../soak/imports'
import { openStage, VICTIMS, type Stage, type Victim } from '../soak/stage'
import { curveFaults, queueRuns, resultFaults, tendRuns, traceRuns } from '../soak/training'
import type { RunTrace, Steward } from '../soak/training'

const IMAGES = 1_000
const TRIALS = 40
/** Participants at any moment; whoever has finished is followed by another. */
const SEATS = 10
/** Pauses of participants, as a factor of realistic ones. */
const PAUSES = 0.25
/** Different runs; the same are queued again while kills go on. */
const RUNS = 2
/** Before a kill: long enough for the program to be at work again, or not quite. */
const BEFORE_KILL_MS = [300, 4_000] as const
/** A worker that is to be killed has to live first. */
const WORKER_MS = 20_000
/** Leftovers of a killed worker are removed by its server soon after. */
const CLEAN_MS = 5_000
/** After the last kill; runs have low priority, and something else may use the machine. */
const SETTLE_MS = 1_800_000
/** ONNX Runtime leaves files of its own in the temporary folder, killed or not. */
const OWN_TEMPORARY = /^second-guess/
const LOOK_MS = 100

export const part: Part = {
  name: 'soak',
  shows:
    'Kills of server, workers and wrapper at random moments lose no answer, no run and no import, and damage nothing.',
  needs: 'Linux (/proc); about 5 s a kill and 2 minutes besides.',
  async run({ seed, kills, say }) {
    if (!hasProc()) return { state: 'skipped', reason: 'Processes are found under /proc, which this system lacks.' }
    const folder = mkdtempSync(join(tmpdir(), 'second-guess-soak-'))
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    const usual = process.env['TMPDIR']
    process.env['TMPDIR'] = temporary
    try {
      const whole = await undisturbed(join(folder, 'undisturbed'), folder, say)
      const soaked = await soak(folder, whole, { seed, kills, say })
      const left = readdirSync(temporary).filter((name) => OWN_TEMPORARY.test(name))
      const reasons =
        left.length > 0 ? [...soaked.reasons, `Left in the temporary folder: ${left.join(', ')}.`] : soaked.reasons
      return outcomeOf(reasons, soaked.figures)
    } finally {
      if (usual === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = usual
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  },
}

/** The same runs with nobody in their way. */
async function undisturbed(project: string, home: string, say: (line: string) => void): Promise<RunTrace[]> {
  say(`${RUNS} runs undisturbed`)
  await makeProject(project, IMAGES)
  const stage = await openStage(project, home)
  await queueRuns(stage, RUNS)
  for (;;) {
    const states = (await stage.call('runs.list', {}))?.map(({ state }) => state) ?? []
    if (states.length === RUNS && states.every((state) => state === 'done')) break
    if (states.some((state) => state !== 'done' && state !== 'running' && state !== 'queued'))
      throw new Error(`The undisturbed runs are ${states.join(', ')}.`)
    await sleep(LOOK_MS)
  }
  await stage.stop()
  const store = openProject(project, { repair: false })
  try {
    return traceRuns(store, project)
  } finally {
    store.close()
  }
}

interface Soaked {
  reasons: string[]
  figures: Figures
}

async function soak(
  folder: string,
  whole: RunTrace[],
  { seed, kills, say }: { seed: number; kills: number; say: (line: string) => void },
): Promise<Soaked> {
  const project = join(folder, 'project')
  const random = new SeededRandom(seed)
  const reasons: string[] = []
  await makeProject(project, IMAGES)
  const stage = await openStage(project, folder)
  const study = await stage.call('studies.create', crowdStudy(TRIALS, seed))
  if (!study) throw new Error('The study could not be made.')

  const calm = new AbortController()
  const over = new AbortController()
  const accounts: Readonly<Account>[] = []
  const imports: ImportLog = { started: 0, done: new Set(), faults: [] }
  const importing = importSets(stage, join(folder, 'files'), imports, calm.signal)
  const steward: Steward = { seen: new Set(), pauses: 0, retries: 0, faults: [] }
  const tending = tendRuns(stage, steward, {
    count: RUNS,
    random: new SeededRandom(seed, 1),
    calm: calm.signal,
    over: over.signal,
  })
  const answering = Promise.all(
    Array.from({ length: SEATS }, (_, seat) => fillSeat(stage, study.id, { seed, seat }, accounts, calm.signal)),
  )
  const background = Promise.all([importing, tending, answering])
  background.catch(() => {}) // thrown where it is awaited

  const landed: Record<Victim, number> = { server: 0, worker: 0, wrapper: 0 }
  const victims = Array.from({ length: kills }, (_, kill) => VICTIMS[kill % VICTIMS.length] ?? 'server')
  for (const [kill, victim] of random.shuffle(victims).entries()) {
    await sleep(random.between(...BEFORE_KILL_MS))
    if (await stage.kill(victim, WORKER_MS)) landed[victim]++
    await stage.revive()
    const found = await checkAlive(stage, project, { accounts, steward, whole, imports })
    for (const fault of found) reasons.push(`After kill ${kill + 1} (${victim}): ${fault}`)
    const answers = accounts.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
    say(
      `kill ${kill + 1} of ${kills}: ${victim}, ${answers} answers so far${found.map((fault) => `\n  ! ${fault}`).join('')}`,
    )
  }
  calm.abort()
  const late = setTimeout(() => over.abort(), SETTLE_MS)
  await background.finally(() => clearTimeout(late))
  if (over.signal.aborted) reasons.push(`The runs were not done ${SETTLE_MS / 60_000} minutes after the last kill.`)
  const code = await stage.stop()

  if (code !== 0) reasons.push(`The program ended with ${code} when it was asked to.`)
  reasons.push(...stage.orphans, ...steward.faults, ...imports.faults)
  for (const { error, token } of accounts) if (error) reasons.push(`Session ${token.slice(0, 8)}: ${error}`)
  const { faults, answers, sets } = checkEnd(project, { accounts, steward, whole, imports })
  reasons.push(...faults)
  const finished = accounts.filter(({ finished: is }) => is).length
  const retries = accounts.reduce((sum, account) => sum + account.retries, 0)
  for (const victim of VICTIMS)
    if (kills >= VICTIMS.length && landed[victim] === 0) reasons.push(`No ${victim} was killed.`)
  if (answers.acknowledged === 0 || retries === 0) reasons.push('No participant noticed anything: nothing was tested.')
  if (steward.retries === 0 && landed.worker > 0) reasons.push('No run was cut off: nothing was tested.')
  return {
    reasons,
    figures: {
      'kills that met a living process': VICTIMS.map((victim) => `${landed[victim]} ${victim}`).join(', '),
      'answers acknowledged, stored': `${answers.acknowledged}, ${answers.stored}`,
      'sessions, finished': `${accounts.length}, ${finished}`,
      'answers and calls sent again': retries,
      'pages opened again': accounts.reduce((sum, account) => sum + account.reloads, 0),
      'runs, paused, started again': `${steward.seen.size}, ${steward.pauses}, ${steward.retries}`,
      'imports started, done, in the project': `${imports.started}, ${imports.done.size}, ${sets}`,
    },
  }
}

/** One participant after the other until it is calm. */
async function fillSeat(
  stage: Stage,
  study: number,
  { seed, seat }: { seed: number; seat: number },
  accounts: Readonly<Account>[],
  calm: AbortSignal,
): Promise<void> {
  for (let turn = 0; !calm.aborted; turn++) {
    const invited = await stage.call('studies.invite', { study, count: 1 })
    const token = invited?.[0]?.token
    if (token === undefined) {
      await sleep(LOOK_MS)
      continue
    }
    const number = turn * SEATS + seat
    const script = {
      origin: stage.origin,
      token,
      join: false,
      number,
      seed,
      pauses: PAUSES,
      arrivesAfterMs: 0,
      reloads: true,
    }
    const { error } = await takePart(script, { stop: calm, observe: (account) => void accounts.push(account) })
    if (error !== null) return
  }
}

interface Expected {
  accounts: readonly Readonly<Account>[]
  steward: Steward
  whole: readonly RunTrace[]
  imports: ImportLog
}

const sentences = ({ lost, doubled, mixed }: AnswersCheck): string[] => [
  ...lost.map((where) => `An acknowledged answer is lost: ${where}.`),
  ...doubled.map((where) => `An answer is stored twice: ${where}.`),
  ...mixed.map((where) => `An answer is mixed up: ${where}.`),
]

function runFaults(
  store: ProjectStore,
  project: string,
  { steward, whole }: Expected,
  check: (found: RunTrace, whole: RunTrace) => string[],
): string[] {
  const seen = [...steward.seen]
  const traces = traceRuns(store, project)
  const faults = traces.flatMap((trace) => {
    const expected = whole.find(({ config }) => config === trace.config)
    return expected ? check(trace, expected) : [`Run ${trace.id} is none that was queued.`]
  })
  const ids = new Set(traces.map(({ id }) => id))
  return [...faults, ...seen.filter((id) => !ids.has(id)).map((id) => `Run ${id} is lost.`)]
}

/** While everything goes on: what was acknowledged before this moment is there, and nothing is damaged. */
async function checkAlive(stage: Stage, project: string, expected: Expected): Promise<string[]> {
  const before = expected.accounts.map((account) => ({ ...account, acknowledged: [...account.acknowledged] }))
  const done = new Set(expected.imports.done)
  const current = await stage.call('project.current', {})
  const store = openSnapshot(project)
  try {
    const tokens = before.map(({ token }) => token)
    return [
      ...(current ? [] : ['No project is open.']),
      ...(current?.notices ?? []).filter((notice) => /missing|damaged|restore/i.test(notice)),
      ...sentences(checkAnswers(before, storedAnswers(store, tokens))),
      ...runFaults(store, project, expected, curveFaults),
      ...[...done].filter((name) => !store.imageSets.find(name)).map((name) => `${name} was imported and is gone.`),
      ...(await partsLeft(project)).map((name) => `A temporary file of an ended process is left: ${name}.`),
    ]
  } finally {
    store.close()
  }
}

/** A killed worker's files are removed by its server when it has heard of the end. */
async function partsLeft(project: string): Promise<string[]> {
  for (let waited = 0; waited < CLEAN_MS; waited += LOOK_MS) {
    if (deadParts(project).length === 0) return []
    await sleep(LOOK_MS)
  }
  return deadParts(project)
}

/** After the last process has ended. */
function checkEnd(project: string, expected: Expected): { faults: string[]; answers: AnswersCheck; sets: number } {
  const store = openProject(project)
  try {
    const tokens = expected.accounts.map(({ token }) => token)
    const answers = checkAnswers(expected.accounts, storedAnswers(store, tokens))
    const sets = store.imageSets.list()
    const faults = [
      ...store.notices.map((notice) => `After an orderly end the project was opened with a notice: ${notice}`),
      ...sentences(answers),
      ...(faultsOf(answers) > 0 ? answers.foreign.map((where) => `Nobody gave this answer: ${where}.`) : []),
      ...runFaults(store, project, expected, resultFaults),
      ...importFaults(store, expected.imports.done),
      ...orphanedPixels(project, sets).map((name) => `datasets/${name} belongs to no image set.`),
      ...deadParts(project).map((name) => `A temporary file is left: ${name}.`),
    ]
    const imported = sets.filter(({ name }) => name.startsWith('import-')).length
    const integrity = integrityOf(join(project, 'project.sqlite'))
    if (integrity !== 'ok') faults.push(`The database is damaged: ${integrity}.`)
    return { faults, answers, sets: imported }
  } finally {
    store.close()
  }
}
