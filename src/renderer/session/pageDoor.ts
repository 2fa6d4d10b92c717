/** A session's door in a browser: the browser door's calls with the token of one session, and no other call. */
import type { Input } from '../../shared/contract'
import type { SessionDoor } from './door'
import { post, sessionSocket } from './socket'

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

/** A new session by a recruitment link, or the one this participant already has; answers its token. */
export async function join(joinToken: string, external: Input<'session.join'>['external']): Promise<string> {
  const { token } = await post('session.join', joinToken, { join: joinToken, external })
  return token
}
