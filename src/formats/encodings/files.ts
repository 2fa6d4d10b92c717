/**
 * Reading bytes from disk with progress, cancellation and exact errors. What a file is, is decided from its bytes
 * (`src/formats/read/index.ts`), never from its name.
 */
import { open, stat, type FileHandle } from 'node:fs/promises'
import { constants, type Stats } from 'node:fs'
import { Transform } from 'node:stream'
import { StudioError, badFile } from '../../domain/errors'
import { LIMITS } from './limits'
import type { ReadOptions } from './readOptions'
import { count } from '../../domain/text/numbers'

const CHUNK = 4 << 20

/** A file's own text for a message: on one line, cut where it is long. */
export function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters would break the one line of a message
  const line = text.slice(0, LIMITS.shownLength).replace(/[\x00-\x1f\x7f\u2028\u2029]/g, ' ')
  return text.length > LIMITS.shownLength ? `${line}…` : line
}

/** Throws `cancelled` once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new StudioError('cancelled', 'Cancelled.')
}

/** Lets messages (a cancellation among them) through between stretches of synchronous work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** stat, with errors that name the path and the reason. */
export async function statPath(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    throw accessError(path, error)
  }
}

/** A file system error as one that names file, place and reason. */
export function accessError(path: string, error: unknown): StudioError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new StudioError('not-found', 'No such file or folder.', { file: path, place: 'path' }, { cause: error })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new StudioError('bad-file', 'Reading it is not permitted.', { file: path, place: 'path' }, { cause: error })
  }
  const reason = UNREADABLE[code ?? '']
  if (reason) return new StudioError('bad-file', reason, { file: shown(path), place: 'path' }, { cause: error })
  return StudioError.from(error)
}

const UNREADABLE: Record<string, string> = {
  ELOOP: 'Its symbolic links lead in a circle.',
  ENAMETOOLONG: 'The path is too long.',
  // A socket, or a device without a driver.
  ENXIO: 'It is not a regular file.',
  EISDIR: 'It is a folder.',
  EIO: 'The disk reports an error.',
  ERR_INVALID_ARG_VALUE: 'The path contains a null character.',
}

/** The refusal of what is no regular file, in words. */
export function specialFile(path: string, stats: Stats): StudioError {
  if (stats.isDirectory()) return badFile(path, 'path', 'It is a folder.')
  const kind = stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : 'a device'
  return badFile(path, 'path', `It is ${kind}, not a regular file.`)
}

/** Opens a regular file for reading; devices, pipes, sockets and folders are refused without waiting for them. */
export async function openRegular(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK, opening a pipe waits for a writer, which may never come. Windows has no such flag.
  const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0
  const file = await open(path, constants.O_RDONLY | nonBlocking).catch((error: unknown) => {
    throw accessError(path, error)
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw specialFile(path, stats)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Reports at most ten times a second, with the time left guessed from the pace so far. */
export class Meter {
  private readonly started = performance.now()
  private reported = -Infinity

  constructor(
    private readonly label: string,
    private readonly total: number | null,
    private readonly options: ReadOptions,
  ) {
    this.at(0)
  }

  /** Says that `done` of `total` is done; throws `cancelled` when the signal is aborted. */
  at(done: number): void {
    throwIfCancelled(this.options.signal)
    const now = performance.now()
    if (now - this.reported < 100 && done !== this.total) return
    this.reported = now
    const elapsed = (now - this.started) / 1000
    const secondsLeft = this.total && done > 0 && elapsed > 0.5 ? (elapsed * (this.total - done)) / done : null
    this.options.onProgress?.({ label: this.label, done, total: this.total, secondsLeft })
  }
}

async function fill(file: FileHandle, into: Uint8Array, position: number, meter: Meter | null): Promise<number> {
  let done = 0
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, Math.min(CHUNK, into.length - done), position + done)
    if (bytesRead === 0) break
    done += bytesRead
    meter?.at(done)
  }
  return done
}

/** The first `length` bytes, fewer where the file is shorter. */
export async function readHead(path: string, length: number): Promise<Uint8Array> {
  return readPart(path, 0, length)
}

/** Up to `length` bytes from `position`. */
export async function readPart(path: string, position: number, length: number): Promise<Uint8Array> {
  const file = await openRegular(path)
  try {
    const bytes = new Uint8Array(length)
    return bytes.subarray(0, await fill(file, bytes, position, null))
  } finally {
    await file.close()
  }
}

/** The whole file. Throws bad-file where it has more than `most` bytes. */
export async function readAll(
  path: string,
  label: string,
  options: ReadOptions,
  most: number = LIMITS.arrayBytes,
): Promise<Uint8Array> {
  const file = await openRegular(path)
  try {
    const { size } = await file.stat()
    if (size > most) throw badFile(path, 'size', `It has ${count(size)} bytes; at most ${count(most)} are read.`)
    const bytes = new Uint8Array(size)
    const got = await fill(file, bytes, 0, new Meter(label, size, options))
    if (got < size) throw badFile(path, `byte ${count(got)}`, 'The file became shorter while it was read.')
    return bytes
  } finally {
    await file.close()
  }
}

/**
 * A stream that passes bytes on, calling `seen` with each chunk and the bytes so far; its throwing stops the stream.
 */
export function tap(seen: (chunk: Uint8Array, bytes: number) => void, end?: () => void): Transform {
  let bytes = 0
  const guarded = (run: () => void, next: (error?: Error | null) => void): void => {
    try {
      run()
    } catch (error) {
      next(error as Error)
      return
    }
    next()
  }
  return new Transform({
    readableHighWaterMark: 1 << 20,
    writableHighWaterMark: 1 << 20,
    transform(chunk: Uint8Array, _encoding, next) {
      bytes += chunk.length
      guarded(() => {
        seen(chunk, bytes)
        this.push(chunk)
      }, next)
    },
    flush(next) {
      guarded(() => end?.(), next)
    },
  })
}
