/**
 * The nginx example of docs/deployment.md, with Debian's nginx and a certificate of its own: a participant joins,
 * practices and answers over wss through the proxy. Needs nginx and openssl; skips and says so without them.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { JoinReply, Reply } from '../../../src/contract'
import type { AnswerReceipt, SessionView, StudyInfo } from '../../../src/domain/study'
import { parsePublicUrl } from '../../../src/main/transport/publicUrl'
import { createAccess } from '../../../src/main/transport/access'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { joinLink } from '../../../src/renderer/views/crowd/links'
import { build, repository } from '../program'
import { OWNER, startServer } from '../server'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { someImages, temporaryFolder } from '../temporary'

describe('a public address', () => {
  test.each([
    ['https://study.example.org', 'https://study.example.org'],
    ['https://Study.Example.org/', 'https://study.example.org'],
    ['https://study.example.org:443', 'https://study.example.org'],
    ['http://lab.local:8080', 'http://lab.local:8080'],
  ])('%s is %s', (text, origin) => expect(parsePublicUrl(text).origin).toBe(origin))

  test.each([
    ['study.example.org', /not an address|must begin/],
    ['ftp://study.example.org', /must begin with https/],
    ['javascript:alert(1)', /must begin with https/],
    ['https://me:secret@study.example.org', /user name or password/],
    ['https://study.example.org/?a=1', /query/],
    ['https://study.example.org/?', /query/],
    ['https://study.example.org/#x', /fragment/],
    ['https://example.org/study', /path \/study is not supported/],
  ])('%s is refused', (text, reason) => expect(() => parsePublicUrl(text)).toThrow(reason))

  test('is accepted beside the local ones, and nothing that only looks like it', () => {
    const access = createAccess('127.0.0.1', 4000, 'secret', new URL('https://study.example.org'))
    const ask = (host: string, origin?: string) => access.foreign({ host, origin })
    expect(ask('study.example.org', 'https://study.example.org')).toBeNull()
    expect(ask('STUDY.example.org')).toBeNull()
    expect(ask('127.0.0.1:4000', 'http://127.0.0.1:4000')).toBeNull()
    // A proxy that passes on the address it connects to.
    expect(ask('127.0.0.1:4000', 'https://study.example.org')).toBeNull()
    expect(ask('study.example.org', 'http://study.example.org')).toBe(403)
    expect(ask('study.example.org', 'http://127.0.0.1:4000')).toBe(403)
    expect(ask('study.example.org', 'https://evil.example')).toBe(403)
    expect(ask('study.example.org', 'null')).toBe(403)
    expect(ask('evil.example', 'https://study.example.org')).toBe(421)
    expect(ask('study.example.org.evil.example')).toBe(421)
    expect(ask('study.example.org:8443')).toBe(421)
  })
})

const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx'].find(existsSync)
const isReady = NGINX !== undefined && spawnSync('openssl', ['version']).status === 0
if (!isReady)
  process.stderr.write('Skipped: the nginx example needs nginx and openssl (apt-get install nginx-light openssl).\n')

const HOST = 'study.example.org'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

/** The example as documented, with ports, paths and certificate of this test. */
function exampleFor(folder: string, port: number, upstream: number): string {
  const example =
    /```nginx\n([\s\S]*?)```/.exec(readFileSync(join(repository, 'docs/deployment.md'), 'utf8'))?.[1] ?? ''
  const replaced = [
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['/etc/ssl/study.example.org.pem', join(folder, 'cert.pem')],
    ['/etc/ssl/study.example.org.key', join(folder, 'key.pem')],
    ['/var/log/nginx/study.log', join(folder, 'access.log')],
    ['http://127.0.0.1:21234', `http://127.0.0.1:${upstream}`],
  ] as const
  const site = replaced.reduce((text, [from, to]) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }, example)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/t;`)
    .join(' ')
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events {} http { ${temporary}
${site}
}`
}

async function startProxy(folder: string, port: number, upstream: number) {
  mkdirSync(folder)
  const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${HOST}`]
  const names = [
    '-addext',
    `subjectAltName=DNS:${HOST}`,
    '-keyout',
    join(folder, 'key.pem'),
    '-out',
    join(folder, 'cert.pem'),
  ]
  expect(spawnSync('openssl', [...certificate, ...names]).status).toBe(0)
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, exampleFor(folder, port, upstream))
  const nginx = spawn(NGINX ?? '', ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  nginx.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  onTestFinished(async () => {
    const gone = new Promise((done) => nginx.once('exit', done))
    nginx.kill('SIGTERM')
    await gone
  })
  await expect.poll(() => existsSync(join(folder, 'nginx.pid')) || said, { timeout: 10_000 }).toBe(true)
  return readFileSync(join(folder, 'cert.pem'))
}

describe.runIf(isReady)('behind nginx', () => {
  beforeAll(build, 300_000)

  test('a participant joins, practices and answers over wss; strangers are refused; links are public ones', async () => {
    const home = temporaryFolder()
    const project = join(home, 'project')
    const store = openProject(project)
    await addToProject(store, [someImages(60, 'images'), someImages(40, 'obvious', 100)])
    store.close()
    const port = await freePort()
    const origin = `https://${HOST}:${port}`
    const server = await startServer({ home, args: ['--project', project, '--public-url', origin] })
    expect(server.url.origin).toBe(origin)
    const local = /It listens at (\S+?):(\d+):/.exec(await said(server.stderr))
    const upstream = Number(local?.[2])
    const folder = join(home, 'nginx')
    const ca = await startProxy(folder, port, upstream)

    interface Asked {
      status: number
      body: string
    }
    const ask = (path: string, input: unknown, token: string, headers: Record<string, string> = {}) =>
      new Promise<Asked>((done, fail) => {
        const sent = request(
          {
            host: '127.0.0.1',
            port,
            servername: HOST,
            ca,
            path,
            method: input === undefined ? 'GET' : 'POST',
            agent: false,
            headers: {
              host: `${HOST}:${port}`,
              origin,
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              ...headers,
            },
          },
          (response) => {
            let body = ''
            response.on('data', (chunk: Buffer) => (body += chunk.toString()))
            response.on('end', () => done({ status: response.statusCode ?? 0, body }))
          },
        )
        sent.on('error', fail)
        sent.end(input === undefined ? undefined : JSON.stringify(input))
      })
    const call = async <T>(name: string, input: unknown, token = OWNER): Promise<T> => {
      const reply = JSON.parse((await ask(`/api/${name}`, input, token)).body) as Reply<T>
      if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
      return reply.value
    }

    // What the owner is shown.
    const door = await call<{ address: string }>('studies.door', {})
    expect(door).toEqual({ address: origin, network: true, lasting: true, canOpen: false })
    const study = await call<StudyInfo>(
      'studies.create',
      studyConfig({}, { imagesPerParticipant: 10, practiceTrials: 2 }),
    )
    expect(joinLink(door.address, study.joinToken)).toBe(`${origin}/study.html?join=${study.joinToken}`)
    expect((await ask('/study.html', undefined, '')).status).toBe(200)

    // Strangers, through the proxy and at its back door.
    const foreign = async (headers: Record<string, string>) =>
      (await ask('/api/project.current', {}, OWNER, headers)).status
    expect(await foreign({ host: 'evil.example' })).toBe(421)
    expect(await foreign({ origin: 'https://evil.example' })).toBe(403)
    expect(await foreign({ origin: `http://${HOST}:${port}` })).toBe(403)
    expect(await foreign({ host: 'evil.example', 'x-forwarded-host': `${HOST}:${port}` })).toBe(421)
    expect((await ask('/api/project.current', {}, 'wrong')).status).toBe(401)
    const socketTo = (path: string, headers: Record<string, string> = {}) =>
      new Promise<WebSocket | number>((done) => {
        const options = { ca, servername: HOST, headers: { host: `${HOST}:${port}`, origin, ...headers } }
        const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, options)
        socket.on('open', () => done(socket))
        socket.on('unexpected-response', (_, response) => done(response.statusCode ?? 0))
        socket.on('error', () => done(-1))
      })
    expect(await socketTo(`/events?token=${OWNER}`, { origin: 'https://evil.example' })).toBe(403)
    expect(await socketTo(`/events?token=${OWNER}`, { host: 'evil.example' })).toBe(421)

    // A participant, from the link to the last answer.
    const join_ = {
      join: study.joinToken,
      external: { service: 'prolific', participant: 'P1', study: '', session: '' },
    }
    const { token } = await call<JoinReply>('session.join', join_, study.joinToken)
    const socket = await socketTo(`/session?token=${token}`)
    if (typeof socket === 'number') throw new Error(`The upgrade was answered with ${socket}.`)
    let last = 0
    const over = <T>(name: string, input: object) =>
      new Promise<T>((done, fail) => {
        const id = ++last
        const hear = (data: Buffer) => {
          const { id: answered, reply } = JSON.parse(data.toString()) as { id: number; reply: Reply<T> }
          if (answered !== id) return
          socket.off('message', hear)
          if (reply.ok) done(reply.value)
          else fail(new Error(reply.error.message))
        }
        socket.on('message', hear)
        socket.send(JSON.stringify({ id, name, input: { token, ...input } }))
      })
    const view = await over<SessionView>('session.open', { environment: ENVIRONMENT })
    expect(view).toMatchObject({ stage: 'practice', practice: { total: 2 } })
    let { stage } = view
    let position = 0
    let answers = 0
    while (stage === 'practice' || stage === 'trials') {
      const practice = stage === 'practice'
      const { pixels } = await over<{ pixels: { $bytes: string } }>('session.image', { practice, trial: position })
      const chosen = (Buffer.from(pixels.$bytes, 'base64')[0] ?? 0) % 10
      const answer = {
        practice,
        trial: position,
        chosen,
        slot: view.layout.indexOf(chosen),
        reactionTimeMs: 500 + answers,
        onsetMs: answers * 900,
        elapsedMs: answers * 900 + 600,
        focusLosses: 0,
      }
      ;({ stage, position } = await over<AnswerReceipt>('session.answer', { answer }))
      answers++
    }
    expect([stage, answers]).toEqual(['finished', 2 + 10 + 2])
    expect(await call<StudyInfo[]>('studies.list', {})).toMatchObject([{ judgments: 10, sessions: { finished: 1 } }])

    // The server says through the proxy that it ends, and no token is in the proxy's log.
    const closed = new Promise<number>((done) => socket.on('close', done))
    await server.end()
    expect(await closed).toBe(4001)
    const log = readFileSync(join(folder, 'access.log'), 'utf8')
    expect(log).toContain('GET /session')
    for (const secret of [token ?? '', OWNER, study.joinToken]) expect(log).not.toContain(secret)
  }, 60_000)
})

async function said(stderr: () => string): Promise<string> {
  await expect.poll(stderr).toContain('It listens at')
  return stderr()
}
