/**
 * `npm start`: builds if needed and opens the desktop window. Where that cannot be (no display, Electron's binary
 * cannot be had, or it does not run here) it says so in one line and serves the browser door with the built-in demo
 * project ready. Environment: ELECTRON_SKIP=1 goes straight to the browser door.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { build, root } from './build.mjs'
import { foreground, runEntry } from './run.mjs'

const probeMs = 6_000
const downloadMs = 600_000

function installedBinary(folder) {
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist')
  const binary = join(dist, readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

/** Whether the place Electron downloads from answers at all; saves a first start from hanging in a closed network. */
async function canDownload(version) {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror
  const url = mirror ?? `https://github.com/electron/electron/releases/download/v${version}/SHASUMS256.txt`
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeMs) })
    return response.status < 500
  } catch {
    return false
  }
}

/** The path of Electron's binary, downloading it at the first start, or the reason why there is none. */
async function electron() {
  if (process.env.ELECTRON_SKIP) return { reason: 'ELECTRON_SKIP is set' }
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { reason: 'there is no display' }
  if (process.platform === 'linux' && process.getuid?.() === 0)
    return { reason: 'Electron keeps its sandbox and so does not run as root' }
  let folder
  try {
    folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return { reason: 'the electron package is not installed' }
  }
  const installed = installedBinary(folder)
  if (installed) return { binary: installed }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (!(await canDownload(version))) return { reason: "Electron's binary cannot be downloaded from here" }
  process.stderr.write(`Downloading Electron ${version}, once.\n`)
  const install = spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'inherit', timeout: downloadMs })
  const binary = install.status === 0 ? installedBinary(folder) : null
  return binary ? { binary } : { reason: "Electron's binary could not be downloaded" }
}

async function serve(reason, args) {
  process.stderr.write(`No desktop window (${reason}): serving Second Guess to the browser instead.\n`)
  const chosen = args.includes('--project')
    ? args
    : ['--project', join(homedir(), 'Second Guess', 'Demo'), '--demo', ...args]
  return runEntry('serve', chosen)
}

async function main(args) {
  try {
    await build()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return 1
  }
  const { binary, reason } = await electron()
  if (!binary) return serve(reason, args)
  const started = Date.now()
  const code = await foreground(binary, [root, ...args])
  // A missing system library ends it at once; someone who closes the window ends it with 0.
  return code !== 0 && code < 128 && Date.now() - started < 5_000
    ? serve(`Electron ended with code ${code}`, args)
    : code
}

process.exitCode = await main(process.argv.slice(2))
