/** The session's door in the window: the contract's client, as its owner, with the token of the owner's session. */
import { call } from '../../client'
import type { SessionDoor } from '../../session/door'

export function windowDoor(token: string): SessionDoor {
  return {
    open: (environment) => call('session.open', { token, environment }),
    advance: (from) => call('session.advance', { token, from }),
    image: (practice, trial) => call('session.image', { token, practice, trial }),
    answer: (answer) => call('session.answer', { token, answer }),
    withdraw: () => call('session.withdraw', { token }),
  }
}
