/**
 * Which processes have a project open: a file each in `.open`, removed when it is closed. One whose process is gone
 * says that the program did not end in order. Files, not rows: opening and closing leave the database as it was, byte
 * for byte.
 */
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProcessAlive, processName } from './processes'

const markersOf = (folder: string) => join(folder, '.open')
const fileOf = (folder: string, process: string) => join(markersOf(folder), encodeURIComponent(process))

function markers(folder: string): string[] {
  try {
    return readdirSync(markersOf(folder)).map(decodeURIComponent)
  } catch {
    return [] // nobody has it open
  }
}

const gone = (folder: string) => markers(folder).filter((name) => !isProcessAlive(name))

/** Whether a process that had the project open ended without closing it. */
export const wasCutOff = (folder: string): boolean => gone(folder).length > 0

/** Tells that this process has the project open, and that what was left by others has been looked after. */
export function markOpen(folder: string): void {
  mkdirSync(markersOf(folder), { recursive: true })
  writeFileSync(fileOf(folder, processName()), '')
  for (const name of gone(folder)) rmSync(fileOf(folder, name), { force: true })
}

/** Never throws: a marker that stays makes the next opening check the database, which loses nothing. */
export function unmarkOpen(folder: string): void {
  try {
    rmSync(fileOf(folder, processName()), { force: true })
    rmdirSync(markersOf(folder))
  } catch {
    // Another process has it open, or the disk failed.
  }
}
