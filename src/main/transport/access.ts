/**
 * Who may speak to the browser door. A page of another site in the same browser must get nothing: the Host must be an
 * address this door is bound to (no DNS rebinding), an Origin must be the door's own, and every call carries the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { networkInterfaces } from 'node:os'

const digest = (text: string) => createHash('sha256').update(text).digest()

export interface Access {
  /** 421 for a foreign Host, 403 for a foreign Origin, 401 for a missing or wrong token, null when all is well. */
  refusal(request: {
    host: string | undefined
    origin: string | undefined
    token: string | null
  }): 401 | 403 | 421 | null
  isOwner(token: string): boolean
  /** Host and Origin only, for files that are no secret. */
  foreign(request: { host: string | undefined; origin: string | undefined }): 403 | 421 | null
}

/** Names under which a browser reaches an address the door is bound to. */
function hostNames(host: string): string[] {
  const loopback = ['127.0.0.1', 'localhost', '[::1]']
  if (host === '127.0.0.1' || host === 'localhost' || host === '::1') return loopback
  if (host !== '0.0.0.0' && host !== '::') return [host.includes(':') ? `[${host}]` : host]
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return [...loopback, ...addresses.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))]
}

/** The name by which others reach a door bound to `host`: on all addresses, the first one of the network. */
export function reachableAddress(host: string): { name: string; network: boolean } {
  if (['127.0.0.1', 'localhost', '::1'].includes(host)) return { name: host === '::1' ? '[::1]' : host, network: false }
  if (host !== '0.0.0.0' && host !== '::') return { name: host.includes(':') ? `[${host}]` : host, network: true }
  const outward = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  return outward ? { name: outward.address, network: true } : { name: '127.0.0.1', network: false }
}

/**
 * @param publicUrl where a reverse proxy makes the server reachable: its host and its origin are accepted beside the
 * local
 *   ones. Headers such as X-Forwarded-Host are never read, because anybody can send them.
 */
export function createAccess(host: string, port: number, token: string, publicUrl?: URL): Access {
  const hosts = new Set(hostNames(host).map((name) => `${name}:${port}`))
  const expected = digest(token)
  const foreign: Access['foreign'] = ({ host: header, origin }) => {
    const asked = header?.toLowerCase()
    const isLocal = asked !== undefined && hosts.has(asked)
    if (!isLocal && (asked === undefined || asked !== publicUrl?.host)) return 421
    // A proxy may pass on the local Host: a page of the public origin is this program's own either way.
    if (origin === undefined || origin === publicUrl?.origin) return null
    return isLocal && origin === `http://${asked}` ? null : 403
  }
  const isOwner = (given: string) => timingSafeEqual(digest(given), expected)
  return {
    foreign,
    isOwner,
    refusal({ token: given, ...request }) {
      const refused = foreign(request)
      if (refused) return refused
      return given !== null && isOwner(given) ? null : 401
    },
  }
}
