/**
 * Errors that cross a process boundary. An error is data with a kind, so that a window, a browser or a command line
 * can show what happened, to what, and what to do next. Nothing here depends on a transport.
 */
import type { OpenChoice } from './importChoices'

export type ErrorKind =
  | 'bad-input' // the caller's arguments do not fit
  | 'bad-file' // a file is not what it claims to be: names file, place and reason
  | 'not-found'
  | 'conflict' // the project is in a state that forbids this (already running, name taken)
  | 'cancelled'
  | 'device' // an accelerator or engine failed
  | 'forbidden'
  | 'internal'

export interface ErrorData {
  kind: ErrorKind
  message: string
  /** The file concerned, as the caller named it. */
  file?: string
  /** Where in the file: "byte 1,234", "row 17, column chosen_label", "entry [3, 4]". */
  place?: string
  /** What a person can do next. */
  hint?: string
  /** Of an import: what its owner must choose before it can be done. */
  choice?: OpenChoice
  /** Stack or log lines, for the unfoldable details. */
  details?: string
}

/** The one error type of the program. `message` is a full sentence without the file and place. */
export class StudioError extends Error {
  override readonly name = 'StudioError'
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly where: Omit<ErrorData, 'kind' | 'message'> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  toData(): ErrorData {
    return { kind: this.kind, message: this.message, ...this.where }
  }

  /** One line naming file, place and reason: the last line of standard error. */
  toLine(): string {
    return [this.where.file, this.where.place, this.message].filter(Boolean).join(': ')
  }

  static fromData(data: ErrorData): StudioError {
    const { kind, message, ...where } = data
    return new StudioError(kind, message, where)
  }

  /** Any thrown value as a StudioError; unknown ones become `internal` with their stack as details. */
  static from(error: unknown): StudioError {
    if (error instanceof StudioError) return error
    if (error instanceof Error) {
      if (error.name === 'AbortError') return new StudioError('cancelled', 'Cancelled.')
      return new StudioError('internal', error.message, { details: error.stack }, { cause: error })
    }
    return new StudioError('internal', String(error))
  }
}

/** A malformed file: `throw badFile(path, 'byte 30,730,000', 'ends after 9,999 of 10,000 records')`. */
export function badFile(file: string, place: string | undefined, reason: string): StudioError {
  return new StudioError('bad-file', reason, place === undefined ? { file } : { file, place })
}

/** For the default branch of an exhaustive switch. */
export function assertNever(value: never): never {
  throw new StudioError('internal', `Unexpected value ${JSON.stringify(value)}`)
}
