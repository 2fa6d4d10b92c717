/** The program's own log: lines of JSON on standard error, never on standard output (that belongs to the commands). */
import pino from 'pino'

const destination = pino.destination(2)
// Where standard error is gone (a closed terminal, a full disk), its lines are lost and nothing else.
destination.on('error', () => {})

export const log = pino(
  { level: process.env['SECOND_GUESS_LOG'] ?? 'warn', base: null, serializers: { error: pino.stdSerializers.err } },
  destination,
)
