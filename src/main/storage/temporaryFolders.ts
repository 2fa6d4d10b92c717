/**
 * Folders in the system's temporary folder that belong to one process of this program. The name says which, so that the
 * next start can remove what a kill left behind: they hold files that people uploaded and copies of databases.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isOfThisHost, isProcessAlive, processName } from './processes'

/** second-guess-of-<base64url of the process's name>.<six random characters> */
const PREFIX = 'second-guess-of-'
const NAME = /^second-guess-of-(?<process>[\w-]+)\.[A-Za-z0-9]{6}$/

/** A new folder of this process, readable by its user only (mode 700). */
export function makeTemporaryFolder(parent = tmpdir()): string {
  const owner = Buffer.from(processName()).toString('base64url')
  return mkdtempSync(join(parent, `${PREFIX}${owner}.`))
}

/**
 * Removes folders of processes of this program, machine and user that have ended; answers their paths. Others, links
 * and files of the same name stay: the temporary folder is open to everybody. What cannot be removed is left for the
 * next start.
 */
export function removeDeadTemporaryFolders(parent = tmpdir()): string[] {
  return namesIn(parent).flatMap((name) => {
    const encoded = NAME.exec(name)?.groups?.['process']
    if (encoded === undefined) return []
    const owner = Buffer.from(encoded, 'base64url').toString()
    const path = join(parent, name)
    if (!isOfThisHost(owner) || isProcessAlive(owner)) return []
    try {
      if (!isOwnFolder(path)) return []
      rmSync(path, { recursive: true, force: true })
      return [path]
    } catch {
      return []
    }
  })
}

/** Nothing where the folder cannot be listed: tidying up is no reason to refuse a start. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid())
}
