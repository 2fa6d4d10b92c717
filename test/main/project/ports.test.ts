/** One port per project: links that were sent stay valid after the server is started again. */
import { createServer, type Server } from 'node:net'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { portsToTry, projectPort } from '../../../src/main/project/port'
import { openProject } from '../../../src/main/storage'
import { addToProject } from '../../../src/main/labels/addToProject'
import { createStudy } from '../../../src/main/study/owner'
import { build } from '../program'
import { startServer } from '../server'
import { studyConfig } from '../studyConfig'
import { someImages, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

/** Takes a port as another program would. */
async function occupy(port: number): Promise<Server> {
  const other = createServer()
  await new Promise<void>((done, fail) => other.once('error', fail).listen(port, '127.0.0.1', done))
  onTestFinished(() => void other.close())
  return other
}

async function addStudy(project: string) {
  const store = openProject(project)
  await addToProject(store, [someImages(60, 'images'), someImages(40, 'obvious', 100)])
  store.transaction(() => createStudy(store, studyConfig()))
  store.close()
}

const kept = (project: string) => {
  const store = openProject(project)
  const port = projectPort(store)
  store.close()
  return port
}

describe('a project’s port', () => {
  test('is the same at every start, and another for another project', async () => {
    const home = temporaryFolder()
    const ports = new Map<string, number[]>()
    for (const name of ['first', 'second', 'first', 'second']) {
      const server = await startServer({ home, args: ['--project', join(home, name)] })
      ports.set(name, [...(ports.get(name) ?? []), Number(server.url.port)])
      expect(await server.call('studies.door', {})).toEqual({
        address: `http://127.0.0.1:${server.url.port}`,
        network: false,
        lasting: true,
        canOpen: false,
      })
      expect(await server.end()).toEqual([0, null])
    }
    const [first = [], second = []] = [...ports.values()]
    expect(first[1]).toBe(first[0])
    expect(second[1]).toBe(second[0])
    expect(first[0]).not.toBe(second[0])
  })

  test('stays with the project when its folder is moved', async () => {
    const home = temporaryFolder()
    const server = await startServer({ home, args: ['--project', join(home, 'here')] })
    await server.end()
    cpSync(join(home, 'here'), join(home, 'there'), { recursive: true })
    const moved = await startServer({ home, args: ['--project', join(home, 'there')] })
    expect(moved.url.port).toBe(server.url.port)
  })

  test('taken by another process: refused where links may have been sent, with the project untouched', async () => {
    const home = temporaryFolder()
    const project = join(home, 'project')
    const server = await startServer({ home, args: ['--project', project] })
    const port = Number(server.url.port)
    await server.end()
    await addStudy(project)
    await occupy(port)
    const refusal = await startServer({ home, args: ['--project', project] }).catch(String)
    expect(refusal).toMatch(/ended with 1:/)
    expect(refusal).toContain(`Port ${port}, which the links to this project's studies contain, is in use`)
    expect(refusal).toMatch(/serve the project with another --port: links that were sent before do not work then/)
    expect(kept(project)).toBe(port)
  })

  test('taken by another process: another is chosen, said and kept where nobody has a link', async () => {
    const home = temporaryFolder()
    const project = join(home, 'project')
    const server = await startServer({ home, args: ['--project', project] })
    const port = Number(server.url.port)
    await server.end()
    await occupy(port)
    const next = await startServer({ home, args: ['--project', project] })
    expect(Number(next.url.port)).not.toBe(port)
    expect(kept(project)).toBe(Number(next.url.port))
  })

  test('named at the start it is kept, and says which links no longer reach it', async () => {
    const home = temporaryFolder()
    const project = join(home, 'project')
    const before = await startServer({ home, args: ['--project', project] })
    await before.end()
    await addStudy(project)
    const free = await occupy(0)
    const { port } = free.address() as { port: number }
    await new Promise((done) => free.close(done))
    const server = await startServer({ home, args: ['--project', project, '--port', String(port)] })
    expect(Number(server.url.port)).toBe(port)
    await expect.poll(() => server.stderr()).toContain(`Links with port ${before.url.port} do not reach this server.`)
    await server.end()
    expect(kept(project)).toBe(port)
  })

  test('0 takes any free one, says so, and leaves the kept one alone', async () => {
    const home = temporaryFolder()
    const project = join(home, 'project')
    const before = await startServer({ home, args: ['--project', project] })
    await before.end()
    await addStudy(project)
    const server = await startServer({ home, args: ['--project', project, '--port', '0'] })
    expect(server.url.port).not.toBe(before.url.port)
    expect(await server.call('studies.door', {})).toMatchObject({ lasting: false })
    await expect.poll(() => server.stderr()).toContain('stop working when this server ends')
    await server.end()
    expect(kept(project)).toBe(Number(before.url.port))
  })

  test('without a project any free one is taken, and the address is said not to last', async () => {
    const home = temporaryFolder()
    const server = await startServer({ home, args: [] })
    expect(await server.call('studies.door', {})).toMatchObject({ lasting: false })
    await server.call('project.open', { path: join(home, 'later') })
    expect(await server.call('studies.door', {})).toMatchObject({ lasting: false })
    expect(await server.end()).toEqual([0, null])
  })

  test('is derived from the folder where nothing can be kept, below the ports of outgoing connections', () => {
    const settings = { get: () => undefined, put: () => undefined, remove: () => undefined }
    const studies = { list: () => [] } as never
    const tried = portsToTry({ folder: '/data/one', settings, studies })
    expect(portsToTry({ folder: '/data/one', settings, studies })).toEqual(tried)
    expect(portsToTry({ folder: '/data/two', settings, studies })).not.toEqual(tried)
    expect(tried.at(-1)).toBe(0)
    for (const port of tried.slice(0, -1)) expect(port >= 20_000 && port < 30_000).toBe(true)
  })

  test.each<unknown>(['80', 0, -1, 70_000, 1.5, null, { port: 80 }])('a setting %j is no port', (value) => {
    expect(projectPort({ settings: { get: () => value, put: () => undefined, remove: () => undefined } })).toBeNull()
  })
})
