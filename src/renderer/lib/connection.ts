/** What the window says while the program does not answer: only what is known, and what to do. */
import type { ConnectionState } from '../../contract/connection'

export interface ConnectionText {
  title: string
  detail: string
}

const clock = (date: Date) => date.toLocaleTimeString('en-US', { hour: '2-digit', minute: '2-digit', hour12: false })

/** Null while there is nothing to say. */
export function connectionText(state: ConnectionState, since: Date | null): ConnectionText | null {
  switch (state) {
    case 'connected':
      return null
    case 'reconnecting':
      return { title: 'Connection lost.', detail: 'Trying to reconnect…' }
    case 'unreachable':
      return {
        title: since ? `No answer from the program since ${clock(since)}.` : 'No answer from the program.',
        detail:
          'It may have ended, or the network is down: work that was running may have stopped. Check that the program runs. If it was started again, open the address that it printed.',
      }
    case 'ended':
      return {
        title: 'The program was shut down.',
        detail:
          'Training runs pause and resume at its next start; other work stopped. Start it again and open the address that it prints.',
      }
    case 'unauthorized':
      return {
        title: 'This window has no access to the program.',
        detail:
          'Its access token is missing or no longer valid. Open the address that the program printed at its last start.',
      }
    case 'no-events':
      return {
        title: 'No live updates.',
        detail:
          'The program answers, but its WebSocket connection does not get through. Check that the proxy forwards it (docs/deployment.md), and reload to see changes.',
      }
    case 'outdated':
      return { title: 'Another version of the program is running.', detail: 'Reload this window to use it.' }
  }
}
