/** The program's own log: lines of JSON on standard error, never on standard output (that belongs to the commands). */
import pino from 'pino'

export const log = pino(
  { level: process.env['SECOND_GUESS_LOG'] ?? 'warn', base: null, serializers: { error: pino.stdSerializers.err } },
  pino.destination(2),
)
