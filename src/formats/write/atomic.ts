/**
 * Files that appear complete or not at all: written beside their place, flushed, then renamed. Several files that
 * belong together appear together.
 */
import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { StudioError } from '../../domain/errors'
import { throwIfCancelled } from '../encodings/files'

export interface Target {
  path: string
  write: (file: FileHandle) => Promise<void>
  /** Permissions, whatever the umask of this process is; left out, the umask decides. */
  mode?: number
}

/** Calls `write` with a temporary file in the folder of `path`; answers its name once everything is on disk. */
async function writeBeside({ path, write, mode }: Target): Promise<string> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`)
  const file = await open(temporary, 'wx').catch((error: unknown) => {
    throw unwritable(path, error)
  })
  try {
    if (mode !== undefined) await file.chmod(mode)
    await write(file)
    await file.sync()
    await file.close()
    return temporary
  } catch (error) {
    await file.close().catch(() => undefined) // the first error is the one to tell
    await rm(temporary, { force: true })
    throw error instanceof StudioError ? error : unwritable(path, error)
  }
}

/**
 * Writes all targets and only then renames each into place, in the order given; the last one is the file, those before
 * it are small and belong to it. When anything fails or the signal is aborted before the first rename, nothing is left
 * behind and what was there before is there still. Throws bad-input where a file cannot be written.
 */
export async function writeTogether(targets: readonly Target[], signal?: AbortSignal): Promise<void> {
  const temporaries = new Map<Target, string>()
  const placed: { path: string; before: Uint8Array | null }[] = []
  try {
    // The file first: where it cannot be written, it is the one to name.
    for (const target of targets.toReversed()) temporaries.set(target, await writeBeside(target))
    throwIfCancelled(signal)
    for (const [i, target] of targets.entries()) {
      const { path } = target
      const before = i < targets.length - 1 ? await contentOf(path) : null
      await rename(temporaries.get(target) ?? '', path).catch((error: unknown) => {
        throw unwritable(path, error)
      })
      placed.push({ path, before })
    }
  } catch (error) {
    for (const { path, before } of placed) await (before ? writeFile(path, before) : rm(path, { force: true }))
    for (const temporary of temporaries.values()) await rm(temporary, { force: true })
    throw error
  }
}

/** A single file; see writeTogether. */
export async function writeAtomically(path: string, write: Target['write'], mode?: number): Promise<void> {
  await writeTogether([{ path, write, mode }])
}

async function contentOf(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw unwritable(path, error)
  })
}

const REASONS: Record<string, string> = {
  ENOENT: 'Its folder does not exist.',
  ENOTDIR: 'Its folder does not exist.',
  EACCES: 'Writing there is not permitted.',
  EPERM: 'Writing there is not permitted.',
  EROFS: 'The disk is read-only.',
  ENOSPC: 'The disk is full.',
  EDQUOT: 'The disk is full.',
  EFBIG: 'The file is larger than may be written there.',
  EISDIR: 'A folder of this name exists.',
  ENAMETOOLONG: 'Its name is too long.',
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
