/**
 * The session's door in the window: on the desktop the bridge, in a browser what participants use too, which is faster
 * than a request per call; both with the token of the owner's session.
 */
import { call, onDesktop } from '../../connection/client'
import type { SessionDoor } from '../../session/door'
import { pageDoor } from '../../session/pageDoor'

export function windowDoor(token: string): SessionDoor {
  if (!onDesktop) return pageDoor(token)
  return {
    open: (environment) => call('session.open', { token, environment }),
    advance: (from) => call('session.advance', { token, from }),
    image: (practice, trial) => call('session.image', { token, practice, trial }),
    answer: (answer) => call('session.answer', { token, answer }),
    withdraw: () => call('session.withdraw', { token }),
    close: () => undefined,
  }
}
