/**
 * The files of a project folder: `datasets/<id>.u8` (packed uint8 NHWC pixels) and `runs/<id>/`. A file appears whole
 * or not at all: it is written under a temporary name that carries the writer's process number, flushed to disk, then
 * renamed, and the folder is flushed so that the name survives a power cut too.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StudioError } from '../../domain/errors'
import { isSystemError, toStudioError } from '../process/systemErrors'

const TEMPORARY = /\.(?<pid>\d+)\.(?<number>\d+)\.part$/
let temporaries = 0

function flush(path: string, flags: 'r' | 'r+') {
  const handle = openSync(path, flags)
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Puts a file that another library wrote on disk. */
export const flushFile = (file: string) => flush(file, 'r+')

/** Flushes a folder's entries where the system can (Windows cannot open folders). */
export function flushFolder(folder: string) {
  if (process.platform !== 'win32') flush(folder, 'r')
}

/** Writes and flushes a temporary file beside `target`; answers its path, to be put in place or removed. */
export function writeTemporary(target: string, chunks: Iterable<Uint8Array>, signal?: AbortSignal): string {
  mkdirSync(dirname(target), { recursive: true })
  const path = `${target}.${process.pid}.${++temporaries}.part`
  const handle = openSync(path, 'w')
  try {
    for (const chunk of chunks) {
      let at = 0
      while (at < chunk.length) {
        signal?.throwIfAborted()
        at += writeSync(handle, chunk, at, Math.min(chunk.length - at, 16 << 20))
      }
    }
    fsyncSync(handle)
  } catch (error) {
    closeSync(handle)
    rmSync(path, { force: true })
    throw isSystemError(error) ? toStudioError(error, target) : error
  }
  closeSync(handle)
  return path
}

export function putInPlace(temporary: string, target: string) {
  renameSync(temporary, target)
  flushFolder(dirname(target))
}

/** Replaces `target` in one step: a reader, or a crash, finds the old content or the new. */
export function writeAtomically(target: string, ...chunks: (Uint8Array | string)[]) {
  putInPlace(
    writeTemporary(
      target,
      chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
    ),
    target,
  )
}

/** Temporary files in `folder` whose writer is no longer alive, by path. */
export function deadTemporaries(folder: string, isAlive: (pid: number) => boolean): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => {
      const pid = TEMPORARY.exec(name)?.groups?.['pid']
      return pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))
    })
    .map((name) => join(folder, name))
}

/** Temporary files of one process, removed (after it was killed). */
export function removeTemporariesOf(folder: string, pid: number) {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder))
    if (TEMPORARY.exec(name)?.groups?.['pid'] === String(pid)) rmSync(join(folder, name), { force: true })
}

/** `length` bytes from each of the offsets, packed. Throws StudioError('bad-file') where the file is shorter. */
export function readSlices(file: string, offsets: number[], length: number): Uint8Array {
  const bytes = new Uint8Array(offsets.length * length)
  let handle: number
  try {
    handle = openSync(file, 'r')
  } catch (error) {
    throw new StudioError('bad-file', 'The file of pixels is missing.', { file: basename(file) }, { cause: error })
  }
  try {
    offsets.forEach((offset, i) => {
      const read = readSync(handle, bytes, i * length, length, offset)
      if (read < length)
        throw new StudioError('bad-file', 'The file of pixels is cut off.', {
          file: basename(file),
          place: `byte ${offset + read}`,
        })
    })
  } finally {
    closeSync(handle)
  }
  return bytes
}
