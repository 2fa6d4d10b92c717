/** What people uploaded does not stay in the temporary folder after a kill, and nobody else's files are touched. */
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { processName } from '../../../src/main/storage/processes'
import { makeTemporaryFolder, removeDeadTemporaryFolders } from '../../../src/main/storage/temporaryFolders'
import { deadProcess } from '../deadProcess'
import { build } from '../program'
import { OWNER, startServer, type ServerProcess } from '../server'
import { temporaryFolder } from '../temporary'

const nameOf = (owner: string, random = 'abcDEF') =>
  `second-guess-of-${Buffer.from(owner).toString('base64url')}.${random}`

beforeAll(build, 300_000)

async function upload(server: ServerProcess): Promise<string> {
  const form = new FormData()
  form.append('file', new File(['private'], 'pets/cat.txt'))
  const sent = await fetch(new URL('/upload', server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${OWNER}` },
    body: form,
  })
  const { value } = (await sent.json()) as { value: string[] }
  return value[0] ?? ''
}
const owned = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('second-guess-of-'))

test('a folder is this process’s and nobody else’s to read', () => {
  const parent = temporaryFolder()
  const folder = makeTemporaryFolder(parent)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(removeDeadTemporaryFolders(parent)).toEqual([])
  expect(existsSync(folder)).toBe(true)
})

test('folders of ended processes of this machine are removed, and nothing else', () => {
  const parent = temporaryFolder()
  const dead = deadProcess().name
  const gone = join(parent, nameOf(dead))
  mkdirSync(join(gone, 'drop-1'), { recursive: true })
  writeFileSync(join(gone, 'drop-1/private.txt'), 'x')
  const elsewhere = join(temporaryFolder(), 'elsewhere')
  mkdirSync(elsewhere)
  symlinkSync(elsewhere, join(parent, nameOf(dead, 'linked')))
  writeFileSync(join(parent, nameOf(dead, 'afile0')), 'x')
  const others = [
    nameOf(processName(), 'living'),
    nameOf(`another-${hostname()}:1:1`, 'foreig'),
    nameOf('no process at all', 'nobody'),
    `second-guess-of-.abcdef`,
    'second-guess-XyZ123',
    `second-guess-of-${Buffer.from(dead).toString('base64url')}.toolong`,
  ]
  for (const name of others) mkdirSync(join(parent, name))
  expect(removeDeadTemporaryFolders(parent)).toEqual([gone])
  expect(readdirSync(parent).sort()).toEqual([...others, nameOf(dead, 'linked'), nameOf(dead, 'afile0')].sort())
  expect(existsSync(elsewhere)).toBe(true)
})

test('a folder that cannot be listed is no reason to fail', () => {
  expect(removeDeadTemporaryFolders(join(temporaryFolder(), 'not there'))).toEqual([])
})

test('uploads of a server that was killed are gone after the next start, those of a running one stay', async () => {
  const home = temporaryFolder()
  const killed = await startServer({ args: ['--project', join(home, 'a')], home })
  const left = await upload(killed)
  const [folder = ''] = owned(home)
  expect(statSync(join(home, folder)).mode & 0o777).toBe(0o700)
  await killed.end('SIGKILL')
  expect(existsSync(left)).toBe(true)
  const running = await startServer({ args: ['--project', join(home, 'b')], home })
  expect(existsSync(left)).toBe(false)
  const held = await upload(running)
  const third = await startServer({ args: ['--project', join(home, 'c')], home })
  expect(existsSync(held)).toBe(true)
  await third.end()
  await running.end()
  expect(owned(home)).toEqual([])
})
