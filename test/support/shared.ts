/** Where the shared data and reference files lie; tests that need them skip with a message where they are absent. */
import { existsSync } from 'node:fs'
import path from 'node:path'

export const SHARED = process.env['SECOND_GUESS_SHARED'] ?? path.resolve(import.meta.dirname, '../../../shared')

/** The path below the shared folder, or null (said on standard error) where there is none. */
export function shared(...parts: string[]): string | null {
  const found = path.join(SHARED, ...parts)
  if (existsSync(found)) return found
  console.warn(`SKIPPED: ${path.join(...parts)} is not there (set SECOND_GUESS_SHARED to the shared folder)`)
  return null
}
