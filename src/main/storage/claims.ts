/** Which process holds what in a project: the run queue, an import. Claims of dead processes are taken over. */
import { StudioError } from '../../domain/errors'
import type { Sqlite } from './database'
import { isOfThisHost, isProcessAlive, processName } from './processes'

export interface Claim {
  name: string
  process: string
  detail: string
  since: string
}

/** @param readOnly nothing can be claimed and nothing is held: the database is a copy */
export function claimsTable(database: Sqlite, readOnly = false) {
  const get = database.prepare<[string], Claim>('SELECT * FROM claims WHERE name = ?')
  const put = database.prepare('INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)')
  const remove = database.prepare('DELETE FROM claims WHERE name = ? AND process = ?')
  const all = database.prepare<[], Claim>('SELECT * FROM claims')

  const take = database.transaction((name: string, detail: string): Claim | null => {
    const mine = processName()
    const held = get.get(name)
    if (held && held.process !== mine && isProcessAlive(held.process)) return held
    put.run(name, mine, detail, new Date().toISOString())
    return null
  })

  return {
    /** Takes `name` for this process; answers the living holder when there is one, else null. */
    take(name: string, detail = ''): Claim | null {
      if (readOnly) throw new StudioError('forbidden', 'The project is open for reading only.')
      return take.immediate(name, detail)
    },
    /** Takes `name` from a process of another machine, of which nobody here can tell whether it lives. */
    takeOver(name: string) {
      const held = get.get(name)
      if (held && !isOfThisHost(held.process)) remove.run(name, held.process)
    },
    release(name: string) {
      if (!readOnly) remove.run(name, processName())
    },
    holder: (name: string): Claim | null => {
      const held = get.get(name)
      return held && isProcessAlive(held.process) ? held : null
    },
    /** Claims of other processes that are alive. */
    others: (): Claim[] => {
      const mine = processName()
      return all.all().filter(({ process }) => process !== mine && isProcessAlive(process))
    },
    /** Claims whose process is gone, removed as they are answered. Call inside a transaction. */
    takeDead(): Claim[] {
      const dead = all.all().filter((claim) => !isProcessAlive(claim.process))
      for (const claim of dead) remove.run(claim.name, claim.process)
      return dead
    },
  }
}
