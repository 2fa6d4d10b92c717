/** The address under which a reverse proxy makes the server reachable: `--public-url https://study.example.org`. */
import { StudioError } from '../../domain/errors'

/**
 * The origin of the address, such as "https://study.example.org". Throws StudioError('bad-input') for anything but http
 * or https with a host and an optional port: the window's files and calls have fixed paths, so a proxy cannot move them
 * below a path of its own.
 */
export function parsePublicUrl(text: string): URL {
  const refuse = (reason: string, hint?: string): never => {
    throw new StudioError('bad-input', reason, { hint })
  }
  const url = URL.parse(text) ?? refuse(`${text} is not an address.`, 'An example: https://study.example.org')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    refuse('The public address must begin with https:// or http://.')
  if (url.username || url.password) refuse('The public address must not contain a user name or password.')
  if (url.search || url.hash || /[?#]/.test(text)) refuse('The public address must not contain a query or fragment.')
  if (url.pathname !== '/')
    refuse(
      `The path ${url.pathname} is not supported.`,
      'Give the server a host name or a port of its own at the proxy.',
    )
  return url
}
