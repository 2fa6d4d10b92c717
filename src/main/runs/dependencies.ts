/** Which runs must be done before one begins. */
import type { RunConfig } from '../../domain/runs/config'

/** Their keys. */
export const dependencies = ({ startFrom, teachers }: RunConfig): string[] => [
  ...(startFrom ? [startFrom] : []),
  ...teachers,
]
