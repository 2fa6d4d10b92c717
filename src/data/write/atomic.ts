/** Files that appear complete or not at all: written beside their place, flushed, then renamed. */
import { randomUUID } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { StudioError } from '../../shared/errors'

/**
 * Calls `write` with a temporary file in the folder of `path` and renames it into place; nothing is left behind when it
 * fails. Throws bad-input where the folder cannot be written to.
 */
export async function writeAtomically<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`)
  const file = await open(temporary, 'wx').catch((error: unknown) => {
    throw unwritable(path, error)
  })
  try {
    const result = await write(file)
    await file.sync()
    await file.close()
    await rename(temporary, path)
    return result
  } catch (error) {
    await file.close().catch(() => undefined) // already closed when the rename failed
    await rm(temporary, { force: true })
    throw error instanceof StudioError ? error : unwritable(path, error)
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'Its folder does not exist.',
  ENOTDIR: 'Its folder does not exist.',
  EACCES: 'Writing there is not permitted.',
  EPERM: 'Writing there is not permitted.',
  EROFS: 'The disk is read-only.',
  ENOSPC: 'The disk is full.',
  EISDIR: 'A folder of this name exists.',
}

function unwritable(path: string, error: unknown): StudioError {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? '']
  if (!reason) return StudioError.from(error)
  return new StudioError('bad-input', reason, { file: path, place: 'path' }, { cause: error })
}

/** Writes all of `bytes`, however many calls it takes. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
}
