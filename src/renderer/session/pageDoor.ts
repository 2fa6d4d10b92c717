/** A session's door in a browser: the browser door's calls with the token of one session, and no other call. */
import type { Input } from '../../contract'
import type { SessionDoor } from './door'
import { rememberedTicket, rememberTicket } from './remembered'
import { post, sessionSocket } from './socket'
import { untilDone } from './storing'

/** Why joining takes longer: a place in line, or no answer from the program. */
export type JoinWait = { kind: 'line'; seconds: number } | { kind: 'unreachable' }

export function pageDoor(token: string): SessionDoor {
  const socket = sessionSocket(token)
  return {
    open: (environment) => socket.call('session.open', { token, environment }),
    advance: (from) => socket.call('session.advance', { token, from }),
    image: (practice, trial) => socket.call('session.image', { token, practice, trial }),
    answer: (answer) => socket.call('session.answer', { token, answer }),
    withdraw: () => socket.call('session.withdraw', { token }),
    close: () => socket.close(),
  }
}

/**
 * A new session by a recruitment link, or the one this participant already has; answers its token. Where the study lets
 * people in more slowly than they come, waits in line and tells how many seconds are left; an interrupted connection is
 * waited for too. Throws StudioError with the program's refusal.
 */
export async function join(
  joinToken: string,
  external: Input<'session.join'>['external'],
  tell: (wait: JoinWait) => void,
): Promise<string> {
  let ticket = rememberedTicket(joinToken)
  for (;;) {
    const sent = { join: joinToken, external, ticket }
    const { token, waiting } = await untilDone(
      () => post('session.join', joinToken, sent),
      (now) => now && tell({ kind: 'unreachable' }),
    )
    ticket = waiting?.ticket ?? null
    rememberTicket(joinToken, ticket)
    if (waiting === null) return token
    tell({ kind: 'line', seconds: waiting.seconds })
    await new Promise((resolve) => setTimeout(resolve, waiting.retryMs))
  }
}
