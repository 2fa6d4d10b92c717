/** Rehearsals through the real browser door: all at once, nothing lost or mixed, over a door that goes away. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PAPER_PROTOCOL, type SimulatedMix } from '../../../src/domain/study'
import { openDoor, type Door } from '../../../src/main/transport/httpServer'
import { createServices } from '../../../src/main/services'
import { createStudy } from '../../../src/main/study/owner'
import { publishStudy } from '../../../src/main/study/publish'
import { participantSessions, rehearse } from '../../../src/main/study/rehearse'
import type { ProjectStore } from '../../../src/main/storage'
import { CAREFUL, HALF_AND_HALF, loads, someProject, someStudy } from '../simulated'

/** The program as a server: its own connection to the project, its own door. */
async function program(folder: string, port = 0): Promise<{ door: Door; address: string; close(): Promise<void> }> {
  const launch = () => {
    throw new Error('nothing here needs a worker process')
  }
  const services = createServices({ launch, worksQueue: false, recentFile: null })
  await services.project.open(folder)
  const door = await openDoor(services, { host: '127.0.0.1', port })
  let open = true
  const close = async () => {
    if (!open) return
    open = false
    await door.close()
    await services.close()
  }
  onTestFinished(close)
  return { door, address: new URL(door.url).origin, close }
}

/** Short enough for a test: 20 images with a check after every 5, 3 practice images. */
const SHORT = { ...PAPER_PROTOCOL, imagesPerParticipant: 20, checkEvery: 5, practiceTrials: 3 }
const TRIALS = 24

async function prepare(participants: number, mix: SimulatedMix = CAREFUL, protocol = SHORT) {
  const store = await someProject(200)
  const study = someStudy(store, { protocol, pages: { consent: 'Agree?', instructions: 'Look.', debrief: '' } })
  const tokens = store.transaction(() => participantSessions(store, study, participants, 5, mix))
  return { store, study: study.id, tokens, mix, seed: 5 }
}

/** Every participant's answers are those of their own plan, each stored once, in order. */
function expectWhole(store: ProjectStore, study: number, participants: number) {
  const sessions = store.sessions.ofStudy(study)
  expect(sessions.map(({ stage, kind }) => [stage, kind])).toEqual(Array(participants).fill(['finished', 'rehearsal']))
  for (const { id, layout } of sessions) {
    const plan = store.sessions.plan(id) ?? new Int32Array(0)
    const answers = store.answers.ofSession(id)
    expect(answers.map(({ trial }) => trial)).toEqual(Array.from({ length: TRIALS }, (_, k) => k))
    expect(answers.flatMap(({ image, isCheck }) => [image, Number(isCheck)])).toEqual([...plan])
    for (const { chosen, slot, revision } of answers) expect([layout?.[slot], revision]).toEqual([chosen, 0])
  }
}

describe('through the door', () => {
  test('twenty at once: everybody finishes, every answer is stored once with its own image', async () => {
    const { store, ...request } = await prepare(20)
    const { address } = await program(store.folder)
    const told: { done: number; total: number | null }[] = []
    const result = await rehearse(store, { ...request, address }, { onProgress: (progress) => told.push(progress) })
    expect(result).toMatchObject({ participants: 20, finished: 20, retries: 0 })
    expect(result.answers).toBeGreaterThanOrEqual(20 * (TRIALS + 3))
    expect(told.at(-1)).toMatchObject({ done: 20 * (TRIALS + 3), total: 20 * (TRIALS + 3) })
    expectWhole(store, request.study, 20)
    for (const { environment, checks, checksCorrect } of store.sessions.ofStudy(request.study)) {
      expect(environment?.browser).toBe('simulated annotator')
      expect([checks, checksCorrect]).toEqual([4, 4])
    }
    await publishStudy(store, request.study)
    const spread = loads(store, 'study')
    // Promised images count from the moment they are drawn: even although all began at once.
    expect([Math.min(...spread), Math.max(...spread)]).toEqual([2, 2])
  }, 60_000)

  test('answers are drawn from the truth of the images: labels people agree on come back', async () => {
    const { store, ...request } = await prepare(20)
    const { address } = await program(store.folder)
    await rehearse(store, { ...request, address })
    // 8 of 10 people give an image its label, the others the next class.
    const judged = store.sessions
      .ofStudy(request.study)
      .flatMap(({ id }) => store.answers.ofSession(id).filter(({ isCheck }) => !isCheck))
    const share = (shift: number) =>
      judged.filter(({ image, chosen }) => chosen === (image + shift) % 10).length / judged.length
    expect(share(0)).toBeGreaterThan(0.72)
    expect(share(0)).toBeLessThan(0.88)
    expect(share(0) + share(1)).toBeGreaterThan(0.97)
  }, 60_000)

  test('whoever does not look gets through practice by its feedback, and is excluded by the checks', async () => {
    const { store, ...request } = await prepare(8, HALF_AND_HALF)
    const { address } = await program(store.folder)
    expect(await rehearse(store, { ...request, address })).toMatchObject({ finished: 8 })
    expectWhole(store, request.study, 8)
    for (const { simulated, checks, checksCorrect } of store.sessions.ofStudy(request.study))
      expect(checksCorrect / checks >= 0.75, simulated ?? '').toBe(simulated === 'careful')
  }, 60_000)

  test('a door that goes away for a moment is waited for, and nothing is lost or stored twice', async () => {
    const { store, ...request } = await prepare(10)
    const first = await program(store.folder)
    const port = Number(new URL(first.address).port)
    const restarts: Promise<unknown>[] = []
    const onProgress = ({ done }: { done: number }) => {
      if (done >= 60 && restarts.length === 0) restarts.push(first.close().then(() => program(store.folder, port)))
    }
    const result = await rehearse(store, { ...request, address: first.address }, { onProgress })
    await Promise.all(restarts)
    expect(restarts).toHaveLength(1)
    expect(result.finished).toBe(10)
    expect(result.retries).toBeGreaterThan(0)
    expectWhole(store, request.study, 10)
  }, 60_000)
})

describe('refusals', () => {
  test('a token the door does not know ends the rehearsal by its reason', async () => {
    const { store, ...request } = await prepare(3)
    const elsewhere = await prepare(1)
    const { address } = await program(elsewhere.store.folder)
    await expect(rehearse(store, { ...request, address })).rejects.toMatchObject({ kind: 'forbidden' })
    expect(store.answers.ofSession(store.sessions.ofStudy(request.study)[0]?.id ?? 0)).toEqual([])
    const strangers = { ...request, address, tokens: elsewhere.tokens }
    await expect(rehearse(store, strangers)).rejects.toMatchObject({ kind: 'not-found' })
  }, 60_000)

  test('a closed study and an unknown one are refused', async () => {
    const { store, ...request } = await prepare(2)
    const study = store.studies.get(request.study)
    if (study) store.studies.update({ ...study, state: 'closed' })
    const { address } = await program(store.folder)
    await expect(rehearse(store, { ...request, address })).rejects.toMatchObject({ kind: 'conflict' })
    await expect(rehearse(store, { ...request, address, study: 99 })).rejects.toMatchObject({ kind: 'not-found' })
  }, 60_000)

  test('a door that shows another image than the planned one is found out', async () => {
    const { store, ...request } = await prepare(2)
    const { address } = await program(store.folder)
    const liar = await between(address, (name, reply) => {
      if (name !== 'session.image') return reply
      return reply.replace(/"\$bytes":"...../, '"$bytes":"AAAAA')
    })
    await expect(rehearse(store, { ...request, address: liar })).rejects.toThrow(/another image than the planned one/)
  }, 60_000)

  test('stopping ends all of them; what was answered stays', async () => {
    const { store, ...request } = await prepare(6)
    const { address } = await program(store.folder)
    const abort = new AbortController()
    const onProgress = ({ done }: { done: number }) => {
      if (done >= 40) abort.abort()
    }
    const stopped = rehearse(store, { ...request, address }, { signal: abort.signal, onProgress })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    const answered = store.sessions
      .ofStudy(request.study)
      .map(({ id, position }) => [store.answers.ofSession(id).length, position])
    expect(answered.some(([n]) => (n ?? 0) > 0)).toBe(true)
    for (const [n, position] of answered) expect(n).toBe(position)
  }, 60_000)

  test('kinds are drawn once, for the sessions that are made', async () => {
    const { store, tokens } = await prepare(8, HALF_AND_HALF)
    const kinds = tokens.map((token) => store.sessions.byToken(token)?.simulated ?? '')
    expect(kinds.toSorted()).toEqual([
      'careful',
      'careful',
      'careful',
      'careful',
      'onePosition',
      'onePosition',
      'random',
      'random',
    ])
    expect(new Set(tokens).size).toBe(8)
    const wrong = { ...CAREFUL, careful: 0.4 }
    const study = createStudy(store, { ...someStudy(store, { name: 'second', protocol: SHORT }).config, name: 'third' })
    expect(() => participantSessions(store, study, 2, 1, wrong)).toThrow(/sum to 0.4/)
    expect(store.sessions.ofStudy(study.id)).toEqual([])
  })
})

/** A proxy that may change what the door answers. */
async function between(address: string, change: (name: string, reply: string) => string): Promise<string> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' }
      void fetch(new URL(request.url ?? '/', address), { method: 'POST', headers, body: Buffer.concat(chunks) })
        .then((reply) => reply.text())
        .then((text) => response.end(change((request.url ?? '').replace('/api/', ''), text)))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => new Promise<void>((done) => (server.closeAllConnections(), server.close(() => done()))))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
