/**
 * Every call of the contract with ids of things that existed and were removed, over the real browser server, as the
 * owner and as participants: an answer or a refusal that says why, never an internal error, and the server answers
 * afterwards.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openDoor, type Door } from '../../../src/main/transport/httpServer'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { createServices, type Services } from '../../../src/main/services'
import type { RunProbe } from '../../../src/main/devices/service'
import { addToProject } from '../../../src/main/labels/addToProject'
import { CALLS, SESSION_CALLS, type CallName, type Input, type Reply } from '../../../src/contract'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import type { ErrorKind } from '../../../src/domain/errors'
import type { SessionAnswer, StudyInfo } from '../../../src/domain/study'
import { build } from '../program'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { someImages, someLabels } from '../temporary'

const OWNER = 'the-owner-of-these-tests'
/** What a refusal of a removed thing may be; not `internal`, which is a fault of this program. */
const KNOWN: ReadonlySet<ErrorKind> = new Set([
  'bad-input',
  'bad-file',
  'not-found',
  'conflict',
  'cancelled',
  'device',
  'forbidden',
])

const folder = mkdtempSync(join(tmpdir(), 'second-guess-removed-'))
let services: Services
let door: Door
let base: string

/** No device is tried: this is about ids. */
const probe: RunProbe = ([what]) =>
  Promise.resolve({
    stdout: what === 'list' ? '["cpu"]' : '{"id":"cpu","name":"CPU","available":true,"reason":null,"stepMs":1}',
    stderr: '',
    timedOut: false,
  })

async function ask(name: CallName, input: unknown, token = OWNER): Promise<Reply<unknown>> {
  const response = await fetch(new URL(`/api/${name}`, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  return (await response.json()) as Reply<unknown>
}

async function call<T>(name: CallName, input: unknown, token = OWNER): Promise<T> {
  const reply = await ask(name, input, token)
  if (reply.ok) return reply.value as T
  throw new Error(`${name}: ${reply.error.message}`)
}

/** What existed, by id; all of it is gone. */
interface Removed {
  study: StudyInfo
  session: string
  run: number
  experiment: number
  job: string
  labelSet: string
  imageSet: string
}
let removed: Removed
let alive: StudyInfo
let socket: WebSocket

const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'removed-images',
  labelSet: 'removed-labels',
  protocol: 'described',
  folds: 4,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 1,
  batch: 4,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 0,
  schedule: { kind: 'constant' },
  augment: false,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [],
}

/** Rows that no call removes, taken out as another process would. */
function removeRows(...statements: string[]) {
  const database = new Database(join(folder, 'project', 'project.sqlite'))
  try {
    database.pragma('foreign_keys = ON')
    for (const statement of statements) database.exec(statement)
  } finally {
    database.close()
  }
}

/** A project in which each kind of thing was made and removed again. */
async function makeAndRemove(): Promise<Removed> {
  const store = services.project.store()
  await addToProject(store, [
    someImages(60, 'images'),
    someImages(40, 'obvious', 100),
    someLabels(60, 'labels', 'images'),
    someImages(70, 'removed-images', 1),
    someLabels(70, 'removed-labels', 'removed-images'),
  ])
  alive = await call<StudyInfo>('studies.create', studyConfig({ name: 'alive' }))
  const study = await call<StudyInfo>('studies.create', studyConfig({ name: 'removed' }))
  const [invited] = await call<{ token: string }[]>('studies.invite', { study: study.id, count: 1 })
  const session = invited?.token ?? ''
  await call('session.open', { token: session, environment: ENVIRONMENT }, session)
  socket = await opened(session)
  const run = store.runs.insertFinished({
    key: '0123456789abcdef',
    experiment: null,
    config,
    state: 'done',
    progress: null,
    error: null,
    device: 'CPU',
    engine: 'E',
    result: { measures: {}, heldOut: 0, attacks: [] },
    createdAt: 'a',
    startedAt: 'b',
    finishedAt: 'c',
    note: '',
    tags: [],
  })
  const experiment = store.experiments.insert({
    preset: 'smoke',
    families: [],
    imageSet: 'removed-images',
    labelSet: 'removed-labels',
    device: 'cpu',
    key: null,
  })
  store.experiments.setRuns(experiment, [run])
  const { id: job } = services.jobs.perform('trial', () => Promise.resolve([]))
  await services.jobs.idle()
  await call('studies.remove', { study: study.id })
  await call('runs.remove', { ids: [run] })
  removeRows(
    'DELETE FROM experiment_runs',
    'DELETE FROM experiments',
    `DELETE FROM runs WHERE id = ${run}`,
    "DELETE FROM label_sets WHERE name = 'removed-labels'",
    "DELETE FROM image_sets WHERE name = 'removed-images'",
    // The study for good too: what is still known of it is known in memory only.
    `DELETE FROM studies WHERE id = ${study.id}`,
  )
  return { study, session, run, experiment, job, labelSet: 'removed-labels', imageSet: 'removed-images' }
}

const opened = (token: string) =>
  new Promise<WebSocket>((done, fail) => {
    const made = new WebSocket(`${base.replace('http', 'ws')}/session?token=${token}`)
    made.on('open', () => done(made))
    made.on('error', fail)
  })

beforeAll(async () => {
  build()
  services = createServices({ launch: forkWorker, probe, worksQueue: true, recentFile: join(folder, 'recent.json') })
  await services.project.open(join(folder, 'project'))
  door = await openDoor(services, { host: '127.0.0.1', port: 0, token: OWNER })
  base = new URL(door.url).origin
  // What is queued here is not trained.
  await call('queue.set', { held: true })
  removed = await makeAndRemove()
}, 300_000)

afterAll(async () => {
  socket.terminate()
  await door.close()
  await services.close()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const MIX = { careful: 1, hurried: 0, onePosition: 0, random: 0 }
const ATTACK = { attack: 'fgsm', epsilon: 4, stepSize: 4, steps: 1, randomStart: false, images: 1 } as const
const ANSWER: SessionAnswer = {
  practice: true,
  trial: 0,
  chosen: 0,
  slot: 0,
  reactionTimeMs: 1,
  onsetMs: 1,
  elapsedMs: 2,
  focusLosses: 0,
}

/** For each call the inputs that name what was removed. A call without an entry here does not compile. */
function inputs(): { [N in CallName]: Input<N>[] } {
  const { study: gone, session: token, run, experiment, job, labelSet, imageSet } = removed
  const study = gone.id
  const file = join(folder, 'a file')
  writeFileSync(file, '')
  const pool = { imageSet, images: [0] }
  return {
    'project.current': [{}],
    // Below a file no folder can be made: the open project stays.
    'project.open': [{ path: join(file, 'removed') }],
    'project.recent': [{}],
    'project.forget': [{ path: join(folder, 'removed'), forgotten: true }],
    'project.chooseFolder': [{}],
    'data.import': [{ paths: [join(folder, 'removed')] }],
    'data.createDemo': [{ seed: 1, images: 100 }],
    'data.stats': [{ labelSet }],
    'data.pixels': [{ imageSet, indices: [0] }],
    'data.export': [{ labelSet, format: 'counts', out: join(folder, 'out.npy') }],
    'jobs.list': [{}],
    'jobs.cancel': [{ id: job }, { id: 'removed' }],
    'devices.list': [{}],
    'networks.list': [{}],
    'runs.list': [{}],
    'runs.metrics': [{ id: run }],
    'runs.queue': [{ configs: [config] }, { configs: [{ ...config, imageSet: 'images', labelSet }] }],
    'runs.pause': [{ id: run }],
    'runs.resume': [{ id: run }],
    'runs.stop': [{ id: run }],
    'runs.retry': [{ id: run }],
    'runs.estimate': [{ configs: [config] }, { preset: { preset: 'smoke', device: 'cpu' } }],
    'runs.trial': [{ work: [{ network: 'removed', batch: 8 }], device: 'cpu' }],
    'runs.compare': [{ first: [run], second: [run] }],
    'runs.annotate': [{ ids: [run], note: 'x' }],
    'runs.remove': [{ ids: [run] }],
    'runs.restore': [{ ids: [run] }],
    'queue.current': [{}],
    'queue.set': [{ held: true }],
    'queue.move': [
      { ids: [run], before: null },
      { ids: [run], before: run },
    ],
    'attacks.start': [{ runs: [run], attacks: [ATTACK], device: 'cpu' }],
    'attacks.makeExamples': [{ run, attack: 1, device: 'cpu' }],
    'attacks.examples': [{ run, attack: 1 }],
    'experiments.plan': [{ preset: 'smoke', device: 'cpu', families: [] }],
    'experiments.start': [{ preset: 'paper', device: 'cpu', families: [] }],
    'experiments.list': [{}],
    'experiments.report': [{ id: experiment }],
    'experiments.document': [{ id: experiment }],
    'figures.table': [{ experiment }],
    'figures.paper': [{ experiment }],
    'figures.file': [{ experiment, figure: null, formats: ['json'] }],
    'figures.fill': [{ experiment, figure: 'figure-1', plan: 0 }],
    'figures.stop': [{}],
    'gallery.query': [
      {
        labelSet,
        runs: [run],
        sort: 'index',
        order: 'ascending',
        filter: 'all',
        classIndex: null,
        offset: 0,
        limit: 1,
      },
      {
        labelSet: 'labels',
        runs: [run],
        sort: 'index',
        order: 'ascending',
        filter: 'all',
        classIndex: null,
        offset: 0,
        limit: 1,
      },
    ],
    'gallery.points': [
      { labelSet, runs: [], attack: null },
      { labelSet: 'labels', runs: [run], attack: 'removed' },
    ],
    'gallery.items': [
      { labelSet, runs: [], against: [], indices: [0] },
      { labelSet: 'labels', runs: [run], against: [run], indices: [0] },
    ],
    'gallery.image': [{ labelSet, image: 0 }],
    'gallery.search': [{ imageSet, text: '1' }],
    'labels.aggregate': [{ labelSet, method: 'majority' }],
    'labels.agreement': [{ labelSet }],
    'labels.image': [{ labelSet, image: 0 }],
    'labels.compare': [
      { first: labelSet, second: 'labels', limit: 1 },
      { first: 'labels', second: labelSet, limit: 1 },
    ],
    'labels.judged': [{ labelSet }],
    'labels.next': [{ labelSet, limit: 1 }],
    'labels.search': [{ imageSet, text: '1', limit: 1 }],
    'studies.list': [{}],
    'studies.create': [studyConfig({ name: 'of removed images', imageSet }), studyConfig({ name: 'x', checks: pool })],
    'studies.change': [
      { study, change: { state: 'closed' } },
      { study: alive.id, change: { practice: pool } },
    ],
    'studies.remove': [{ study }],
    'studies.restore': [{ study }],
    'studies.proposeChecks': [
      { imageSet, labelSet: null, perClass: 1, seed: 0 },
      { imageSet: 'images', labelSet, perClass: 1, seed: 0 },
    ],
    'studies.participants': [{ study }],
    'studies.invite': [{ study, count: 1 }],
    'studies.label': [{ study }],
    'studies.quality': [{ study, threshold: 0.5 }],
    'studies.decide': [
      { study, participant: 1, verdict: 'include', reason: '' },
      { study: alive.id, participant: 99, verdict: 'include', reason: '' },
    ],
    'studies.setThreshold': [{ study, threshold: 0, reason: '' }],
    'studies.ledger': [{ study }],
    'studies.erase': [
      { study, participant: 1, decidedBy: 'the owner', reason: '' },
      { study: alive.id, participant: 99, decidedBy: 'the owner', reason: '' },
    ],
    'studies.erasures': [{ study }],
    'studies.clearUnopened': [{ study, recruited: true, invited: true, reason: '' }],
    'studies.publish': [{ study }],
    'studies.export': [{ study, format: 'tidy', out: join(folder, 'out.csv'), identifiers: true }],
    'studies.simulate': [{ study, participants: 1, seed: 0, mix: MIX }],
    'studies.rehearse': [{ study, participants: 1, seed: 0, mix: MIX }],
    'studies.door': [{}],
    'studies.openDoor': [{ host: '127.0.0.1' }],
    'session.open': [{ token, environment: ENVIRONMENT }],
    'session.advance': [{ token, from: 'consent' }],
    'session.image': [{ token, practice: true, trial: 0 }],
    'session.answer': [{ token, answer: ANSWER }],
    'session.withdraw': [{ token }],
    'session.join': [{ join: gone.joinToken, external: null }],
  }
}

/** Every timer that a call has set before is over: another one, set after them, is. */
async function afterwards() {
  const told = new Promise<void>((resolve) => {
    const unsubscribe = services.events.subscribe((name, payload) => {
      if (name !== 'study.changed' || (payload as StudyInfo).id !== alive.id) return
      unsubscribe()
      resolve()
    })
  })
  await call('studies.change', { study: alive.id, change: { state: 'open' } })
  await told
  expect(await call('project.current', {})).toMatchObject({ path: join(folder, 'project') })
}

const refusedWell = (reply: Reply<unknown>) => {
  if (!reply.ok) expect(KNOWN, `${reply.error.kind}: ${reply.error.message}`).toContain(reply.error.kind)
}

describe('removed ids', () => {
  test.each(Object.keys(CALLS) as CallName[])(
    '%s, asked by the owner',
    async (name) => {
      expect(inputs()[name].length).toBeGreaterThan(0)
      for (const input of inputs()[name]) refusedWell(await ask(name, input))
      await afterwards()
    },
    60_000,
  )

  test('the jobs that were started for them failed with the reason', async () => {
    await services.jobs.idle()
    for (const { error } of services.jobs.list()) if (error) refusedWell({ ok: false, error })
    await afterwards()
  }, 60_000)

  test.each([...SESSION_CALLS, 'session.join'] as CallName[])('%s, asked by a participant', async (name) => {
    for (const input of inputs()[name])
      for (const token of [removed.session, removed.study.joinToken])
        expect(await ask(name, input, token)).toMatchObject({ ok: false, error: { kind: 'forbidden' } })
    await afterwards()
  })

  test('over a socket that was open before: a refusal, and the socket stays', async () => {
    for (const [id, name] of [...SESSION_CALLS].entries()) {
      const replied = new Promise<string>((done) => socket.once('message', (data: Buffer) => done(data.toString())))
      socket.send(JSON.stringify({ id, name, input: inputs()[name][0] }))
      expect(JSON.parse(await replied)).toMatchObject({ id, reply: { ok: false, error: { kind: 'not-found' } } })
    }
    await afterwards()
    expect(socket.readyState).toBe(WebSocket.OPEN)
  })

  test('no new socket is opened', async () => {
    for (const token of [removed.session, removed.study.joinToken]) await expect(opened(token)).rejects.toThrow('401')
    await afterwards()
  })
})

test('a study removed within the quarter of a second before the windows are told of it: nothing fails', async () => {
  const made = await call<StudyInfo>('studies.create', studyConfig({ name: 'removed at once' }))
  const [invited] = await call<{ token: string }[]>('studies.invite', { study: made.id, count: 1 })
  const token = invited?.token ?? ''
  expect(services.studies.roleOf(token)).toEqual({ participant: token })
  // Told of in a timer, which finds it gone.
  await call('studies.remove', { study: made.id })
  await afterwards()
  // Removed but not yet purged, its old links open nothing.
  expect(services.studies.roleOf(token)).toBeNull()
  expect(services.studies.roleOf(made.joinToken)).toBeNull()
  expect(await ask('session.open', { token, environment: ENVIRONMENT })).toMatchObject({
    ok: false,
    error: { kind: 'not-found' },
  })
  await afterwards()
})
