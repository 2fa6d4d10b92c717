/**
 * The desktop scenarios in Electron itself. They need its binary, which is downloaded at the first start of the
 * program; where it is missing, or there is no display, the suite says so and is skipped. The same scenarios run
 * everywhere against a stand-in (test/desktop).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { _electron, test, type ElectronApplication } from '@playwright/test'
import { scenarios, type Desktop } from '../desktop/scenarios'

const repository = resolve(import.meta.dirname, '../..')

/** Why Electron cannot run here, or where its binary is. */
function electron(): { binary: string; reason?: undefined } | { reason: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const pathFile = join(folder, 'path.txt')
  const binary = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()) : ''
  if (binary === '' || !existsSync(binary)) return { reason: 'Electron’s binary is not here: `npm start` downloads it' }
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return { reason: 'there is no display' }
  return { binary }
}

const found = electron()
if (found.reason !== undefined) process.stdout.write(`The suite in Electron itself is skipped: ${found.reason}.\n`)

test.describe('in Electron', () => {
  test.describe.configure({ mode: 'serial' })
  test.skip(found.reason !== undefined, found.reason ?? '')

  let application: ElectronApplication
  let desktop: Desktop
  let folder: string

  test.beforeAll(async () => {
    if (found.reason !== undefined) return
    folder = mkdtempSync(join(tmpdir(), 'second-guess-electron-'))
    // Electron keeps its sandbox everywhere but in a container that runs as root, where it cannot start with it.
    const asRoot = process.platform === 'linux' && process.getuid?.() === 0
    application = await _electron.launch({
      executablePath: found.binary,
      args: [...(asRoot ? ['--no-sandbox'] : []), `--user-data-dir=${join(folder, 'user')}`, repository],
    })
    await application.evaluate(({ shell }) => {
      const opened: string[] = []
      Object.assign(globalThis, { opened })
      shell.openExternal = async (address) => void opened.push(address)
    })
    const page = await application.firstWindow()
    desktop = {
      page,
      folder,
      openedOutside: () => application.evaluate(() => (globalThis as unknown as { opened: string[] }).opened),
      async quit() {
        const ended = new Promise<number | null>((done) => application.process().once('exit', done))
        await application.evaluate(({ app }) => app.quit()).catch(() => {})
        return ended
      },
    }
  })

  test.afterAll(() => {
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  for (const [name, run] of scenarios) test(name, async () => run(desktop))
})
