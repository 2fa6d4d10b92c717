/**
 * Windows as pages of a real Chromium. `app://` is no scheme of an ordinary browser, so it is shown under an https
 * address of the same path and handed to the program's own handler; everything the program is told names `app://`.
 */
import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from '@playwright/test'

const SHOWN = 'https://second-guess.test'
const REAL = 'app://second-guess'
const toShown = (address) => address.replace(REAL, SHOWN)
const toReal = (address) =>
  address === SHOWN || address.startsWith(`${SHOWN}/`) ? address.replace(SHOWN, REAL) : address

const systemChromium = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

let protocolHandler = null
export const setProtocol = (scheme, handler) => {
  if (scheme !== 'app') throw new Error(`only app:// is known here, not ${scheme}`)
  protocolHandler = handler
}

let launched = null
/** Starts Chromium once; `endpoint` is where a test connects to see the pages. */
export const launch = () =>
  (launched ??= (async () => {
    const profile = join(process.env.STAND_IN_USER_DATA, 'chromium')
    const executablePath = systemChromium.find((path) => path && existsSync(path))
    const context = await chromium.launchPersistentContext(profile, {
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0'],
      viewport: { width: 1440, height: 900 },
    })
    const portFile = join(profile, 'DevToolsActivePort')
    for (let i = 0; i < 100 && !existsSync(portFile); i++) await sleep(50)
    if (!existsSync(portFile)) throw new Error(`no debugging port in ${readdirSync(profile)}`)
    const [port, path] = readFileSync(portFile, 'utf8').split('\n')
    return { browser: context, context, endpoint: `ws://127.0.0.1:${port}${path}` }
  })())

/** The preload script as it was built, around what `require('electron')` gives it in a sandbox. */
function preloadIn(source) {
  return `(() => {
    const crossing = (value) => typeof value === 'function' ? value : structuredClone(value)
    const [invoke, pathOf] = [window.__standInInvoke, window.__standInPathOf]
    delete window.__standInInvoke; delete window.__standInPathOf
    const revive = (text) => JSON.parse(text, (_k, v) => v && typeof v === 'object' && '$bytes' in v ? Uint8Array.from(atob(v.$bytes), (c) => c.charCodeAt(0)) : v)
    const listeners = new Map()
    Object.defineProperty(window, Symbol.for('stand-in'), { value: (channel, text) => {
      const { values } = revive(text)
      for (const listener of listeners.get(channel) ?? []) listener({ sender: null }, ...values)
    } })
    const electron = {
      contextBridge: { exposeInMainWorld(name, api) {
        const copy = (value) => {
          if (typeof value === 'function') return (...values) => { const out = value(...values.map(crossing)); return out instanceof Promise ? out.then(crossing) : crossing(out) }
          if (value && typeof value === 'object') return Object.freeze(Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copy(v)])))
          return value
        }
        Object.defineProperty(window, name, { value: copy(api), writable: false, configurable: false })
      } },
      ipcRenderer: {
        invoke: async (channel, ...values) => revive(await invoke(channel, JSON.stringify(values))).value,
        on: (channel, listener) => { const set = listeners.get(channel) ?? new Set(); listeners.set(channel, set.add(listener)) },
        off: (channel, listener) => listeners.get(channel)?.delete(listener),
      },
      webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
    }
    const require = (name) => { if (name === 'electron') return electron; throw new Error('module not found: ' + name) }
    const module = { exports: {} }
    ;((require, module, exports) => { ${source}
    })(require, module, module.exports)
  })()`
}

const encode = (value) =>
  JSON.stringify(value, (_key, each) =>
    each instanceof Uint8Array ? { $bytes: Buffer.from(each).toString('base64') } : each,
  )

/** Opens a page for a window, with its preload, its protocol and its rules for navigation. */
export async function createWindow(contents, preferences, address, invoke) {
  const { context } = await launch()
  const page = context.pages().find((each) => each.url() === 'about:blank') ?? (await context.newPage())
  const frames = new Map()
  const frameOf = (frame) => {
    if (!frames.has(frame))
      frames.set(frame, {
        get url() {
          return toReal(frame.url())
        },
      })
    return frames.get(frame)
  }
  contents.mainFrame = frameOf(page.mainFrame())
  contents.deliver = (channel, values) =>
    void page
      .evaluate(([name, text]) => window[Symbol.for('stand-in')]?.(name, text), [channel, encode({ values })])
      .catch(() => {})

  await page.exposeBinding('__standInInvoke', async ({ frame }, channel, values) =>
    encode({ value: await invoke(contents, frameOf(frame), channel, JSON.parse(values)) }),
  )
  await page.exposeBinding('__standInPathOf', () => '')
  await page.addInitScript(preloadIn(readFileSync(preferences.preload, 'utf8')))

  let loading = true
  await page.route('**/*', async (route) => {
    const request = route.request()
    const real = toReal(request.url())
    if (request.isNavigationRequest() && !loading) {
      let prevented = false
      const event = { url: real, preventDefault: () => (prevented = true) }
      contents.emit(request.frame() === page.mainFrame() ? 'will-navigate' : 'will-frame-navigate', event)
      if (prevented) return route.abort('aborted')
    }
    if (!real.startsWith('app:')) return route.abort('blockedbyclient')
    const response = await protocolHandler(new Request(real, { method: request.method() }))
    const body = Buffer.from(await response.arrayBuffer())
    return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
  })
  context.on('page', async (popup) => {
    if (popup === page || (await popup.opener().catch(() => null)) !== page) return
    const { action } = contents.openHandler({ url: toReal(popup.url()) })
    if (action === 'deny') await popup.close()
  })
  page.on('close', () => {
    contents.deliver = null
    contents.emit('destroyed')
  })
  await page.goto(toShown(address))
  loading = false
}
