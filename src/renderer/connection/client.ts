/**
 * The contract's client for views and stores: the desktop bridge where the preload script put one, the browser door
 * (HTTP and WebSocket) otherwise. The only file of the window that knows there are two doors.
 */
import type { CallName, Client, Input, Output } from '../../contract'
import { StudioError } from '../../domain/errors'
import { browserClient } from './browser'
import { desktopClient } from './desktop'

export const client: Client = window.secondGuess ? desktopClient(window.secondGuess) : browserClient()

export const onDesktop = window.secondGuess !== undefined

/** A typed call. Throws StudioError only: whatever crossed the door is revived as one. */
export async function call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> {
  try {
    return await client.call(name, input)
  } catch (error) {
    throw StudioError.from(error)
  }
}
