/**
 * Builds the program with electron-vite when `out/` is missing or older than its sources. Quiet unless it fails.
 * Two processes that need a build at once do not collide: the second waits for the first and uses what it made.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const root = resolve(import.meta.dirname, '..')
const out = join(root, 'out')
const next = join(out, '.next')
const stampFile = join(out, '.stamp')
const lockFile = join(out, '.lock')
const keepMs = 60 * 60 * 1000
const sources = [
  'src',
  'bench',
  'verify',
  'test/support',
  'test/fuzz',
  'test/peers',
  'resources',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]

/** One line per source file (path, size, time of change), hashed: changes, additions and removals all alter it. */
function stamp() {
  const lines = []
  const visit = (path) => {
    const absolute = join(root, path)
    if (!existsSync(absolute)) return
    const stat = statSync(absolute)
    if (stat.isDirectory()) for (const name of readdirSync(absolute).sort()) visit(join(path, name))
    else lines.push(`${path} ${stat.size} ${stat.mtimeMs}`)
  }
  for (const source of sources) visit(source)
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

function isBuilt() {
  return existsSync(join(out, 'main/cli.js')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Takes the lock, or answers false when a living process holds it. A dead holder's lock is removed. */
function tryLock() {
  mkdirSync(out, { recursive: true })
  try {
    const handle = openSync(lockFile, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    let holder
    let age
    try {
      holder = Number(readFileSync(lockFile, 'utf8'))
      age = Date.now() - statSync(lockFile).mtimeMs
    } catch {
      return false // released in this moment
    }
    // An empty file is a holder between creating and writing, unless it stays so.
    if (holder > 0 ? !isAlive(holder) : age > 5000) rmSync(lockFile, { force: true })
    return false
  }
}

function electronVite() {
  return new Promise((done, fail) => {
    const bin = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
    const child = spawn(process.execPath, [bin, 'build', '--outDir', next], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const log = []
    child.stdout.on('data', (chunk) => log.push(chunk))
    child.stderr.on('data', (chunk) => log.push(chunk))
    child.on('error', fail)
    child.on('close', (code) => {
      if (code === 0) return done()
      process.stderr.write(Buffer.concat(log))
      fail(new Error(`The build failed (exit code ${code}).`))
    })
  })
}

/**
 * Puts the new files in place one by one, each in one step. Files of earlier builds stay for a while: a program that is
 * running loads parts of itself later, under the names of its own build.
 */
function install() {
  for (const name of readdirSync(next, { recursive: true })) {
    const [from, to] = [join(next, name), join(out, name)]
    if (statSync(from).isDirectory()) continue
    mkdirSync(dirname(to), { recursive: true })
    renameSync(from, to)
  }
  rmSync(next, { recursive: true, force: true })
  for (const part of ['main', 'preload', 'renderer'])
    for (const name of existsSync(join(out, part)) ? readdirSync(join(out, part), { recursive: true }) : []) {
      const stat = statSync(join(out, part, name))
      if (stat.isFile() && Date.now() - stat.mtimeMs > keepMs) rmSync(join(out, part, name))
    }
}

/** Makes sure that `out/` is what the sources say. Throws when the build fails; its log is on standard error. */
export async function build() {
  while (!isBuilt()) {
    if (!tryLock()) {
      await sleep(150)
      continue
    }
    try {
      if (isBuilt()) return
      const before = stamp()
      rmSync(next, { recursive: true, force: true })
      await electronVite()
      install()
      writeFileSync(stampFile, before)
      return
    } finally {
      rmSync(lockFile, { force: true })
    }
  }
}
