/** Where a session goes on when it is opened again: at the trial, or after a long interruption as its policy says. */
import type { StudyProtocol } from '.'
import { blockOf } from './protocol'

export type Resumption =
  | { at: 'trial' | 'block' | 'start'; position: number }
  /** The policy does not let it go on. */
  | { at: 'refused' }

/** `position`: the trial that was on the screen; `awayMs`: since the last answer or opening. */
export function resumption(protocol: StudyProtocol, position: number, awayMs: number): Resumption {
  if (position === 0 || awayMs <= protocol.longInterruptionMinutes * 60_000) return { at: 'trial', position }
  switch (protocol.resume) {
    case 'restart':
      return { at: 'start', position: 0 }
    case 'refuse':
      return { at: 'refused' }
    case 'resume': {
      // The block is answered anew: what was answered of it stays, as an earlier revision.
      const block = blockOf(protocol)
      return block > 0 ? { at: 'block', position: position - (position % block) } : { at: 'trial', position }
    }
  }
}
