/**
 * Participants at the browser door as built: a token opens its own session and nothing else, and ten people at once
 * lose nothing while the server is killed again and again. Exploits that must not work are kept as tests.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CALLS, SESSION_CALLS, type CallName, type Input, type Output, type Reply } from '../../../src/contract'
import { PAPER_PROTOCOL, type SessionAnswer, type StudyInfo } from '../../../src/domain/study'
import { openProject } from '../../../src/main/storage'
import { addToProject } from '../../../src/main/labels/addToProject'
import { build, entry } from '../program'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { someImages, someLabels } from '../temporary'
import { expectEvery } from '../../support/every'
import { seededRandom } from '../../support/seeds'

const OWNER = 'the-owner-of-these-tests'
let folder: string
let project: string
let server: ChildProcess
let port = 0

async function serve() {
  server = spawn(process.execPath, [entry('serve'), '--project', project, '--port', String(port)], {
    env: { ...process.env, HOME: folder, SECOND_GUESS_TOKEN: OWNER },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  server.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const line = await new Promise<string>((done, fail) => {
    server.stdout?.once('data', (chunk: Buffer) => done(chunk.toString()))
    server.once('exit', (code) => fail(new Error(`the door ended with ${code}: ${said}`)))
  })
  port = Number(new URL(/http:\S+/.exec(line)?.[0] ?? '').port)
}

async function kill() {
  const gone = new Promise((done) => server.once('exit', done))
  server.kill('SIGKILL')
  await gone
}

beforeAll(async () => {
  build()
  folder = mkdtempSync(join(tmpdir(), 'second-guess-participants-'))
  project = join(folder, 'project')
  const store = openProject(project)
  await addToProject(store, [
    someImages(250, 'images'),
    someImages(40, 'obvious', 100),
    someLabels(250, 'labels', 'images'),
  ])
  store.close()
  await serve()
}, 300_000)

afterAll(async () => {
  await kill()
  rmSync(folder, { recursive: true, force: true })
})

interface Answered {
  status: number
  body: string
}

function post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<Answered> {
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', fail)
      response.on('end', () => done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    asked.on('error', fail)
    asked.end(body)
  })
}

const send = (name: string, input: unknown, token: string, headers: Record<string, string> = {}) =>
  post(`/api/${name}`, typeof input === 'string' ? input : JSON.stringify(input), {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...headers,
  })

async function call<N extends CallName>(name: N, input: Input<N>, token = OWNER): Promise<Output<N>> {
  const { body } = await send(name, input, token)
  const reply = JSON.parse(body) as Reply<Output<N>>
  if (reply.ok) return reply.value
  throw new Error(`${name}: ${reply.error.message}`)
}

const refusal = async (name: string, input: unknown, token: string) => {
  const { status, body } = await send(name, input, token)
  const reply = JSON.parse(body) as Reply<unknown>
  return reply.ok ? 'allowed' : status === 200 ? reply.error.kind : status
}

async function newStudy(name: string, count: number, change: Partial<StudyInfo['protocol']> = {}) {
  const config = studyConfig({ name }, change)
  const study = await call('studies.create', config)
  const invited = await call('studies.invite', { study: study.id, count })
  return { study, tokens: invited.map(({ token }) => token) }
}

describe('a participant’s token', () => {
  let study: StudyInfo
  let mine: string
  let other: string
  beforeAll(async () => {
    const made = await newStudy('exploits', 2)
    study = made.study
    ;[mine = '', other = ''] = made.tokens
    await call('session.open', { token: mine, environment: ENVIRONMENT }, mine)
    await call('session.open', { token: other, environment: ENVIRONMENT }, other)
  })

  /** Inputs that would do something if they were allowed. */
  const owners = (): { [N in CallName]?: Input<N> } => ({
    'project.current': {},
    'project.open': { path: join(folder, 'elsewhere') },
    'project.recent': {},
    'project.forget': { path: '/x', forgotten: true },
    'project.chooseFolder': {},
    'data.import': { paths: ['/etc'] },
    'data.createDemo': { seed: 0, images: 100 },
    'data.stats': { labelSet: 'labels' },
    'data.pixels': { imageSet: 'images', indices: [0] },
    'data.export': { labelSet: 'labels', format: 'counts', out: join(folder, 'stolen.npy') },
    'jobs.list': {},
    'jobs.cancel': { id: 'x' },
    'devices.list': {},
    'networks.list': {},
    'runs.list': {},
    'runs.metrics': { id: 1 },
    'runs.pause': { id: 1 },
    'runs.resume': { id: 1 },
    'runs.stop': { id: 1 },
    'runs.retry': { id: 1 },
    'runs.estimate': { configs: [] },
    'runs.trial': { work: [{ network: 'resnet_basic_8', batch: 8 }], device: 'cpu' },
    'runs.compare': { first: [1], second: [2] },
    'runs.annotate': { ids: [1], note: 'by a participant' },
    'runs.remove': { ids: [1] },
    'runs.restore': { ids: [1] },
    'queue.current': {},
    'queue.set': { held: true },
    'queue.move': { ids: [1], before: null },
    'experiments.plan': { preset: 'smoke', device: 'cpu' },
    'experiments.start': { preset: 'smoke', device: 'cpu' },
    'experiments.list': {},
    'experiments.report': { id: 1 },
    'experiments.document': { id: 1 },
    'figures.table': { experiment: null },
    'figures.paper': { experiment: null },
    'figures.file': { experiment: null, figure: null, formats: ['json'] },
    'attacks.start': {
      runs: [1],
      attacks: [{ attack: 'fgsm', epsilon: 4, stepSize: 4, steps: 1, randomStart: false, images: 1 }],
    },
    'attacks.makeExamples': { run: 1, attack: 1 },
    'attacks.examples': { run: 1, attack: 1 },
    'figures.fill': { experiment: null, figure: 'figure-1', plan: 0 },
    'figures.stop': {},
    'gallery.query': {
      labelSet: 'labels',
      runs: [],
      sort: 'index',
      order: 'ascending',
      filter: 'all',
      classIndex: null,
      offset: 0,
      limit: 1,
    },
    'gallery.points': { labelSet: 'labels', runs: [], attack: null },
    'gallery.items': { labelSet: 'labels', runs: [], against: [], indices: [0] },
    'gallery.image': { labelSet: 'labels', image: 0 },
    'gallery.search': { imageSet: 'images', text: '1' },
    'labels.aggregate': { labelSet: 'labels', method: 'majority' },
    'labels.agreement': { labelSet: 'labels' },
    'labels.image': { labelSet: 'labels', image: 0 },
    'labels.compare': { first: 'labels', second: 'labels', limit: 1 },
    'labels.judged': { labelSet: 'labels' },
    'labels.next': { labelSet: 'labels', limit: 1 },
    'labels.search': { imageSet: 'images', text: '1', limit: 1 },
    'studies.list': {},
    'studies.create': studyConfig({ name: 'made by a participant' }),
    'studies.change': { study: study.id, change: { state: 'closed' } },
    'studies.remove': { study: study.id },
    'studies.restore': { study: study.id },
    'studies.proposeChecks': { imageSet: 'images', labelSet: null, perClass: 1, seed: 0 },
    'studies.participants': { study: study.id },
    'studies.invite': { study: study.id, count: 1 },
    'studies.label': { study: study.id },
    'studies.quality': { study: study.id, threshold: 0.5 },
    'studies.decide': { study: study.id, participant: 1, verdict: 'include', reason: '' },
    'studies.setThreshold': { study: study.id, threshold: 0, reason: '' },
    'studies.clearUnopened': { study: study.id, recruited: true, invited: true, reason: '' },
    'studies.ledger': { study: study.id },
    'studies.erase': { study: study.id, participant: 1, decidedBy: 'somebody', reason: '' },
    'studies.erasures': { study: study.id },
    'studies.publish': { study: study.id },
    'studies.export': { study: study.id, format: 'tidy', out: join(folder, 'stolen.csv'), identifiers: true },
    'studies.simulate': {
      study: study.id,
      participants: 1,
      seed: 0,
      mix: { careful: 1, hurried: 0, onePosition: 0, random: 0 },
    },
    'studies.rehearse': {
      study: study.id,
      participants: 1,
      seed: 0,
      mix: { careful: 1, hurried: 0, onePosition: 0, random: 0 },
    },
    'studies.door': {},
    'studies.openDoor': { host: '0.0.0.0' },
    'session.join': { join: study.joinToken, external: null },
  })

  test('opens none of the owner’s calls, each tried with an input that would do something', async () => {
    const tried = owners()
    const open = (Object.keys(CALLS) as CallName[]).filter((name) => !SESSION_CALLS.has(name) && !(name in tried))
    // The one call whose input is too long to write out; it is refused like the others.
    expect(open).toEqual(['runs.queue'])
    const before = JSON.stringify([await call('project.current', {}), await call('studies.list', {})])
    for (const [name, input] of Object.entries(tried))
      expect([name, await refusal(name, input, mine)]).toEqual([name, 'forbidden'])
    expect(await refusal('runs.queue', { configs: [] }, mine)).not.toBe('allowed')
    expect(JSON.stringify([await call('project.current', {}), await call('studies.list', {})])).toBe(before)
  })

  test('opens no other participant’s session', async () => {
    const answer: SessionAnswer = {
      practice: true,
      trial: 0,
      chosen: 0,
      slot: 0,
      reactionTimeMs: 1,
      onsetMs: 1,
      elapsedMs: 2,
      focusLosses: 0,
    }
    for (const [name, rest] of [
      ['session.open', { environment: ENVIRONMENT }],
      ['session.advance', { from: 'consent' }],
      ['session.image', { practice: true, trial: 0 }],
      ['session.answer', { answer }],
      ['session.withdraw', {}],
    ] as const)
      expect([name, await refusal(name, { ...rest, token: other }, mine)]).toEqual([name, 'forbidden'])
    expect(await call('session.open', { token: other, environment: ENVIRONMENT }, other)).toMatchObject({
      stage: 'practice',
      practice: { position: 0 },
    })
  })

  test('opens neither uploads nor events', async () => {
    expect((await post('/upload', '', { authorization: `Bearer ${mine}` })).status).toBe(401)
    const status = await new Promise((done) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/events?token=${mine}`)
      socket.on('open', () => done(101))
      socket.on('unexpected-response', (_, response) => done(response.statusCode))
      socket.on('error', () => done(-1))
    })
    expect(status).toBe(401)
  })

  describe('over a socket', () => {
    const connect = (token: string, headers: Record<string, string> = {}) =>
      new Promise<WebSocket | number>((done) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/session?token=${encodeURIComponent(token)}`, { headers })
        socket.on('open', () => done(socket))
        socket.on('unexpected-response', (_, response) => done(response.statusCode ?? 0))
        socket.on('error', () => done(-1))
      })
    const opened = async (token: string) => {
      const socket = await connect(token)
      if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
      return socket
    }
    const asked = (socket: WebSocket, message: unknown): Promise<{ id: number; reply: Reply<unknown> }> =>
      new Promise((done) => {
        socket.once('message', (data: Buffer) => done(JSON.parse(data.toString()) as never))
        socket.send(JSON.stringify(message))
      })

    test('opens its own session, and neither another’s nor the owner’s calls', async () => {
      const socket = await opened(mine)
      const mayOpen = await asked(socket, {
        id: 3,
        name: 'session.open',
        input: { token: mine, environment: ENVIRONMENT },
      })
      expect(mayOpen).toMatchObject({ id: 3, reply: { ok: true, value: { code: 'P0001' } } })
      for (const [name, input] of [
        ['session.open', { token: other, environment: ENVIRONMENT }],
        ['session.withdraw', { token: other }],
        ...Object.entries(owners()),
      ] as [string, unknown][])
        expect([name, (await asked(socket, { id: 1, name, input })).reply]).toMatchObject([
          name,
          { ok: false, error: { kind: 'forbidden' } },
        ])
      socket.close()
    })

    test('is refused without a session’s token, with the owner’s, and from elsewhere', async () => {
      for (const token of ['', 'wrong', OWNER, `${mine}x`]) expect(await connect(token)).toBe(401)
      expect(await connect(mine, { origin: 'https://evil.example' })).toBe(403)
      expect(await connect(mine, { host: 'evil.example' })).toBe(421)
    })

    test.each<[string, string | Buffer]>([
      ['no JSON', 'hello'],
      ['no call', '{"id": "x"}'],
      ['more than a call', '{"id": 1, "name": "session.open", "input": {}, "role": "owner"}'],
      ['bytes', Buffer.from('{"id":1,"name":"session.open","input":{}}')],
      ['too much', `{"id":1,"name":"session.open","input":"${'x'.repeat(20_000)}"}`],
    ])('%s: disconnected, and the door goes on', async (_, message) => {
      const socket = await opened(mine)
      const closed = new Promise<number>((done) => socket.on('close', done))
      socket.send(message)
      expect([1008, 1009, 1006]).toContain(await closed)
      expect(await call('studies.door', {})).toMatchObject({ network: false })
    })
  })

  test.each(['', 'x'.repeat(32), 'null', '../../etc', "' OR 1=1 --", '%00', 'undefined'])(
    'the token %j opens nothing',
    async (token) => {
      expect((await send('session.open', { token: mine, environment: ENVIRONMENT }, token)).status).toBe(401)
    },
  )

  test('a token in the address, or the owner’s in a participant’s place, opens nothing', async () => {
    const body = JSON.stringify({ token: mine, environment: ENVIRONMENT })
    const headers = { 'content-type': 'application/json' }
    expect((await post(`/api/session.open?token=${mine}`, body, headers)).status).toBe(401)
    expect(await refusal('session.open', { token: OWNER, environment: ENVIRONMENT }, mine)).toBe('forbidden')
  })

  test('a recruitment link joins and does nothing else', async () => {
    const { joinToken } = study
    expect(await refusal('session.open', { token: mine, environment: ENVIRONMENT }, joinToken)).toBe('forbidden')
    expect(await refusal('studies.list', {}, joinToken)).toBe('forbidden')
    const { study: second } = await newStudy('another study', 1)
    expect(await refusal('session.join', { join: second.joinToken, external: null }, joinToken)).toBe('forbidden')
    expect(await refusal('session.join', { join: joinToken, external: null }, joinToken)).toBe('allowed')
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])('from the Origin %s: 403', async (origin) => {
    expect((await send('session.open', { token: mine, environment: ENVIRONMENT }, mine, { origin })).status).toBe(403)
  })
  test('to a foreign Host: 421', async () => {
    expect(
      (await send('session.open', { token: mine, environment: ENVIRONMENT }, mine, { host: 'evil.example' })).status,
    ).toBe(421)
  })

  test('cannot send more than an answer needs', async () => {
    const large = { token: mine, environment: { ...ENVIRONMENT, browser: 'x'.repeat(20_000) } }
    expect([413, 0]).toContain(
      await send('session.open', large, mine).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    // The owner's limit is another.
    expect(await refusal('session.open', large, OWNER)).toBe('bad-input')
  })

  test.each<[string, unknown, number | string]>([
    ['no JSON', '{"token": ', 400],
    ['a list', '[]', 'bad-input'],
    ['unknown keys', { token: 'x'.repeat(20), environment: ENVIRONMENT, role: 'owner' }, 'bad-input'],
    ['a prototype', '{"__proto__": {"token": "x"}}', 'bad-input'],
  ])('%s: refused', async (_, input, expected) => {
    expect(await refusal('session.open', input, mine)).toBe(expected)
  })

  test.each<[string, Partial<Record<keyof SessionAnswer, unknown>>]>([
    ['a negative reaction time', { reactionTimeMs: -1 }],
    ['no number', { reactionTimeMs: null }],
    ['a text', { chosen: '3' }],
    ['a fraction of a trial', { trial: 0.5 }],
    ['a slot beyond the ring', { slot: 255 }],
    ['an endless time', { elapsedMs: 1e300 }],
  ])('an answer with %s: refused and not stored', async (_, change) => {
    const answer = {
      practice: true,
      trial: 0,
      chosen: 0,
      slot: 0,
      reactionTimeMs: 1,
      onsetMs: 1,
      elapsedMs: 2,
      focusLosses: 0,
      ...change,
    }
    expect(await refusal('session.answer', { token: mine, answer }, mine)).toBe('bad-input')
    expect((await call('session.open', { token: mine, environment: ENVIRONMENT }, mine)).practice.position).toBe(0)
  })
})

/** What one participant was told is stored. */
interface Acknowledged {
  trial: number
  chosen: number
  slot: number
  reactionTimeMs: number
}

/** Ten people's trials and checks. */
const ANSWERS = 2_100
const KILLS = 14

test('ten people at once, 200 trials and 10 checks each, the server killed at random: nothing is lost, doubled or mixed', async () => {
  const { study, tokens } = await newStudy('ten people', 10, { ...PAPER_PROTOCOL, practiceTrials: 0 })
  const { random } = seededRandom()
  const work = { over: false, answered: 0 }
  let kills = 0
  let resumed = 0
  const away = async <T>(act: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await act()
      } catch (error) {
        // Only a door that is gone is waited for; a refusal fails the test.
        if (!/ECONNREFUSED|ECONNRESET|socket hang up|aborted/.test((error as Error).message)) throw error
        await sleep(20)
      }
    }
  }
  const person = async (token: string, number: number) => {
    const acknowledged: Acknowledged[] = []
    const times = random(number + 1)
    const open = () => away(() => call('session.open', { token, environment: ENVIRONMENT }, token))
    let view = await open()
    const { layout } = view
    let position = view.trials.position
    while (view.stage !== 'finished') {
      // As a page that was reloaded: now and then it asks afresh where it stands.
      if (acknowledged.length % 40 === 17) {
        view = await open()
        expect(view.layout).toEqual(layout)
        expect(view.trials.position).toBe(position)
        if (view.resumed) resumed++
      }
      const trial = position
      const image = await away(() => call('session.image', { token, practice: false, trial }, token))
      const pixels = Buffer.from((image.pixels as unknown as { $bytes: string }).$bytes, 'base64')
      const chosen = ((pixels[0] ?? 0) + number) % 10
      const slot = layout.indexOf(chosen)
      const answer = {
        practice: false,
        trial,
        chosen,
        slot,
        reactionTimeMs: times.between(300, 1200),
        onsetMs: trial * 1000,
        elapsedMs: trial * 1000 + 900,
        focusLosses: 0,
      }
      const receipt = await away(() => call('session.answer', { token, answer }, token))
      expect(receipt).toMatchObject({ position: trial + 1, revision: 0 })
      work.answered++
      acknowledged.push({ trial, chosen, slot, reactionTimeMs: answer.reactionTimeMs })
      position = receipt.position
      view = { ...view, stage: receipt.stage }
    }
    return { token, layout, acknowledged }
  }
  const killer = async () => {
    const moments = random()
    // By answers, not by the clock: so many kills on a slow machine as on a quick one, and work between them.
    for (let next = 0; ;) {
      next += 20 + moments.below(2 * (ANSWERS / KILLS) - 40)
      while (!work.over && work.answered < next) await sleep(1)
      if (work.over) return
      await kill()
      kills++
      await serve()
    }
  }
  const killed = killer()
  const everybody = await Promise.all(tokens.map(person)).finally(() => (work.over = true))
  await killed
  // On average KILLS; half as many always, as the draws go.
  expect(kills).toBeGreaterThanOrEqual(KILLS / 2 - 1)
  expect(resumed).toBeGreaterThan(0)

  const store = openProject(project, { repair: false })
  const layouts = new Set(everybody.map(({ layout }) => layout.join()))
  expect(layouts.size).toBeGreaterThan(8)
  const judged = new Map<number, number>()
  everybody.forEach(({ token, acknowledged }, number) => {
    expect(acknowledged).toHaveLength(210)
    const session = store.sessions.byToken(token)
    const rows = store.answers.ofSession(session?.id ?? 0)
    // Exactly what was acknowledged, in order, once each, and with the person's own way of answering.
    expect(rows.map(({ trial, chosen, slot, reactionTimeMs }) => ({ trial, chosen, slot, reactionTimeMs }))).toEqual(
      acknowledged,
    )
    expectEvery(rows, ({ revision }) => revision === 0)
    for (const { chosen, image, isCheck } of rows) expect(chosen).toBe(((isCheck ? image + 100 : image) + number) % 10)
    const images = rows.filter(({ isCheck }) => !isCheck).map(({ image }) => image)
    expect(new Set(images).size).toBe(200)
    for (const image of images) judged.set(image, (judged.get(image) ?? 0) + 1)
  })
  store.close()
  // 2,000 judgments over 250 images: 8 each, whoever drew when.
  expectEvery([...judged.values()], (n) => n === 8)
  expect(await call('studies.participants', { study: study.id })).toHaveLength(10)
}, 240_000)
