/**
 * How every command ends: exit 0; 1 for a refused or failed request, the last line of standard error naming file, place
 * and reason; 2 for wrong usage. Standard output carries the answer and nothing else.
 */
import { writeSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { endWithLauncher } from '../process/launcher'
import { endAfterError } from '../process/lastResort'
import { toStudioError } from '../process/systemErrors'
import { encode } from '../transport/wire'

export function message(line: string) {
  process.stderr.write(`${line}\n`)
}

/** Told while a command blocks on the lock of another process that writes to the project. */
export const sayWaiting = () => message('Waiting for another program that is writing to the project.')

/** Prints the answer: one JSON document with --json, else the lines for a person. */
export function answer(json: boolean | undefined, value: unknown, lines: string[]) {
  const text = json ? `${encode(value)}\n` : lines.map((line) => `${line}\n`).join('')
  // Synchronous: the process may be ended right after.
  for (let bytes = Buffer.from(text); bytes.length > 0;) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return
      if (code !== 'EAGAIN') throw error
    }
  }
}

/** A command with the habits all of them share. */
export const command = (name: string, description: string): Command => new Command(name).description(description)

export const jsonOption = ['--json', 'print exactly one JSON document'] as const

/** A whole number option of at least `least`. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least}${most < 2 ** 31 ? ` to ${most}` : ''}.`)
    return value
  }

export function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2 // commander has said why
  const known = toStudioError(error)
  if (known.kind === 'internal' && known.where.details) message(known.where.details)
  if (known.where.hint) message(known.where.hint)
  message(known.toLine())
  return 1
}

/** Parses and runs; sets the exit code. */
export async function runCommand(program: Command, args: string[]): Promise<void> {
  endWithLauncher()
  const all = (each: Command): Command[] => [each, ...each.commands.flatMap(all)]
  endAfterError((error) => {
    process.exitCode = report(error)
    process.exit()
  })
  for (const each of all(program)) each.exitOverride().showHelpAfterError('(add --help for what it takes)')
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error)
  }
}
