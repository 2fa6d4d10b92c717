/** The participants' page's door: the browser door's calls with the token of one session, and no other call. */
import type { CallName, Input, Output, Reply } from '../../shared/contract'
import { StudioError } from '../../shared/errors'
import { decode } from '../doors/wire'
import type { SessionDoor } from './door'

/** Throws StudioError: `internal` where no answer came, the program's own refusal otherwise. */
async function post<N extends CallName>(name: N, bearer: string, input: Input<N>): Promise<Output<N>> {
  let reply: Reply<Output<N>>
  try {
    const response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(input),
    })
    reply = decode(await response.text()) as Reply<Output<N>>
  } catch (cause) {
    throw new StudioError('internal', 'The study does not answer.', {
      hint: 'Check your connection, then try again. What you answered so far is saved.',
      details: String(cause),
    })
  }
  if (reply.ok) return reply.value
  throw StudioError.fromData(reply.error)
}

export function pageDoor(token: string): SessionDoor {
  return {
    open: (environment) => post('session.open', token, { token, environment }),
    advance: (from) => post('session.advance', token, { token, from }),
    image: (practice, trial) => post('session.image', token, { token, practice, trial }),
    answer: (answer) => post('session.answer', token, { token, answer }),
    withdraw: () => post('session.withdraw', token, { token }),
  }
}

/** A new session by a recruitment link, or the one this participant already has; answers its token. */
export async function join(joinToken: string, external: Input<'session.join'>['external']): Promise<string> {
  const { token } = await post('session.join', joinToken, { join: joinToken, external })
  return token
}
