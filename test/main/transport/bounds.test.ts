/**
 * What one client may take of the server: memory, sockets, requests. Whoever takes more is held back, and nobody else.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request, type ClientRequest } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { answerCalls } from '../../../src/main/transport/socketCalls'
import { REPLACED, socketRegistry } from '../../../src/main/transport/socketRegistry'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import type { CallName, Input, Output, Reply } from '../../../src/contract'
import { build, entry } from '../program'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { someImages } from '../temporary'

const OWNER = 'the-owner-of-these-tests'
/** Images so large that a flood of them would be noticed: 192 KiB each. */
const SIDE = 256
let folder: string
let server: ChildProcess
let base: URL

function largeImages(count: number, name: string) {
  const size = SIDE * SIDE * 3
  return {
    ...someImages(count, name),
    height: SIDE,
    width: SIDE,
    pixels: new Uint8Array(count * size).map((_, i) => Math.floor(i / size)),
  }
}

beforeAll(async () => {
  build()
  folder = mkdtempSync(join(tmpdir(), 'second-guess-bounds-'))
  const store = openProject(join(folder, 'project'))
  await addToProject(store, [largeImages(20, 'images'), someImages(40, 'obvious', 100)])
  store.close()
  server = spawn(process.execPath, [entry('serve'), '--project', join(folder, 'project')], {
    env: { ...process.env, HOME: folder, SECOND_GUESS_TOKEN: OWNER },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  base = await new Promise<URL>((done, fail) => {
    server.stdout?.once('data', (chunk: Buffer) => done(new URL(/http:\S+/.exec(chunk.toString())?.[0] ?? '')))
    server.once('exit', (code) => fail(new Error(`the server ended with ${code}`)))
  })
}, 300_000)

afterAll(() => {
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function ask(name: CallName, input: unknown, token: string) {
  const response = await fetch(new URL(`/api/${name}`, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  return { status: response.status, reply: (await response.json()) as Reply<unknown> }
}

async function call<N extends CallName>(name: N, input: Input<N>, token = OWNER): Promise<Output<N>> {
  const { reply } = await ask(name, input, token)
  if (reply.ok) return reply.value as Output<N>
  throw new Error(`${name}: ${reply.error.message}`)
}

/** Tokens of people who are looking at their first image. */
async function people(name: string, count: number): Promise<string[]> {
  const study = await call('studies.create', studyConfig({ name }, { practiceTrials: 0 }))
  const invited = await call('studies.invite', { study: study.id, count })
  const tokens = invited.map(({ token }) => token)
  for (const token of tokens) await call('session.open', { token, environment: ENVIRONMENT }, token)
  return tokens
}

const opened = (token: string, options: { autoPong?: boolean } = {}) =>
  new Promise<WebSocket>((done, fail) => {
    const socket = new WebSocket(`ws://${base.host}/session?token=${token}`, options)
    socket.on('open', () => done(socket))
    socket.on('error', fail)
  })

const shown = (socket: WebSocket, token: string): Promise<Reply<unknown>> =>
  new Promise((done) => {
    socket.once('message', (data: Buffer) => done((JSON.parse(data.toString()) as { reply: Reply<unknown> }).reply))
    socket.send(JSON.stringify({ id: 1, name: 'session.image', input: { token, practice: false, trial: 0 } }))
  })

/** Resident memory of the server, in bytes. */
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024

/** A WebSocket text frame as a client sends it, masked with zeros. */
function frame(text: string, opcode = 0x81): Buffer {
  const payload = Buffer.from(text)
  const head =
    payload.length < 126
      ? Buffer.from([opcode, 0x80 | payload.length])
      : Buffer.from([opcode, 0x80 | 126, payload.length >> 8, payload.length & 255])
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

describe.skipIf(process.platform !== 'linux')('a socket that asks and never reads', () => {
  test.each([
    [
      'calls',
      (token: string) =>
        frame(JSON.stringify({ id: 1, name: 'session.image', input: { token, practice: false, trial: 0 } })),
    ],
    ['pings', () => frame('x'.repeat(125), 0x89)],
  ])(
    'takes a bounded amount of memory with %s, while another participant is answered',
    async (kind, made) => {
      const [flooding = '', other = ''] = await people(`flood of ${kind}`, 2)
      const calm = await opened(other)
      // What a few large replies cost is not the flood's.
      for (let i = 0; i < 20; i++) expect(await shown(calm, other)).toMatchObject({ ok: true })
      const before = resident()

      const raw = connect(Number(base.port), base.hostname)
      onTestFinished(() => void raw.destroy())
      raw.on('error', () => {})
      raw.write(
        `GET /session?token=${flooding} HTTP/1.1\r\nHost: ${base.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      )
      const greeting = await new Promise<string>((done) => raw.once('data', (chunk: Buffer) => done(chunk.toString())))
      expect(greeting).toContain('101')
      raw.pause()
      // 4,000 replies would be a gigabyte; 400,000 pongs fifty megabytes and their bookkeeping.
      const batch = Buffer.concat(Array.from({ length: 100 }, () => made(flooding)))
      const batches = kind === 'calls' ? 40 : 4000
      for (let i = 0; i < batches && !raw.destroyed; i++) {
        // The peer's own buffer is no part of this test: it waits a turn, never for the server to read.
        if (raw.writableLength < 2 ** 22) raw.write(batch)
        if (i % 10 === 0) expect(await shown(calm, other)).toMatchObject({ ok: true })
      }
      expect(resident() - before).toBeLessThan(100 * 2 ** 20)
      expect(await call('studies.door', {})).toMatchObject({ network: false })
      calm.close()
    },
    120_000,
  )
})

describe('sockets of one token', () => {
  test('one more than may be closes the oldest, and the newest is answered', async () => {
    const [token = ''] = await people('many sockets', 1)
    const closed: [number, number][] = []
    const sockets: WebSocket[] = []
    for (let i = 0; i < 6; i++) {
      const socket = await opened(token)
      socket.on('close', (code) => closed.push([i, code]))
      sockets.push(socket)
    }
    // Two connections may hear of it in either order.
    const inOrder = () => closed.toSorted(([a], [b]) => a - b)
    await vi.waitFor(
      () =>
        expect(inOrder()).toEqual([
          [0, REPLACED],
          [1, REPLACED],
        ]),
      20_000,
    )
    for (const socket of sockets.slice(2)) expect(await shown(socket, token)).toMatchObject({ ok: true })
    for (const socket of sockets) socket.terminate()
  }, 60_000)

  test('a recruitment link, which is many people’s, opens none', async () => {
    const study = await call('studies.create', studyConfig({ name: 'recruited' }))
    await expect(opened(study.joinToken)).rejects.toThrow('401')
    expect(await call('session.join', { join: study.joinToken, external: null }, study.joinToken)).toHaveProperty(
      'token',
    )
  })
})

test('requests of one token at once are bounded; others’ are answered, and its own once there is room', async () => {
  const [token = '', other = ''] = await people('many requests', 2)
  const input = { token, environment: ENVIRONMENT }
  const body = JSON.stringify(input)
  // Announced and never sent: each is under way until it is cut off.
  const hold = (): ClientRequest => {
    const made = request(new URL('/api/session.open', base), {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'content-length': body.length },
    })
    made.on('error', () => {})
    made.write(body.slice(0, 5))
    return made
  }
  const held = Array.from({ length: 8 }, hold)
  onTestFinished(() => held.forEach((each) => each.destroy()))
  await vi.waitFor(async () => {
    const { status } = await ask('session.open', input, token)
    // One of those held came while a question of this test was under way, and was refused itself.
    if (status === 200) held.push(hold())
    expect(status).toBe(429)
  }, 20_000)
  expect((await ask('session.open', input, token)).reply).toMatchObject({ ok: false, error: { kind: 'cancelled' } })
  expect((await ask('session.open', { token: other, environment: ENVIRONMENT }, other)).status).toBe(200)
  for (const each of held) each.destroy()
  await vi.waitFor(async () => expect((await ask('session.open', input, token)).status).toBe(200), 20_000)
}, 90_000)

describe('peers that are gone', () => {
  /** A server of one socket in this process, and a client of it. */
  async function pair(take: (socket: WebSocket) => void, options: { autoPong?: boolean } = {}) {
    const http = createServer()
    const sockets = new WebSocketServer({ server: http, autoPong: false })
    onTestFinished(() => {
      sockets.close()
      http.closeAllConnections()
      http.close()
    })
    const accepted = new Promise<WebSocket>((done) =>
      sockets.on('connection', (socket) => {
        take(socket)
        done(socket)
      }),
    )
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
    const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, options)
    client.on('error', () => {})
    onTestFinished(() => client.terminate())
    await new Promise((done) => client.once('open', done))
    return { client, socket: await accepted }
  }
  const gone = (socket: WebSocket) => new Promise<void>((done) => socket.once('close', () => done()))

  test('one that answers no ping is cut off; one that does stays', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const pingMs = 1000
    const registry = socketRegistry({ inAll: 10, ofOneToken: 10 }, pingMs)
    onTestFinished(() => registry.close())
    const silent = await pair((socket) => registry.add(socket, 'a'), { autoPong: false })
    const alive = await pair((socket) => registry.add(socket, 'b'))
    const cut = gone(silent.socket)
    const answered = new Promise((done) => alive.socket.once('pong', done))
    vi.advanceTimersByTime(pingMs)
    await answered
    vi.advanceTimersByTime(pingMs)
    await cut
    expect(alive.socket.readyState).toBe(WebSocket.OPEN)
    expect(registry.hasRoom()).toBe(true)
  })

  test('one that has asked and reads nothing is cut off', async () => {
    const large = 'x'.repeat(8 << 20)
    const { client, socket } = await pair((taken) =>
      answerCalls(taken, {
        parse: (data) => (data as Buffer).toString(),
        answer: () => Promise.resolve(large),
        stalledMs: 50,
      }),
    )
    client.pause()
    const cut = gone(socket)
    for (let i = 0; i < 20; i++) client.send('call')
    await cut
  })

  test('every call is answered once, in order, however many arrive at once', async () => {
    const { client } = await pair((taken) =>
      answerCalls(taken, { parse: (data) => (data as Buffer).toString(), answer: (call) => Promise.resolve(call) }),
    )
    const heard: string[] = []
    client.on('message', (data: Buffer) => heard.push(data.toString()))
    const asked = Array.from({ length: 500 }, (_, i) => String(i))
    for (const each of asked) client.send(each)
    await vi.waitFor(() => expect(heard).toEqual(asked), 20_000)
  })
})
