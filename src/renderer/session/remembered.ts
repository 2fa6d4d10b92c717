/**
 * Which session a recruitment service's participant has in this browser: identifiers in an address are no secret, so
 * the program hands a session out once, and who opens the link again goes on with what is kept here.
 */
import type { External } from '../../shared/study'

const keyOf = (joinToken: string, { service, participant }: External) =>
  `second-guess-session/${joinToken}/${service}/${participant}`

export function rememberedToken(joinToken: string, external: External | null): string | null {
  if (!external) return null
  try {
    return localStorage.getItem(keyOf(joinToken, external))
  } catch {
    // A browser that keeps nothing: the program says what to do.
    return null
  }
}

export function rememberToken(joinToken: string, external: External | null, token: string) {
  if (!external) return
  try {
    localStorage.setItem(keyOf(joinToken, external), token)
  } catch {
    // The address holds the token as long as the page is open.
  }
}
