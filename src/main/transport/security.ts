/**
 * Electron's security checklist for everything that is ever shown: no navigation away, no new windows, no web views,
 * no permissions; links to the few sites named here open in the person's own browser.
 */
import { app, session, shell } from 'electron'
import { guarded } from '../process/guarded'
import { isAppUrl } from './protocol'

/** Sites the program itself links to, by host. */
const LINKED_HOSTS = new Set(['github.com', 'arxiv.org', 'openaccess.thecvf.com', 'www.cs.toronto.edu', 'doi.org'])

export function isLinked(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === 'https:' && url.port === '' && url.username === '' && LINKED_HOSTS.has(url.hostname)
}

const openOutside = guarded('opening a link in the browser', (url: string) => shell.openExternal(url))

export function secureContents() {
  app.on('web-contents-created', (_event, contents) => {
    const keep = (event: { preventDefault(): void; url: string }) => {
      if (!isAppUrl(event.url)) event.preventDefault()
    }
    contents.on('will-navigate', keep)
    contents.on('will-redirect', keep)
    contents.on('will-frame-navigate', keep)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (isLinked(url)) openOutside(url)
      return { action: 'deny' }
    })
  })
}

/** Once the app is ready. */
export function denyPermissions() {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, details) => {
    // Copying a number is the one thing a page may ask for, and only ours.
    answer(permission === 'clipboard-sanitized-write' && isAppUrl(details.requestingUrl))
  })
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isAppUrl(origin),
  )
  defaultSession.setDevicePermissionHandler(() => false)
}
