/** What a window or a participant's page knows about the program behind it. */

export type ConnectionState =
  /** Calls and events arrive. */
  | 'connected'
  /** No answer for a moment. */
  | 'reconnecting'
  /** No answer for longer than UNREACHABLE_MS. */
  | 'unreachable'
  /** The program said that it was ending. */
  | 'ended'
  /** It answers, and does not accept this window's token. */
  | 'unauthorized'
  /** It answers calls, but no WebSocket comes through: a proxy does not forward them. */
  | 'no-events'
  /** Connected, but the program now serves another build of this window. */
  | 'outdated'

/** Until then a lost connection is a moment's trouble. */
export const UNREACHABLE_MS = 20_000
/** Close code of every WebSocket when the program ends in order (RFC 6455 leaves 4000 to 4999 to applications). */
export const ENDED_CODE = 4001
