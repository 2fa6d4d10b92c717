/**
 * Ctrl+C, in real processes: the first ends politely, a second one always ends, also where nothing listens any more.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import ts from 'typescript'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { LIMITS } from '../../../src/formats/encodings/limits'
import { npyBytes } from '../../../src/formats/write/npy'
import type { FromWorker, Task, ToWorker, WorkerHandle } from '../../../src/main/workers/messages'
import { startTask } from '../../../src/main/workers/startTask'
import { build, repository, start } from '../program'
import { temporaryFolder } from '../temporary'

/** Longer than one Ctrl+C may take to arrive everywhere. */
const APART_MS = 500

function watched(child: ChildProcess) {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    child,
    ended: new Promise<{ code: number | null; signal: string | null }>((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal })),
    ),
    said: (words: string | RegExp) => vi.waitFor(() => expect(text).toMatch(words), { timeout: 20_000, interval: 20 }),
    text: () => text,
  }
}

/** A process that listens by `interruption()`, and what it does once asked to end. */
function interruptible(afterwards: string) {
  const folder = temporaryFolder()
  const source = readFileSync(join(repository, 'src/main/commands/progress.ts'), 'utf8')
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  writeFileSync(join(folder, 'progress.mjs'), ts.transpileModule(source, { compilerOptions: options }).outputText)
  const script = join(folder, 'main.mjs')
  writeFileSync(
    script,
    `import { writeSync } from 'node:fs'
    import { interruption } from './progress.mjs'
    const signal = interruption()
    // Somebody else's listener that swallows it.
    process.on('SIGINT', () => {})
    setInterval(() => {}, 1000)
    signal.addEventListener('abort', () => {
      writeSync(1, 'asked\\n')
      ${afterwards}
    })
    writeSync(1, 'ready\\n')`,
  )
  return watched(spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] }))
}

const byInterrupt = [
  { code: 130, signal: null },
  { code: null, signal: 'SIGINT' },
]

describe.skipIf(process.platform === 'win32')('a command that listens', () => {
  test('takes one Ctrl+C that arrives twice for one, and a second one ends it though it computes without pause', async () => {
    const busy = `setTimeout(() => { writeSync(1, 'busy\\n'); for (;;); }, ${APART_MS})`
    const process_ = interruptible(busy)
    await process_.said('ready')
    process_.child.kill('SIGINT')
    process_.child.kill('SIGINT')
    // Alive: it says so, and now hears nothing.
    await process_.said('busy')
    process_.child.kill('SIGINT')
    expect(byInterrupt).toContainEqual(await process_.ended)
  })

  test('a third at once ends it too', async () => {
    const process_ = interruptible('')
    await process_.said('ready')
    for (let times = 0; times < 3; times++) {
      process_.child.kill('SIGINT')
      await process_.said('asked')
      await sleep(20)
    }
    expect(byInterrupt).toContainEqual(await process_.ended)
  })

  test('the wrapper ends a child that hears nothing, after the second', async () => {
    const run = JSON.stringify(join(repository, 'scripts/run.mjs'))
    const deaf = "process.on('SIGINT', () => {}); console.log('deaf', process.pid); setTimeout(() => { for (;;); }, 50)"
    const script = `import { foreground } from ${run}; process.exitCode = await foreground(process.execPath, ['-e', ${JSON.stringify(deaf)}])`
    const wrapper = watched(
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] }),
    )
    await wrapper.said(/deaf \d+/)
    const pid = Number(/deaf (\d+)/.exec(wrapper.text())?.[1])
    wrapper.child.kill('SIGINT')
    await sleep(APART_MS)
    expect(wrapper.child.exitCode).toBeNull()
    wrapper.child.kill('SIGINT')
    expect(await wrapper.ended).toEqual({ code: 130, signal: null })
    expect(() => process.kill(pid, 0)).toThrow()
  })
})

describe('an import', () => {
  beforeAll(build, 300_000)

  test('stops at a Ctrl+C while a worker reads, and leaves nothing', async () => {
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    const images = join(folder, 'images.npy')
    // 100,000 black pictures, most of the file a hole.
    const head = Buffer.from(npyBytes('|u1', [0, 32, 32, 3], []))
    const text = head
      .toString('latin1')
      .replace(/'shape': \(0, 32, 32, 3\), \}\s{7}/, "'shape': (100000, 32, 32, 3), }  ")
    writeFileSync(images, Buffer.from(text, 'latin1'))
    truncateSync(images, head.length + 100_000 * 3072)
    const reading = watched(start('import', '--project', project, images))
    await reading.said('Reading images.npy')
    reading.child.kill('SIGINT')
    expect(await reading.ended).toEqual({ code: 1, signal: null })
    expect(reading.text().trimEnd().split('\n').at(-1)).toBe('Cancelled.')
    expect(existsSync(project)).toBe(false)
  })
})

/** A worker that does what the test says. */
function standIn() {
  const listeners: {
    message?: (message: FromWorker) => void
    exit?: (code: number | null, signal: string | null) => void
  } = {}
  const sent: ToWorker['type'][] = []
  let kills = 0
  const handle: WorkerHandle = {
    pid: 1,
    send: (message) => void sent.push(message.type),
    onMessage: (listener) => void (listeners.message = listener),
    onLine: () => undefined,
    onExit: (listener) => void (listeners.exit = listener),
    kill: () => {
      kills++
      listeners.exit?.(null, 'SIGKILL')
    },
  }
  return { handle, sent, kills: () => kills, say: (message: FromWorker) => listeners.message?.(message) }
}

describe('a worker that imports', () => {
  const work: Task = { kind: 'import', project: '/project', paths: ['/a.csv'] }
  const progress = { type: 'progress', progress: { label: 'Reading', done: 1, total: 2, secondsLeft: null } } as const

  function begin() {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const worker = standIn()
    return { ...worker, task: startTask(() => worker.handle, work, {}) }
  }

  test('is ended where it makes no progress, and the file is named', async () => {
    const { task, say, kills } = begin()
    vi.advanceTimersByTime(LIMITS.stallMs - 1)
    say(progress)
    vi.advanceTimersByTime(LIMITS.stallMs - 1)
    expect(kills()).toBe(0)
    vi.advanceTimersByTime(1)
    await expect(task.outcome).rejects.toMatchObject({
      kind: 'bad-file',
      message: 'Reading made no progress for 120 seconds and was ended.',
      where: { file: '/a.csv', place: 'reading' },
    })
  })

  test('is left alone once it changes the project, and not killed in the middle of that', () => {
    const { task, say, kills, sent } = begin()
    task.stop(700)
    say({ type: 'adding' })
    vi.advanceTimersByTime(29_999)
    expect(kills()).toBe(0)
    expect(sent).toEqual(['start', 'stop', 'stop'])
    vi.advanceTimersByTime(1)
    expect(kills()).toBe(1)
  })

  test('is killed where it does not hear while it reads', () => {
    const { task, kills } = begin()
    task.stop(700)
    vi.advanceTimersByTime(700)
    expect(kills()).toBe(1)
  })
})
