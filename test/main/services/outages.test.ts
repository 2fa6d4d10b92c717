/**
 * What must not end or freeze the program, or lose what was finished: errors that nothing caught, a full disk, another
 * process's write lock.
 */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { FromWorker, LaunchWorker, ToWorker } from '../../../src/main/workers/messages'
import { diskPatience } from '../../../src/main/runs/diskPatience'
import { createServices } from '../../../src/main/services'
import { createDispatch } from '../../../src/main/services/dispatch'
import type { Handlers } from '../../../src/contract/handlers'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { writeAtomically } from '../../../src/main/storage/files'
import { isBusy, mayPass, toStudioError } from '../../../src/main/process/systemErrors'
import { CALLS } from '../../../src/contract'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import { StudioError } from '../../../src/domain/errors'
import { cifarBatch } from '../given'
import { build, entry, start } from '../program'
import { openStudio, participant, type Studio } from '../studySetup'
import { studyConfig } from '../studyConfig'
import { someImages, someLabels, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

describe('errors that nothing caught', () => {
  /** A module that is loaded before the program, and throws inside it. */
  const faulty = (folder: string, text: string) => {
    const file = join(folder, 'faulty.mjs')
    writeFileSync(file, text)
    return {
      ...process.env,
      HOME: folder,
      SECOND_GUESS_TOKEN: 'a-token-of-these-tests',
      NODE_OPTIONS: `--import=${file}`,
    }
  }

  test('a server logs what is thrown in a timer or rejected unheard, and still answers', async () => {
    const folder = temporaryFolder()
    const env = faulty(
      folder,
      `process.on('SIGUSR2', () => {
         setTimeout(() => { throw new Error('thrown in a timer') })
         Promise.reject(new Error('rejected unheard'))
       })`,
    )
    const server = spawn(process.execPath, [entry('serve'), '--project', join(folder, 'project')], { env })
    onTestFinished(() => void server.kill('SIGKILL'))
    let [out, said] = ['', '']
    server.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await vi.waitFor(() => expect(out).toMatch(/http:\S+/), 60_000)
    server.kill('SIGUSR2')
    await vi.waitFor(() => {
      expect(said).toContain('thrown in a timer')
      expect(said).toContain('rejected unheard')
    }, 60_000)
    const url = new URL(/http:\S+/.exec(out)?.[0] ?? '')
    const response = await fetch(new URL('/api/project.current', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer a-token-of-these-tests' },
      body: '{}',
    })
    expect(await response.json()).toMatchObject({ ok: true, value: { path: join(folder, 'project') } })
    expect(server.exitCode).toBeNull()
  }, 180_000)

  test('a short command ends with 1 and the reason in the last line', () => {
    const folder = temporaryFolder()
    openProject(folder).close()
    const env = faulty(
      folder,
      `process.on('newListener', (name) => {
         if (name === 'uncaughtException') setTimeout(() => { throw new Error('thrown in a timer') })
       })`,
    )
    const { status, stderr } = spawnSync(process.execPath, [entry('cli'), 'networks'], { env, encoding: 'utf8' })
    expect([status, stderr.trimEnd().split('\n').at(-1)]).toEqual([1, 'thrown in a timer'])
  }, 60_000)
})

describe('what the system reports', () => {
  const coded = (code: string, path?: string) => Object.assign(new Error(`${code}: something`), { code, path })

  test.each([
    ['SQLITE_FULL', 'conflict', /disk is full/],
    ['SQLITE_BUSY', 'conflict', /locked/],
    ['SQLITE_BUSY_SNAPSHOT', 'conflict', /locked/],
    ['SQLITE_READONLY', 'forbidden', /read-only/],
    ['SQLITE_READONLY_DBMOVED', 'conflict', /moved or deleted/],
    ['SQLITE_CORRUPT_VTAB', 'bad-file', /damaged/],
    ['SQLITE_IOERR_WRITE', 'conflict', /reported an error/],
    ['ENOSPC', 'conflict', /disk is full/],
    ['EDQUOT', 'conflict', /quota/],
    ['EACCES', 'forbidden', /permission/],
    ['EROFS', 'forbidden', /read-only/],
    ['EMFILE', 'conflict', /Too many files/],
  ])('%s is told as what it is', (code, kind, message) => {
    const known = toStudioError(coded(code, '/some/file'))
    expect(known).toMatchObject({
      kind,
      message: expect.stringMatching(message) as string,
      where: { file: '/some/file' },
    })
    // Nothing in it advises to overwrite or delete the project.
    expect(known.where.hint ?? '').not.toMatch(/^(Delete|Remove|Restore)/)
    expect(known.where.details).toBeUndefined()
  })

  test('a refusal of a service stays as it is; what lies behind it is still known', () => {
    const refusal = new StudioError('bad-file', 'As the service says.', {}, { cause: coded('SQLITE_BUSY') })
    expect(toStudioError(refusal)).toBe(refusal)
    expect([isBusy(refusal), mayPass(refusal), mayPass(new RangeError('odd'))]).toEqual([true, true, false])
    expect(toStudioError(new RangeError('odd'))).toMatchObject({ kind: 'internal', message: 'odd' })
  })

  test.each([
    new RangeError('/srv/project/runs/1 is odd'),
    coded('ENOSPC', '/srv/project/project.sqlite'),
    coded('SQLITE_FULL'),
    new StudioError('bad-file', 'The file /srv/project is damaged.', { file: '/srv/project', details: 'at /srv/x.ts' }),
    new StudioError('conflict', 'The study is closed.', { file: '/srv/project', details: 'at /srv/x.ts' }),
  ])('a participant is told no stack and no path (%s)', async (error) => {
    const failing = { 'session.answer': () => Promise.reject(error) } as unknown as Handlers
    expect(Object.keys(CALLS)).toContain('session.answer')
    const token = 'x'.repeat(20)
    const answer = {
      practice: true,
      trial: 0,
      chosen: 0,
      slot: 0,
      reactionTimeMs: 1,
      onsetMs: 1,
      elapsedMs: 2,
      focusLosses: 0,
    }
    const reply = await createDispatch(failing)('session.answer', { token, answer }, { participant: token })
    expect(JSON.stringify(reply)).not.toMatch(/srv|stack|details|\.ts/)
    const message =
      error instanceof StudioError && error.kind === 'conflict'
        ? error.message
        : (expect.stringContaining('will be sent again') as string)
    expect(reply).toMatchObject({ ok: false, error: { message } })
  })
})

const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'images',
  labelSet: 'labels',
  protocol: 'described',
  folds: 4,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 4,
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
const RESULT = { measures: { accuracy: 1 }, heldOut: 5, attacks: [] }

/** A worker that says and does what the test tells it. */
function puppet() {
  let say: (message: FromWorker) => void = () => {}
  let exit: () => void = () => {}
  const heard: ToWorker[] = []
  const launch: LaunchWorker = () => ({
    pid: undefined,
    send(message: ToWorker) {
      heard.push(message)
      if (message.type === 'pause' || message.type === 'stop') setTimeout(() => exit())
    },
    onMessage: (listener) => (say = listener),
    onLine: () => {},
    onExit: (listener) => (exit = () => listener(0, null)),
    kill: () => exit(),
  })
  return {
    launch,
    say: (message: FromWorker) => say(message),
    exit: () => exit(),
    acknowledged: () => heard.flatMap((message) => (message.type === 'ack' ? [message.id] : [])),
    started: () => heard.some(({ type }) => type === 'start'),
  }
}

/** Services whose one run is at work in a puppet. */
async function training(folder: string) {
  const worker = puppet()
  const services = createServices({ launch: worker.launch, worksQueue: true, recentFile: null })
  onTestFinished(() => services.close(), 60_000)
  await services.project.open(folder)
  const store = services.project.store()
  await addToProject(store, [
    someImages(60, 'images'),
    someImages(40, 'obvious', 100),
    someLabels(60, 'labels', 'images'),
  ])
  const [run] = await services.runs.queue([config])
  if (!run) throw new Error('not queued')
  await vi.waitFor(() => expect(worker.started()).toBe(true), 60_000)
  const studio: Studio = {
    folder,
    services,
    async call(name, input, role = 'owner') {
      const reply = await services.dispatch(name, input, role)
      if (reply.ok) return reply.value as never
      throw StudioError.fromData(reply.error)
    },
  }
  return {
    worker,
    services,
    store,
    id: run.id,
    studio,
    now: () => services.runs.list().find(({ id }) => id === run.id),
  }
}
const point = (step: number) => ({ step, epoch: 0, trainLoss: 1 }) as never

/** A file system of `megabytes` at `folder`; false where this machine does not let us make one. */
function mountSmall(folder: string, megabytes: number): boolean {
  mkdirSync(folder, { recursive: true })
  if (process.platform !== 'linux') return false
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  return status === 0
}

/** Takes all the room there is; answers the function that gives it back. */
function fill(folder: string): () => void {
  const file = join(folder, 'ballast')
  const handle = openSync(file, 'w')
  try {
    for (const size of [1 << 20, 1 << 12, 1]) {
      const bytes = Buffer.alloc(size)
      try {
        for (;;) if (writeSync(handle, bytes) === 0) break
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' })
      }
    }
  } finally {
    closeSync(handle)
  }
  return () => rmSync(file)
}

const small = (() => {
  const folder = join('/tmp', `second-guess-small-${process.pid}`)
  const mounted = mountSmall(folder, 16)
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
  if (!mounted)
    process.stderr.write('SKIPPED: no small file system can be mounted here, so a full disk is not tested.\n')
  return mounted
})()

describe.skipIf(!small)('a full disk', () => {
  function disk(): string {
    const folder = join(temporaryFolder(), 'disk')
    expect(mountSmall(folder, 16)).toBe(true)
    onTestFinished(() => void spawnSync('umount', ['-l', folder]))
    return folder
  }

  test('a run at work waits, says why, and loses neither its points nor its result', async () => {
    const folder = disk()
    const { worker, store, id, studio, now } = await training(join(folder, 'project'))
    worker.say({ type: 'run', id: 1, news: { type: 'opened', device: 'CPU', engine: 'E', resumedAt: 0 } })
    worker.say({ type: 'run', id: 2, news: { type: 'points', points: [point(1)] } })
    await vi.waitFor(() => expect(worker.acknowledged()).toEqual([1, 2]))

    const free = fill(folder)
    // Larger than what is left in pages that the log has already.
    const many = Array.from(
      { length: 2000 },
      (_, i) => ({ ...(point(i + 2) as object), note: 'x'.repeat(200) }) as never,
    )
    worker.say({ type: 'run', id: 3, news: { type: 'points', points: many } })
    await vi.waitFor(() => expect(now()?.error?.message).toMatch(/disk is full/), 20_000)
    expect(now()).toMatchObject({
      state: 'running',
      error: { hint: expect.stringMatching(/Free some space/) as string },
    })
    // Not acknowledged: the worker may not go on as if they had been stored.
    expect(worker.acknowledged()).toEqual([1, 2])
    expect(await studio.call('runs.list', {})).toHaveLength(1)

    // It ends meanwhile: its result waits behind its points.
    worker.say({ type: 'done', id: 4, outcome: { kind: 'finished', result: RESULT } })
    worker.exit()
    free()
    await vi.waitFor(() => expect(now()?.state).toBe('done'), 30_000)
    expect(now()).toMatchObject({ error: null, result: RESULT })
    expect(store.runs.metrics(id)).toHaveLength(2001)
    expect(worker.acknowledged()).toEqual([1, 2, 3, 4])
  }, 120_000)

  test('the outcome of a run is written as soon as there is room, however often it could not be', async () => {
    const folder = disk()
    const { worker, store, id, now } = await training(join(folder, 'project'))
    const free = fill(folder)
    const details = 'x'.repeat(4 << 20)
    worker.say({ type: 'failed', id: 1, error: { kind: 'device', message: 'The device was lost.', details } })
    worker.exit()
    await vi.waitFor(() => expect(now()?.error?.message).toMatch(/disk is full/), 20_000)
    expect(store.runs.find(id)?.state).toBe('running')
    free()
    await vi.waitFor(
      () => expect(now()).toMatchObject({ state: 'failed', error: { message: 'The device was lost.' } }),
      30_000,
    )
  }, 120_000)

  test('a participant is told that the answer will be sent again, and sent again it is stored once', async () => {
    const folder = disk()
    const { studio, store } = await training(join(folder, 'project'))
    const { id } = await studio.call('studies.create', studyConfig({}, { practiceTrials: 0 }))
    const [invited] = await studio.call('studies.invite', { study: id, count: 1 })
    const person = participant(studio, invited?.token ?? '')
    await person.open()
    const free = fill(folder)
    let refused: unknown = null
    const given: ReturnType<typeof person.make>[] = []
    // The log has some room left: it is used up first.
    for (let trial = 0; trial < 20 && refused === null; trial++) {
      const answer = person.make((await person.image(false, trial)) % 10, false, trial)
      given.push(answer)
      await person.send(answer).catch((error: unknown) => (refused = error))
    }
    expect(refused).toMatchObject({
      kind: 'internal',
      message: expect.stringContaining('will be sent again') as string,
    })
    expect(JSON.stringify((refused as StudioError).toData())).not.toMatch(/sqlite|tmp|details/i)
    free()
    const last = given.at(-1)
    if (!last) throw new Error('nothing was answered')
    expect(await person.send(last)).toMatchObject({ position: given.length })
    expect(await person.send(last)).toMatchObject({ position: given.length })
    const session = store.sessions.byToken(person.token)
    expect(store.answers.ofSession(session?.id ?? 0)).toHaveLength(given.length)
  }, 120_000)

  test('a worker waits with what it has to save, and tells so once', async () => {
    const folder = disk()
    const told: FromWorker[] = []
    const save = diskPatience({ tell: (message) => void told.push(message) })
    const free = fill(folder)
    const saved = save(() => writeAtomically(join(folder, 'checkpoint'), Buffer.alloc(1 << 16)))
    await vi.waitFor(() => expect(told).toMatchObject([{ type: 'trouble', error: { kind: 'conflict' } }]))
    free()
    await saved
    expect(told).toMatchObject([{ type: 'trouble' }, { type: 'trouble', error: null }])
    await expect(
      save(() => {
        throw new RangeError('odd')
      }),
    ).rejects.toThrow('odd')
  }, 60_000)
})

describe('the write lock of another process', () => {
  /** Takes the lock on a connection of its own; answers the function that gives it back. */
  function lock(folder: string): () => void {
    const database = new Database(join(folder, 'project.sqlite'))
    database.exec('BEGIN IMMEDIATE')
    let held = true
    const release = () => {
      if (held) database.exec('ROLLBACK')
      held = false
      database.close()
    }
    onTestFinished(() => {
      if (held) release()
    })
    return release
  }

  test('writes wait, reads are answered meanwhile, and nothing fails', async () => {
    const { folder, call } = await openStudio()
    const { id } = await call('studies.create', studyConfig())
    const [invited] = await call('studies.invite', { study: id, count: 1 })
    const person = participant({ folder, call } as Studio, invited?.token ?? '')
    await person.open()
    const release = lock(folder)
    const done: string[] = []
    const writes = [
      call('studies.invite', { study: id, count: 2 }).then(() => done.push('invite')),
      person.answer(true, 0).then(() => done.push('answer')),
      call('queue.set', { held: true }).then(() => done.push('queue.set')),
    ]
    for (let i = 0; i < 20; i++) {
      expect(await call('studies.participants', { study: id })).toHaveLength(1)
      expect(await person.image(true, 0)).toBeGreaterThanOrEqual(100)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(done).toEqual([])
    release()
    await Promise.all(writes)
    expect(await call('studies.participants', { study: id })).toHaveLength(3)
    expect(await call('queue.current', {})).toMatchObject({ held: true })
  })

  test('a run at work and its end wait for it', async () => {
    const folder = temporaryFolder()
    const { worker, store, id, now } = await training(folder)
    const release = lock(folder)
    worker.say({ type: 'run', id: 1, news: { type: 'opened', device: 'CPU', engine: 'E', resumedAt: 0 } })
    worker.say({ type: 'run', id: 2, news: { type: 'points', points: [point(1)] } })
    worker.say({ type: 'done', id: 3, outcome: { kind: 'finished', result: RESULT } })
    worker.exit()
    // Long enough to be told of.
    await vi.waitFor(() => expect(now()?.error?.message).toMatch(/locked/), 20_000)
    expect(worker.acknowledged()).toEqual([])
    release()
    await vi.waitFor(() => expect(now()).toMatchObject({ state: 'done', error: null, result: RESULT }), 30_000)
    expect(store.runs.metrics(id)).toHaveLength(1)
  }, 60_000)

  test('a project that another process writes to is opened when it has finished, and nobody waits for that', async () => {
    const { call, services } = await openStudio()
    const other = temporaryFolder()
    openProject(other).close()
    const release = lock(other)
    const opening = services.project.open(other)
    expect(await call('studies.list', {})).toEqual([])
    release()
    expect((await opening).path).toBe(other)
  })

  test('past its patience a call is refused with what is going on', async () => {
    const store = openProject(temporaryFolder(), { brief: true })
    onTestFinished(() => store.close())
    const release = lock(store.folder)
    const refused = await store.whenWritable(30).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/locked for \d+ seconds: nothing was changed/) as string,
    })
    const waiting = store.whenWritable()
    release()
    await waiting
  })

  test('closing the project ends the waiting', async () => {
    const store = openProject(temporaryFolder(), { brief: true })
    lock(store.folder)
    const waiting = store.whenWritable()
    store.close()
    await expect(waiting).rejects.toThrow(/closed/)
  })

  test('a worker opens the project although the lock is taken', () => {
    const folder = temporaryFolder()
    openProject(folder).close()
    lock(folder)
    const store = openProject(folder, { repair: false, brief: true })
    expect(store.imageSets.list()).toEqual([])
    store.close()
  })

  test('a command says that it waits, and then does what it was asked', async () => {
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    openProject(project).close()
    const release = lock(project)
    const child = start('import', '--project', project, cifarBatch(folder))
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await vi.waitFor(() => expect(said).toMatch(/Waiting for another program/), 60_000)
    release()
    expect([await ended, said.match(/Waiting/g)?.length]).toEqual([0, 1])
  }, 120_000)
})
