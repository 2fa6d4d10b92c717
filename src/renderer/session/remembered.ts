/**
 * Which session a recruitment service's participant has in this browser: identifiers in an address are no secret, so
 * the program hands a session out once, and who opens the link again goes on with what is kept here.
 */
import type { External } from './address'

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

/** The place in the waiting line, kept by this tab so that a reload does not lose it. */
const ticketKey = (joinToken: string) => `second-guess-ticket/${joinToken}`

export function rememberedTicket(joinToken: string): string | null {
  try {
    return sessionStorage.getItem(ticketKey(joinToken))
  } catch {
    return null
  }
}

/** Null forgets it. */
export function rememberTicket(joinToken: string, ticket: string | null) {
  try {
    if (ticket === null) sessionStorage.removeItem(ticketKey(joinToken))
    else sessionStorage.setItem(ticketKey(joinToken), ticket)
  } catch {
    // The page holds it as long as it is open.
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
