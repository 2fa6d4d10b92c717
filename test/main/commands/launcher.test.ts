/** `npm run serve` and `npm start` launch the server through a script: killed, it takes the server with it. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { build, entry, repository } from '../program'
import { startServer, type ServerProcess } from '../server'
import { temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

const LINUX = process.platform === 'linux'

const script = (name: 'run' | 'start') => [join(repository, `scripts/${name}.mjs`)]

const answers = (server: ServerProcess) =>
  fetch(server.url).then(
    () => true,
    () => false,
  )

/** The one process that a script has started. */
const childOf = (pid: number) => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())

/** Gone, or collected by nobody yet. */
const ended = (pid: number) => !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

describe.runIf(LINUX)('a server behind a script', () => {
  test.each([
    ['npm run serve', 'run', ['serve'], {}],
    ['npm start', 'start', [], { ELECTRON_SKIP: '1' }],
  ] as const)('%s: killed, the server saves and ends', async (_, name, before, env) => {
    const home = temporaryFolder()
    const project = join(home, 'project')
    const server = await startServer({ script: script(name), args: [...before, '--project', project], home, env })
    const pid = childOf(server.child.pid ?? 0)
    expect(ended(pid)).toBe(false)
    await server.end('SIGKILL')
    await expect.poll(() => ended(pid), { timeout: 20_000 }).toBe(true)
    expect(server.stderr()).toContain('Ending: running work is saved')
    // SQLite removes its log when the last connection is closed in order.
    expect(existsSync(join(project, 'project.sqlite-wal'))).toBe(false)
    expect(await answers(server)).toBe(false)
  })

  test('ends with the script in order as before', async () => {
    const home = temporaryFolder()
    const server = await startServer({ script: script('run'), args: ['serve', '--project', join(home, 'p')], home })
    const pid = childOf(server.child.pid ?? 0)
    expect(await server.end('SIGTERM')).toEqual([0, null])
    expect(ended(pid)).toBe(true)
  })

  test('the channel to the script keeps no command alive that has done its work', async () => {
    const home = temporaryFolder()
    const demo = ['cli', 'study', 'simulate', '--project', join(home, 'p'), '--participants', '1']
    // Refused at once: there are no images.
    const child = spawn(process.execPath, [...script('run'), ...demo], { stdio: 'ignore' })
    expect(await new Promise((done) => child.once('exit', done))).toBe(1)
  })
})

describe.runIf(LINUX)('a server that was started directly', () => {
  test('outlives whoever started it', async () => {
    const home = temporaryFolder()
    // A shell that starts it in the background and ends, as nohup and init scripts do.
    const log = join(home, 'log')
    const command = `'${process.execPath}' '${entry('serve')}' --project '${join(home, 'p')}' > '${log}' 2>&1 & echo $!`
    const shell = spawn('/bin/sh', ['-c', command], {
      env: { ...process.env, HOME: home, TMPDIR: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const pid = await new Promise<number>((done) => shell.stdout.once('data', (line: Buffer) => done(Number(line))))
    try {
      await expect
        .poll(() => (existsSync(log) ? readFileSync(log, 'utf8') : ''), { timeout: 20_000 })
        .toMatch(/is at http/)
      const url = /is at (\S+)/.exec(readFileSync(log, 'utf8'))?.[1] ?? ''
      await sleep(500)
      expect((await fetch(url)).status).toBe(200)
    } finally {
      process.kill(pid, 'SIGTERM')
    }
    await expect.poll(() => ended(pid), { timeout: 20_000 }).toBe(true)
  })

  test('takes the mark of a script for nothing where there is no channel', async () => {
    const home = temporaryFolder()
    const server = await startServer({
      args: ['--project', join(home, 'p')],
      home,
      env: { SECOND_GUESS_LAUNCHER: String(process.pid) },
    })
    await sleep(300)
    expect(await answers(server)).toBe(true)
  })
})
