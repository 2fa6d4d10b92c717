/**
 * The program as built, before projects that are not as they should be: no command deletes what it does not understand,
 * no export replaces a project's files, and a project that cannot be written to is read.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openDoor } from '../../../src/main/transport/httpServer'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { createServices } from '../../../src/main/services'
import { exportLabelSet } from '../../../src/main/labels/exports'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { countsFile } from '../given'
import { build, cli, digests, entry, repository } from '../program'
import { someImages, someLabels, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

async function project(): Promise<string> {
  const folder = join(temporaryFolder(), 'project')
  const store = openProject(folder)
  await addToProject(store, [someImages(), someLabels()])
  store.close()
  return folder
}

/** Starts the browser server and waits for its end: it must refuse, not listen. */
function serve(folder: string) {
  return spawnSync(process.execPath, [entry('serve'), '--project', folder, '--port', '0'], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, HOME: temporaryFolder() },
  })
}

const DAMAGES = {
  'an empty database': (file: string) => truncateSync(file),
  'a missing database': (file: string) => rmSync(file),
}

describe.each(Object.entries(DAMAGES))('%s beside pixels', (_, damage) => {
  async function damaged() {
    const folder = await project()
    damage(join(folder, 'project.sqlite'))
    return { folder, before: digests(folder), out: join(temporaryFolder(), 'out') }
  }

  test.each([
    ['stats'],
    ['export', '--format', 'counts', '--out', 'OUT'],
    ['aggregate', '--method', 'majority'],
    ['figures', '--out', 'OUT'],
    ['merge', 'OUT'],
    ['attack', '--run', '1', '--attack', 'fgsm', '--epsilon', '1'],
    ['plan', '--preset', 'smoke', '--out', 'OUT'],
    ['reproduce', '--preset', 'smoke', '--out', 'OUT'],
  ])('is refused by %s, and every byte stays', async (command, ...rest) => {
    const { folder, before, out } = await damaged()
    const { code, last } = cli(command, '--project', folder, ...rest.map((each) => (each === 'OUT' ? out : each)))
    expect([code, last]).toEqual([1, expect.stringMatching(/database is (empty|missing)/)])
    expect(digests(folder)).toEqual(before)
    expect(existsSync(out)).toBe(false)
  })

  test('is refused by import, and every byte stays', async () => {
    const { folder, before } = await damaged()
    const file = countsFile(join(temporaryFolder(), 'counts.npy'))
    const { code, last } = cli('import', '--project', folder, file)
    expect([code, last]).toEqual([1, expect.stringMatching(/database is (empty|missing)/)])
    expect(digests(folder)).toEqual(before)
  })

  test('is refused by serve, and every byte stays', async () => {
    const { folder, before } = await damaged()
    const { status, stdout } = serve(folder)
    expect([status, stdout]).toEqual([1, ''])
    expect(digests(folder)).toEqual(before)
  })
})

describe('the target of an export', () => {
  test('inside a project is refused, however it is reached', async () => {
    const folder = await project()
    const other = await project()
    const linked = join(temporaryFolder(), 'link')
    symlinkSync(folder, linked)
    const before = [digests(folder), digests(other)]
    const targets = [
      join(folder, 'project.sqlite'),
      join(folder, 'project.sqlite-wal'),
      join(folder, 'datasets', '1.u8'),
      join(folder, 'datasets', 'new.npy'),
      join(folder, 'runs', '1', 'result.json'),
      join(folder, 'new.npy'),
      join(linked, 'project.sqlite'),
      join(folder, 'runs', '..', 'project.sqlite'),
      join(other, 'project.sqlite'),
      join(other, 'datasets', '1.u8'),
    ]
    const store = openProject(folder)
    for (const out of targets)
      await expect(exportLabelSet(store, 'some-labels', 'counts', out), out).rejects.toThrow(/inside a project/)
    store.close()
    const { code, last } = cli('export', '--project', folder, '--format', 'counts', '--out', targets[0] ?? '')
    expect([code, last]).toEqual([1, expect.stringMatching(/inside a project/)])
    expect(cli('plan', '--project', folder, '--preset', 'smoke', '--no-trial', '--out', targets[0] ?? '').code).toBe(1)
    expect(cli('figures', '--project', folder, '--out', join(folder, 'runs')).code).toBe(1)
    expect([digests(folder), digests(other)]).toEqual(before)
  })

  test('that is no regular file is refused', async () => {
    const folder = await project()
    const place = temporaryFolder()
    const pipe = join(place, 'pipe')
    spawnSync('mkfifo', [pipe])
    const node = join(place, 'node')
    // A device node as good as /dev/null, which must not be risked.
    const isNode = spawnSync('mknod', [node, 'c', '1', '3']).status === 0
    if (!isNode) console.warn('SKIPPED in part: device nodes cannot be made here')
    const store = openProject(folder)
    for (const out of [pipe, place, ...(isNode ? [node] : [])])
      await expect(exportLabelSet(store, 'some-labels', 'counts', out), out).rejects.toThrow(
        /no regular file|A folder of this name/,
      )
    store.close()
    if (isNode) expect(statSync(node).isCharacterDevice()).toBe(true)
  })

  test('outside keeps the permissions the user’s umask gives', async () => {
    const folder = await project()
    const out = join(temporaryFolder(), 'counts.npy')
    const run = spawnSync('sh', [
      '-c',
      'umask 022; exec "$@"',
      'sh',
      process.execPath,
      entry('cli'),
      'export',
      '--project',
      folder,
      '--format',
      'counts',
      '--out',
      out,
    ])
    expect(run.status).toBe(0)
    expect((statSync(out).mode & 0o777).toString(8)).toBe('644')
    expect((statSync(`${out}.about.json`).mode & 0o777).toString(8)).toBe('644')
  })
})

/** Root may write everywhere: what others see is tried as nobody. */
const NOBODY = 65_534
const asNobody = process.getuid?.() === 0
const options = asNobody ? { uid: NOBODY, gid: NOBODY } : {}
/** In a folder that only root may enter, nobody cannot so much as read the program. */
const unreachable =
  asNobody &&
  spawnSync(process.execPath, ['-e', `fs.readFileSync(${JSON.stringify(join(repository, 'package.json'))})`], options)
    .status !== 0
if (unreachable)
  console.warn(`Skipped: nobody (${NOBODY}) cannot run the program in ${repository}; clone it where others may read.`)

describe.skipIf(unreachable)('a project that cannot be written to', () => {
  async function readOnlyProject(): Promise<string> {
    const base = temporaryFolder()
    chmodSync(base, 0o755)
    const folder = join(base, 'project')
    cpSync(await project(), folder, { recursive: true })
    for (const each of ['', 'datasets', 'runs']) chmodSync(join(folder, each), asNobody ? 0o755 : 0o555)
    for (const each of ['project.sqlite', 'datasets/1.u8']) chmodSync(join(folder, each), asNobody ? 0o644 : 0o444)
    return folder
  }

  test('is read by the commands that read, and refused to those that write', async () => {
    const folder = await readOnlyProject()
    const before = digests(folder)
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [entry('cli'), ...args], {
        encoding: 'utf8',
        ...options,
        env: { ...process.env, HOME: '/' },
      })
    const stats = run('stats', '--project', folder, '--json')
    expect(stats.stderr).toMatch(/Opened for reading only: (its folder|project\.sqlite) cannot be written to/)
    expect(JSON.parse(stats.stdout)).toMatchObject({ images: 20 })
    const aggregate = run('aggregate', '--project', folder, '--method', 'majority')
    expect(aggregate.status).toBe(1)
    expect(aggregate.stderr).not.toMatch(/at .*\.js:\d/)
    expect(digests(folder)).toEqual(before)
  })

  test('is served for looking at', async () => {
    const folder = await readOnlyProject()
    const before = digests(folder)
    const server = spawn(process.execPath, [entry('serve'), '--project', folder, '--port', '0'], {
      ...options,
      env: { ...process.env, HOME: '/' },
    })
    onTestFinished(() => void server.kill('SIGKILL'))
    const address = await new Promise<string>((resolve, reject) => {
      let text = ''
      server.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const found = /(http:\S+)\n/.exec(text)?.[1]
        if (found) resolve(found)
      })
      server.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)))
    })
    const url = new URL(address)
    const call = async (name: string, input: unknown) => {
      const response = await fetch(new URL(`/api/${name}`, url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${url.searchParams.get('token')}` },
        body: JSON.stringify(input),
      })
      return (await response.json()) as { ok: boolean; value?: unknown; error?: { kind: string; message: string } }
    }
    expect(await call('project.current', {})).toMatchObject({
      ok: true,
      value: { labelSets: [{ name: 'some-labels' }], notices: [expect.stringMatching(/reading only/)] },
    })
    expect(await call('data.stats', { labelSet: 'some-labels' })).toMatchObject({ ok: true })
    expect(await call('queue.set', { held: true })).toMatchObject({ ok: false, error: { kind: 'forbidden' } })
    expect(await call('project.current', {})).toMatchObject({ ok: true })
    const ended = new Promise((resolve) => server.on('exit', resolve))
    server.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(digests(folder)).toEqual(before)
  })
})

test('opening what is no project leaves the open project and its participants alone', async () => {
  const folder = await project()
  const services = createServices({ launch: forkWorker, worksQueue: false, recentFile: null })
  await services.project.open(folder)
  const door = await openDoor(services, { host: '127.0.0.1', port: 0 })
  try {
    const foreign = join(temporaryFolder(), 'foreign')
    mkdirSync(foreign)
    writeFileSync(join(foreign, 'project.sqlite'), 'a letter'.repeat(100))
    for (const path of [foreign, '/proc/nothing/here', join(folder, 'project.sqlite')])
      expect(await services.dispatch('project.open', { path }, 'owner')).toMatchObject({ ok: false })
    expect(services.project.current()?.path).toBe(folder)
    expect(readFileSync(join(foreign, 'project.sqlite'), 'utf8')).toBe('a letter'.repeat(100))
  } finally {
    await door.close()
    await services.close()
  }
})
