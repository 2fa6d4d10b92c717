/**
 * When the files are cleaned after an erasure. Rewriting the database takes about as long as copying it, and answers
 * wait meanwhile: it is done at once where no participant is at work, else in the first pause of theirs, at the latest
 * after a minute, and once more when the project is closed. What is left then is done at the next opening
 * (storage/index.ts).
 */
import { log } from '../process/log'
import { removeBackups } from '../storage/backups'
import type { ProjectService } from '../project/service'

/** Without a call by a participant for so long there is a pause. */
const QUIET_MS = 2_000
const LOOK_MS = 500
const LATEST_MS = 60_000

export interface Cleanup {
  /** A participant called: the database is not rewritten right now. */
  participantSeen(): void
  /** Deletes backups and begins. `clean` says whether it is done already. */
  begin(): { backups: number; clean: boolean }
}

export function erasureCleanup(project: ProjectService): Cleanup {
  let seenAt = -Infinity
  let beganAt = 0
  let timer: NodeJS.Timeout | null = null

  function attempt(): boolean {
    try {
      return project.store().cleanUp()
    } catch (error) {
      // A full disk, for instance. The setting stays, so that it is tried again.
      log.error({ error }, 'the database could not be cleaned after an erasure')
      return false
    }
  }

  function look() {
    timer = null
    if (!project.current()) return
    const now = Date.now()
    const due = now - seenAt >= QUIET_MS || now - beganAt >= LATEST_MS
    if (!due || !attempt()) wait()
  }
  const wait = () => void (timer ??= setTimeout(look, LOOK_MS).unref())

  project.onClose(() => {
    if (timer) {
      clearTimeout(timer)
      timer = null
      attempt()
    }
    return Promise.resolve()
  })

  return {
    participantSeen: () => void (seenAt = Date.now()),
    begin() {
      const backups = removeBackups(project.store().folder)
      beganAt = Date.now()
      const clean = beganAt - seenAt >= QUIET_MS && attempt()
      if (!clean) wait()
      return { backups, clean }
    },
  }
}
