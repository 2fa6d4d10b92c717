/** The window's own origin, `app://second-guess`: built files only, with the content security policy. Never file://. */
import { protocol } from 'electron'
import { readAsset } from './assets'
import { SECURITY_HEADERS } from './csp'
import { rendererFolder } from '../process/entries'

const SCHEME = 'app'
const HOST = 'second-guess'
export const START_URL = `${SCHEME}://${HOST}/index.html`

export function isAppUrl(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === `${SCHEME}:` && url.host === HOST
}

/** Before the app is ready: makes app:// a standard, secure origin. */
export function registerScheme() {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Once the app is ready. */
export function serveApp() {
  protocol.handle(SCHEME, async (request) => {
    const refuse = (status: number) => new Response(null, { status, headers: SECURITY_HEADERS })
    if (request.method !== 'GET' || !isAppUrl(request.url)) return refuse(403)
    const asset = await readAsset(rendererFolder(), new URL(request.url).pathname)
    if (!asset) return refuse(404)
    return new Response(asset.bytes, { headers: { ...SECURITY_HEADERS, 'content-type': asset.type } })
  })
}
