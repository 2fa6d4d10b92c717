/**
 * Text files as strings, strictly: UTF-8, UTF-16 where a byte order mark says so, another encoding only where its owner
 * names it. A byte that is no character is
 * refused by its line and byte; nothing is ever replaced, because two names that are replaced alike become one person.
 */
import { Buffer } from 'node:buffer'
import type { Readable } from 'node:stream'
import { StudioError, badFile } from '../../domain/errors'
import type { NamedEncoding } from '../../domain/importChoices'
import { count } from '../../domain/text/numbers'

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'
type Marked = { encoding: Encoding | NamedEncoding; mark: number }

const isUnicode = (encoding: Encoding | NamedEncoding): encoding is Encoding => encoding.startsWith('utf-')

/** What the first bytes say: the encoding, and how many of them say it. A mark goes before what is named. */
function encodingOf(head: Uint8Array, named: NamedEncoding | undefined): Marked {
  const [a, b, c] = head
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', mark: 2 }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', mark: 2 }
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', mark: 3 }
  return { encoding: named ?? 'utf-8', mark: 0 }
}

/** Whether the first bytes say that the text is UTF-8 or UTF-16. */
export const isMarked = (head: Uint8Array): boolean => encodingOf(head, undefined).mark > 0

/** A file's first bytes as text, to see what it is; what is no character becomes U+FFFD. */
export function headText(head: Uint8Array, named?: NamedEncoding): string {
  const { encoding, mark } = encodingOf(head, named)
  const bytes = head.subarray(mark)
  if (!isUnicode(encoding)) return new TextDecoder(encoding).decode(bytes)
  // The last character may be cut in two.
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(0, wholeLength(bytes, encoding)))
}

/** Reads a stream of bytes as text, without its byte order mark. Throws bad-file naming line and byte. */
export async function* textOf(file: string, stream: Readable, named?: NamedEncoding): AsyncGenerator<string> {
  const found: { encoding: Encoding | null; other: TextDecoder | null } = { encoding: null, other: null }
  let rest: Uint8Array = new Uint8Array(0)
  let before = 0
  let lines = 0

  const decode = (bytes: Uint8Array): string => {
    const text = found.other
      ? decodeOther(file, bytes, found.other, before)
      : decodeStrictly(file, bytes, found.encoding ?? 'utf-8', before, lines)
    before += bytes.length
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
    return text
  }
  const begin = (): void => {
    const { encoding, mark } = encodingOf(rest, named)
    found.encoding = isUnicode(encoding) ? encoding : 'utf-8'
    if (!isUnicode(encoding)) found.other = new TextDecoder(encoding, { fatal: true })
    before = mark
    rest = rest.subarray(mark)
  }
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    if (found.encoding === null && rest.length < 3) continue
    if (found.encoding === null) begin()
    const whole = found.other ? rest.length : wholeLength(rest, found.encoding ?? 'utf-8')
    const text = decode(rest.subarray(0, whole))
    rest = rest.subarray(whole)
    if (text !== '') yield text
  }
  if (found.encoding === null) begin()
  if (rest.length > 0) yield decode(rest)
  if (found.other) yield decodeOther(file, null, found.other, before)
}

/** A piece of text in an encoding that its owner named; null at the end. A character may continue in the next piece. */
function decodeOther(file: string, bytes: Uint8Array | null, decoder: TextDecoder, before: number): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
  } catch {
    const place = bytes ? `bytes ${count(before)} to ${count(before + bytes.length)}` : `byte ${count(before)}`
    throw badFile(file, place, `They are not ${decoder.encoding}, as the encoding was chosen.`)
  }
}

const NAME_IT =
  'Save the file as UTF-8, or name its encoding: --encoding of the command line, or the choice in the window.'

/** How many of the bytes are whole characters: the last one may continue in the next chunk. */
function wholeLength(bytes: Uint8Array, encoding: Encoding): number {
  const { length } = bytes
  if (encoding !== 'utf-8') {
    const even = length - (length % 2)
    const high = bytes[encoding === 'utf-16le' ? even - 1 : even - 2] ?? 0
    // The first half of a pair waits for its second.
    return even > 0 && high >= 0xd8 && high <= 0xdb ? even - 2 : even
  }
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0
    if (byte < 0x80) return length
    if (byte < 0xc0) continue
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return wanted > back ? length - back : length
  }
  return length
}

function decodeStrictly(file: string, bytes: Uint8Array, encoding: Encoding, before: number, lines: number): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    const { at, line } = firstWrong(bytes, encoding)
    const place = `line ${count(lines + line + 1)}, byte ${count(before + at)}`
    const byte = `0x${(bytes[at] ?? 0).toString(16).padStart(2, '0').toUpperCase()}`
    const reason = `The byte ${byte} is not ${encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'}.`
    throw new StudioError('bad-file', reason, { file, place, hint: NAME_IT, choice: 'encoding' })
  }
}

const REPLACEMENT = '\uFFFD'

/** The first byte that is no character, and how many line feeds come before it. */
function firstWrong(bytes: Uint8Array, encoding: Encoding): { at: number; line: number } {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
  const width = encoding === 'utf-8' ? 3 : 2
  const written = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  let at = 0
  let from = 0
  for (let found = text.indexOf(REPLACEMENT); found >= 0; found = text.indexOf(REPLACEMENT, from)) {
    const skipped = text.slice(from, found)
    at += encoding === 'utf-8' ? Buffer.byteLength(skipped) : 2 * skipped.length
    const own = bytes.subarray(at, at + width)
    if (!isReplacement(own, written)) return { at, line: text.slice(0, found).split('\n').length - 1 }
    at += width
    from = found + 1
  }
  return { at: bytes.length - 1, line: text.split('\n').length - 1 }
}

/** Whether the bytes are a replacement character that stands in the file itself. */
function isReplacement(bytes: Uint8Array, decoder: TextDecoder): boolean {
  try {
    return decoder.decode(bytes) === REPLACEMENT
  } catch {
    return false
  }
}
