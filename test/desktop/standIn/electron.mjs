/**
 * A stand-in for the `electron` module where Electron's binary cannot be had: windows are pages of a real Chromium, the
 * built preload runs in them, utility processes are real processes, and `app://` is served by the handler the program
 * registers. What a test asks (quit, what was opened outside, the window's preferences) it asks over this process's
 * IPC. Not here: isolation of the preload's world, sandboxing, fuses; those are Electron's own and need its binary.
 */
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { createWindow, launch, setProtocol } from './windows.mjs'

// ---------------------------------------------------------------- app

class App extends EventEmitter {
  isSandboxed = false
  #quitting = false

  enableSandbox() {
    this.isSandboxed = true
  }
  requestSingleInstanceLock() {
    return true
  }
  whenReady() {
    return launch()
  }
  getPath() {
    return process.env.STAND_IN_USER_DATA
  }
  quit() {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (prevented || this.#quitting) return
    this.#quitting = true
    void launch().then(async ({ browser }) => {
      await browser.close()
      process.exit(0)
    })
  }
  exit(code) {
    process.exit(code)
  }
}
export const app = new App()

// ---------------------------------------------------------------- windows

const windows = new Set()

export class BrowserWindow extends EventEmitter {
  webContents = new WebContents()

  constructor(options) {
    super()
    this.options = options
    windows.add(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  static getAllWindows() {
    return [...windows]
  }
  static getFocusedWindow() {
    return [...windows][0] ?? null
  }
  async loadURL(address) {
    await createWindow(this.webContents, this.options.webPreferences, address, invoke)
    this.emit('ready-to-show')
  }
  show() {
    this.isShown = true
  }
  focus() {}
}

class WebContents extends EventEmitter {
  /** Set by `createWindow`: the frame of the page, and how to send to it. */
  mainFrame = null
  deliver = null
  openHandler = () => ({ action: 'allow' })

  setWindowOpenHandler(handler) {
    this.openHandler = handler
  }
  isDestroyed() {
    return this.deliver === null
  }
  send(channel, ...values) {
    this.deliver?.(channel, values)
  }
}

// ---------------------------------------------------------------- messages

const handlers = new Map()
export const ipcMain = {
  handle(channel, handler) {
    if (handlers.has(channel)) throw new Error(`a second handler for ${channel}`)
    handlers.set(channel, handler)
  },
}

async function invoke(sender, senderFrame, channel, values) {
  const handler = handlers.get(channel)
  if (!handler) throw new Error(`No handler registered for '${channel}'`)
  // As Electron does it: what does not survive structured cloning does not cross.
  return structuredClone(await handler({ sender, senderFrame }, ...structuredClone(values)))
}

// ---------------------------------------------------------------- session, protocol, shell, dialog

const permissions = { request: null, check: null, device: null }
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler) => (permissions.request = handler),
    setPermissionCheckHandler: (handler) => (permissions.check = handler),
    setDevicePermissionHandler: (handler) => (permissions.device = handler),
  },
}

const schemes = []
export const protocol = {
  registerSchemesAsPrivileged: (list) => schemes.push(...list),
  handle: (scheme, handler) => setProtocol(scheme, handler),
}

const openedOutside = []
export const shell = { openExternal: async (address) => openedOutside.push(address) }
export const dialog = { showOpenDialog: async () => ({ canceled: false, filePaths: [process.env.STAND_IN_FOLDER] }) }

// ---------------------------------------------------------------- utility processes

class UtilityProcess extends EventEmitter {
  constructor(entry, args, options) {
    super()
    const bootstrap = join(import.meta.dirname, 'utility.mjs')
    this.child = fork(bootstrap, [entry, ...args], {
      stdio: ['ignore', options.stdio, options.stdio, 'ipc'],
      serialization: 'advanced',
    })
    this.child.once('spawn', () => this.emit('spawn'))
    this.child.on('message', (message) => this.emit('message', message))
    this.child.on('close', (code) => this.emit('exit', code ?? 9))
  }
  get pid() {
    return this.child.exitCode === null ? this.child.pid : undefined
  }
  get stdout() {
    return this.child.stdout
  }
  get stderr() {
    return this.child.stderr
  }
  postMessage(message) {
    if (this.child.connected) this.child.send(message)
  }
  kill() {
    return this.child.kill()
  }
}
export const utilityProcess = { fork: (entry, args, options) => new UtilityProcess(entry, args, options) }

// ---------------------------------------------------------------- what a test asks

const questions = {
  state: () => ({
    sandboxed: app.isSandboxed,
    schemes,
    openedOutside,
    shown: [...windows].map((window) => window.isShown === true),
    preferences: [...windows].map((window) => window.options.webPreferences),
  }),
  permission: ({ permission, url }) => {
    let granted = null
    permissions.request(null, permission, (answer) => (granted = answer), { requestingUrl: url })
    return { request: granted, check: permissions.check(null, permission, url), device: permissions.device({}) }
  },
  open: ({ url }) => [...windows][0].webContents.openHandler({ url }),
  quit: () => void app.quit(),
}

process.on('message', ({ id, question, input }) => {
  process.send({ id, answer: questions[question](input) ?? null })
})
void launch().then(({ endpoint }) => process.send?.({ endpoint }))
