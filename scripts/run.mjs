/**
 * Runs one of the built entries: `node scripts/run.mjs serve|cli|bench|verify|fuzz [arguments]`, or builds only with
 * `--build-only`. Builds first when needed. Arguments, standard streams, signals and the exit code pass through.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, root } from './build.mjs'

const entries = ['serve', 'cli', 'bench', 'verify', 'fuzz']

/** The pinned Node where a platform package brought one, else the Node that runs this. */
export function pinnedNode() {
  const candidate = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  return process.platform !== 'win32' && existsSync(candidate) ? candidate : process.execPath
}

/** One Ctrl+C may arrive twice: from the terminal and from npm. */
const SAME_MS = 300
/** How long a child that was asked twice may take to end. */
const PATIENCE_MS = 1000

/**
 * Runs `command` in the foreground and answers its exit code (128 + signal number when a signal ended it). Signals are
 * passed on, each once; a child that is asked a second time and computes without pause is ended.
 */
export function foreground(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    let first = null
    let timer
    let ended = null
    const forward = (signal) => {
      const now = performance.now()
      if (first !== null && now - first < SAME_MS) return
      child.kill(signal)
      if (first === null) first = now
      else
        timer ??= setTimeout(() => {
          ended = signal
          child.kill('SIGKILL')
        }, PATIENCE_MS)
    }
    const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    child.on('error', fail)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      for (const each of signals) process.off(each, forward)
      done(code ?? 128 + (numbers[ended ?? signal] ?? 0))
    })
  })
}

/**
 * Runs a built entry in the foreground. It notices by the end of the IPC channel that this script is gone, however that
 * ended (src/main/launcher.ts), and ends too instead of going on unseen.
 */
export function runEntry(name, args) {
  return foreground(pinnedNode(), ['--enable-source-maps', join(root, 'out/main', `${name}.js`), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SECOND_GUESS_LAUNCHER: String(process.pid) },
  })
}

async function main([entry, ...args]) {
  if (entry !== '--build-only' && !entries.includes(entry)) {
    process.stderr.write(`usage: node scripts/run.mjs ${entries.join('|')}|--build-only [arguments]\n`)
    return 2
  }
  try {
    await build()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return 1
  }
  if (entry === '--build-only') return 0
  return runEntry(entry, args)
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2))
