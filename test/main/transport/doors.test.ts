/** The browser door as built: what it serves, and exploits that must not work. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { readAsset } from '../../../src/main/transport/assets'
import { createAccess } from '../../../src/main/transport/access'
import { safeParts } from '../../../src/main/transport/uploads'
import type { JobInfo } from '../../../src/contract'
import { until } from '../../support/until'
import { build, entry, repository } from '../program'
import { mkdtempSync, rmSync } from 'node:fs'

let server: ChildProcess
let folder: string
let url: URL
let token: string

beforeAll(async () => {
  build()
  folder = mkdtempSync(join(tmpdir(), 'second-guess-door-'))
  server = spawn(process.execPath, [entry('serve'), '--project', join(folder, 'project')], {
    env: { ...process.env, HOME: folder, SECOND_GUESS_TOKEN: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const printed = await new Promise<string>((done, fail) => {
    server.stdout?.once('data', (line: Buffer) => done(line.toString()))
    server.once('exit', (code) => fail(new Error(`the door ended with ${code}`)))
  })
  url = new URL(/http:\S+/.exec(printed)?.[0] ?? '')
  token = url.searchParams.get('token') ?? ''
}, 300_000)

afterAll(async () => {
  server.removeAllListeners('exit')
  const ended = new Promise((done) => server.once('exit', (code, signal) => done([code, signal])))
  server.kill('SIGTERM')
  // It ends by itself, cleanly, and takes its temporary folder with it.
  expect(await ended).toEqual([0, null])
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** A request with exactly these headers: `fetch` would set Host and tidy the path. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((done, fail) => {
    const { method = 'GET', headers = {}, body } = options
    const asked = request(
      { host: '127.0.0.1', port: url.port, path, method, headers, setHost: !('host' in headers), agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
        )
      },
    )
    asked.on('error', fail)
    asked.end(body)
  })
}

const call = (name: string, input: unknown, headers: Record<string, string> = {}) =>
  ask(`/api/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  })

/** The status the upgrade is answered with, or 101 and the socket. */
function events(query: string, headers: Record<string, string> = {}): Promise<{ status: number; socket?: WebSocket }> {
  return new Promise((done) => {
    const socket = new WebSocket(`ws://127.0.0.1:${url.port}/events${query}`, { headers })
    socket.on('open', () => done({ status: 101, socket }))
    socket.on('unexpected-response', (_, response) => done({ status: response.statusCode ?? 0 }))
    socket.on('error', () => done({ status: -1 }))
  })
}

describe('what it serves', () => {
  test('the window, with a policy that starts from nothing', async () => {
    const { status, headers, body } = await ask('/')
    expect([status, body]).toEqual([200, expect.stringContaining('<div id="app">')])
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src[^;]*unsafe|\*/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    })
  })

  test('calls, with their values as data', async () => {
    const { status, body } = await call('project.current', {})
    expect([status, JSON.parse(body)]).toMatchObject([200, { ok: true, value: { path: join(folder, 'project') } }])
  })

  test('events of work that another request started', async () => {
    const { socket } = await events(`?token=${token}`)
    if (!socket) throw new Error('no socket')
    const states: string[] = []
    const done = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        const { name, payload } = JSON.parse(data.toString()) as { name: string; payload: { state: string } }
        if (name === 'job.changed') states.push(payload.state)
        if (payload.state === 'done') resolve()
      }),
    )
    await call('data.createDemo', { seed: 1, images: 400 })
    await done
    expect(states[0]).toBe('running')
    socket.close()
    const { body } = await call('data.pixels', { imageSet: 'demo', indices: [3, 1] })
    const { value } = JSON.parse(body) as { value: { pixels: { $bytes: string } } }
    expect(Buffer.from(value.pixels.$bytes, 'base64')).toHaveLength(2 * 32 * 32 * 3)
  }, 60_000)

  test('answers while an import runs; cancelled, it leaves no trace', async () => {
    const datasets = join(folder, 'project', 'datasets')
    const before = readdirSync(datasets)
    const { body } = await call('data.createDemo', { seed: 2, images: 50_000 })
    const { id } = (JSON.parse(body) as { value: { id: string } }).value
    const job = async () => {
      const { value } = JSON.parse((await call('jobs.list', {})).body) as { value: JobInfo[] }
      return value.find((each) => each.id === id)
    }
    // Half a minute of work and more: an answer with its progress is one that did not wait for the end.
    await until('the worker is at it', async () => (await job())?.progress)
    expect((await job())?.state).toBe('running')
    await call('jobs.cancel', { id })
    // A job that ran to its end would be done: this one ended early.
    const ended = await until('the job has ended', async () => {
      const found = await job()
      return found?.state === 'running' ? null : found
    })
    expect(ended.state).toBe('cancelled')
    expect(readdirSync(datasets)).toEqual(before)
  }, 120_000)
})

describe('who may ask', () => {
  test.each([
    ['no token', {}],
    ['a wrong token', { authorization: 'Bearer wrong' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['the token in another scheme', { authorization: 'Basic abc' }],
  ])('%s: 401', async (_, headers) => {
    const { status, body } = await ask('/api/project.current', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    })
    expect([status, JSON.parse(body)]).toMatchObject([401, { ok: false, error: { kind: 'forbidden' } }])
    expect((await ask('/upload', { method: 'POST', headers, body: '' })).status).toBe(401)
  })

  test('the token in the address opens no call', async () => {
    const headers = { 'content-type': 'application/json' }
    expect((await ask(`/api/project.current?token=${token}`, { method: 'POST', headers, body: '{}' })).status).toBe(401)
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', 'app://second-guess'])(
    'the Origin %s with the right token: 403',
    async (origin) => {
      expect((await call('project.current', {}, { origin })).status).toBe(403)
      expect((await events(`?token=${token}`, { origin })).status).toBe(403)
      expect((await ask('/', { headers: { origin } })).status).toBe(403)
    },
  )

  test.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:80'])(
    'the Host %s with the right token: 421',
    async (host) => {
      expect((await call('project.current', {}, { host })).status).toBe(421)
      expect((await events(`?token=${token}`, { host })).status).toBe(421)
      expect((await ask('/', { headers: { host } })).status).toBe(421)
    },
  )

  test('events need the token', async () => {
    for (const query of ['', '?token=', '?token=wrong', `?token=${token}x`])
      expect((await events(query)).status).toBe(401)
    const { status, socket } = await events(`?token=${token}`, { origin: `http://127.0.0.1:${url.port}` })
    expect(status).toBe(101)
    socket?.close()
  })

  test('it listens on 127.0.0.1 only', async () => {
    const refused = await new Promise((done) => {
      const socket = connect({ host: '127.0.0.2', port: Number(url.port) })
      socket.on('connect', () => (socket.destroy(), done(false)))
      socket.on('error', () => done(true))
    })
    expect(refused).toBe(true)
  })

  test('an address given to the network is known by its own names only', () => {
    const access = createAccess('192.0.2.7', 80, 'secret')
    const ask = (host: string) => access.refusal({ host, origin: undefined, token: 'secret' })
    expect([ask('192.0.2.7:80'), ask('127.0.0.1:80'), ask('evil.example:80')]).toEqual([null, 421, 421])
  })
})

describe('malformed and oversized', () => {
  test.each([
    ['no JSON', '{"path": ', 400],
    ['nothing', '', 400],
  ])('%s as a body: refused', async (_, body, status) => {
    expect((await call('project.open', body)).status).toBe(status)
  })

  test('a body of another type: 415', async () => {
    expect((await call('project.current', '{}', { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('a body beyond the limit is cut off: 413, or no answer at all while it is still being sent', async () => {
    const body = JSON.stringify({ path: 'x'.repeat(9 << 20) })
    const send = (headers: Record<string, string>) =>
      call('project.open', body, headers).then(
        ({ status }) => status,
        () => 0,
      )
    expect([413, 0]).toContain(await send({}))
    expect([413, 0]).toContain(await send({ 'transfer-encoding': 'chunked' }))
    expect((await call('project.current', {})).status).toBe(200)
  })

  test.each(['__proto__', 'constructor', 'toString', 'project', 'project.current/../jobs.list', 'a'.repeat(5000)])(
    'the call %s is not there',
    async (name) => {
      const { body } = await call(encodeURIComponent(name), {})
      expect(JSON.parse(body)).toMatchObject({ ok: false, error: { kind: 'not-found' } })
    },
  )

  test('prototype keys reach no handler', async () => {
    const { body } = await call('project.open', '{"__proto__": {"path": "/tmp/x"}}')
    expect(JSON.parse(body)).toMatchObject({ ok: false, error: { kind: 'bad-input' } })
    expect(JSON.parse((await call('project.current', {})).body)).toMatchObject({
      value: { path: join(folder, 'project') },
    })
  })

  test('who sends on the event socket is disconnected, whatever it is', async () => {
    for (const message of ['hello', Buffer.alloc(10), 'x'.repeat(100_000)]) {
      const { socket } = await events(`?token=${token}`)
      const closed = new Promise<number>((done) => socket?.on('close', done))
      socket?.send(message)
      expect([1008, 1009, 1006]).toContain(await closed)
    }
    expect((await call('project.current', {})).status).toBe(200)
  })

  test('an upload that is no form is refused', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=x' }
    expect((await ask('/upload', { method: 'POST', headers, body: 'not a form' })).status).toBe(400)
  })
})

describe('paths', () => {
  test.each([
    '/../package.json',
    '/../../package.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2f%2e%2e%2fpackage.json',
    '/..%2fpackage.json',
    '/..%5cpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/%252e%252e/package.json',
    '//etc/hosts.json',
    '/%00/index.html',
    '/index.html%00.png',
    '/C:/package.json',
    '/%',
    '/main/cli.js',
    '/../main/cli.js',
    '/../main/cli.js.map',
  ])('%s gives nothing', async (path) => {
    const { status, body } = await ask(path)
    expect([status, body]).toEqual([404, 'Not found'])
  })

  test('assets are contained after decoding, and only known types are given', async () => {
    const out = join(repository, 'out', 'renderer')
    expect((await readAsset(out, '/index.html'))?.type).toBe('text/html; charset=utf-8')
    expect((await readAsset(out, '/'))?.type).toBe('text/html; charset=utf-8')
    expect(await readAsset(out, '/../main/cli.js')).toBeNull()
    expect(await readAsset(join(repository, 'src'), '/contract/index.ts')).toBeNull()
  })

  test('names of dropped files cannot leave their folder', async () => {
    expect(safeParts('cats/./cat.png')).toEqual(['cats', 'cat.png'])
    for (const name of ['../x', 'a/../../x', '..\\x', '', '/', 'a\0b', 'C:\\x', 'x'.repeat(300)])
      expect(() => safeParts(name)).toThrow(/name of a file/)
    const form = new FormData()
    form.append('file', new File(['x'], '../../../escaped.txt'))
    const sent = await fetch(new URL('/upload', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: form,
    })
    expect(await sent.json()).toMatchObject({ ok: false, error: { kind: 'bad-input' } })
    const good = new FormData()
    good.append('file', new File(['one'], 'pets/cat/1.txt'))
    good.append('file', new File(['two'], 'pets/dog/1.txt'))
    const stored = await fetch(new URL('/upload', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: good,
    })
    const { value } = (await stored.json()) as { value: string[] }
    expect(value).toHaveLength(1)
    expect(readdirSync(value[0] ?? '').sort()).toEqual(['cat', 'dog'])
  })
})
