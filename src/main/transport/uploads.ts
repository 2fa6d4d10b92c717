/**
 * Files dropped on the window in a browser: kept in a temporary folder of this process until it ends. What processes
 * left behind that were killed is removed at the next start.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StudioError } from '../../domain/errors'
import { makeTemporaryFolder, removeDeadTemporaryFolders } from '../storage/temporaryFolders'

/** More than CIFAR-10's archive in any of its versions; larger data is imported by its path. */
export const UPLOAD_BYTES = 512 * 2 ** 20
const MOST_FILES = 100_000

export interface Uploads {
  /** Answers the paths of what was dropped: files, and the top folders of those that came in one. */
  store(files: File[]): Promise<string[]>
  close(): void
}

/** A dropped file's relative path without anything that leaves its folder. Throws where nothing remains. */
export function safeParts(name: string): string[] {
  const parts = name.split(/[/\\]+/).filter((part) => part !== '' && part !== '.')
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  const bad = parts.length === 0 || parts.some((part) => part === '..' || part.length > 200 || /[\0-\x1f:]/.test(part))
  if (bad) throw new StudioError('bad-input', 'The name of a file cannot be used.', { file: name.slice(0, 200) })
  return parts
}

export function createUploads(): Uploads {
  removeDeadTemporaryFolders()
  let root: string | null = null
  return {
    async store(files) {
      if (files.length === 0) throw new StudioError('bad-input', 'No file was sent.')
      if (files.length > MOST_FILES) throw new StudioError('bad-input', `More than ${MOST_FILES} files at once.`)
      const named = files.map((file) => ({ file, parts: safeParts(file.name) }))
      root ??= makeTemporaryFolder()
      const folder = mkdtempSync(join(root, 'drop-'))
      const tops = new Set<string>()
      for (const { file, parts } of named) {
        const path = join(folder, ...parts)
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        await writeFile(path, new Uint8Array(await file.arrayBuffer()), { flag: 'wx', mode: 0o600 })
        tops.add(join(folder, parts[0] ?? ''))
      }
      return [...tops]
    },
    close() {
      if (root) rmSync(root, { recursive: true, force: true })
    },
  }
}
