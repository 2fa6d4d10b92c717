/** Who answers the calls of the contract, and who asks. */
import type { z } from 'zod'
import type { CallName, Calls, Output } from '.'

/** A function for each call; a missing one does not compile. */
export type Handlers = {
  [N in CallName]: (input: z.output<Calls[N]['input']>) => Output<N> | Promise<Output<N>>
}

/**
 * Who is asking: the owner, a participant by the token of one session, or somebody with a study's recruitment link. A
 * participant may call what belongs to a session, for that session alone.
 */
export type Role = 'owner' | { participant: string } | { join: string }
