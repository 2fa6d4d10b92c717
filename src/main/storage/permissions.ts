/**
 * Who may read what is newly made. A project holds participants' links and identifiers, so its folder is 700 and its
 * files are 600. A folder that a group shares passes its group bits on: 770 gives 660, 750 gives 640. Files that the
 * owner asks for outside the project (exports, reports) keep the permissions the user's umask gives.
 */
import { statSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Sets the umask; returns the one before. Threads share their process's and may not set it. */
const setMask = (mask: number): number => (isMainThread ? process.umask(mask) : mask)

/** As the user started the program. */
const usual = setMask(0o022)
setMask(usual)

/** The group's bits that new files take over from `folder`: none unless the folder is meant for its group. */
function groupBits(folder: string): number {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0o700
  const worksTogether = (mode & 0o020) !== 0
  const readsTogether = (mode & 0o050) !== 0 && (mode & 0o007) === 0
  return worksTogether || readsTogether ? mode & 0o070 : 0
}

/** From here on, what this process creates is as private as the project in `folder`. */
export function restrictTo(folder: string): void {
  setMask(0o077 & ~groupBits(folder))
}

/** Runs `write` with the user's own umask: for files that leave the project. Synchronous. */
export function withUsualMask<T>(write: () => T): T {
  const restricted = setMask(usual)
  try {
    return write()
  } finally {
    setMask(restricted)
  }
}

/** The mode of a file that leaves the project. */
export const usualFileMode = (): number => 0o666 & ~usual
