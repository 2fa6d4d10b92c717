/**
 * The one way in: reads whatever a path holds. What it is, is decided by its bytes (magic numbers, record structure,
 * header lines), never by its name; names only label the result and settle which of several fitting files belong
 * together. Nothing is written, so that a cancelled or refused read leaves nothing behind.
 */
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { StudioError, badFile } from '../../domain/errors'
import type { NamedEncoding } from '../../domain/importChoices'
import { aboutPath, isAboutPath, parseAbout, readAbout } from '../sets/about'
import { dialectOf, namesOf } from '../encodings/csvStream'
import { Meter, openRegular, readHead, shown, specialFile, statPath, tap, throwIfCancelled } from '../encodings/files'
import { count } from '../../domain/text/numbers'
import { isNpy } from '../encodings/npy'
import { isPickle } from '../encodings/pickle'
import { headText, isMarked } from '../encodings/text'
import { readMember, withZip } from '../encodings/zip'
import { LIMITS } from '../encodings/limits'
import { isNpz } from './arrayFile'
import { readCifarArchive, readCifarFolder } from './archive'
import { isCifarBinary, readBinaryFile } from './cifar10Binary'
import { RAW_COLUMNS, isRawHeader, readRaw } from './cifar10hRaw'
import { readCifar10n } from './cifar10n'
import { readPythonFile } from './cifar10Python'
import { isPicture, readImageFolder } from './imageFolder'
import { isJsonLines, readJsonLines } from './jsonLines'
import { readNpyFile, readNpyFolder, readNpz } from './npyFiles'
import type { TextSource } from './textSource'
import { isTidyHeader, readTidy } from './tidy'
import { TIDY_COLUMNS } from '../sets/tidyColumns'
import type { Imported, LabelSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'

/** Enough for every magic number, a CSV header, and ten CIFAR-10 records. */
const HEAD = 32_768
const READABLE =
  'CIFAR-10 (binary or Python version), .npy arrays, CIFAR-10H, CIFAR-10N, per-judgment CSV and JSON lines, and folders of pictures can be read.'

/**
 * Reads a file or folder; several image sets and label sets may come of one path.
 * Throws StudioError: `not-found`, `bad-file` (naming file, place and reason), `cancelled`.
 */
export async function readPath(path: string, options: ReadOptions = {}): Promise<Imported[]> {
  try {
    const stats = await statPath(path)
    if (stats.isDirectory()) return finished(await readFolder(path, options), options)
    if (!stats.isFile()) throw specialFile(path, stats)
    if (stats.size === 0) throw badFile(path, 'byte 0', 'The file is empty.')
    return finished(await readFile(path, stats.size, options), options)
  } catch (error) {
    // A stream torn down by a cancellation may fail with something else first.
    if (options.signal?.aborted) throw new StudioError('cancelled', 'Cancelled.')
    throw StudioError.from(error)
  }
}

/** A cancellation in the last moment is still one. */
function finished(found: Imported[], options: ReadOptions): Imported[] {
  throwIfCancelled(options.signal)
  return found
}

async function readFolder(path: string, options: ReadOptions): Promise<Imported[]> {
  const found =
    (await readCifarFolder(path, options)) ??
    (await readNpyFolder(path, options)) ??
    (await readImageFolder(path, options))
  if (!found) throw badFile(path, 'folder', `Nothing in it can be read. ${READABLE}`)
  return Array.isArray(found) ? found : [found]
}

async function readFile(path: string, size: number, options: ReadOptions): Promise<Imported[]> {
  const head = await readHead(path, HEAD)
  const ascii = Buffer.from(head.subarray(0, 512)).toString('latin1')
  if (isNpy(head)) return readNpyFile(path, options)
  if (head[0] === 0x1f && head[1] === 0x8b) return readCifarArchive(path, true, options)
  if (ascii.startsWith('ustar', 257)) return readCifarArchive(path, false, options)
  if (ascii.startsWith('PK\x03\x04') || ascii.startsWith('PK\x05\x06')) return readZip(path, options)
  if (isPicture(head)) throw badFile(path, 'byte 0', 'It is a single picture: import the folder it lies in.')
  if (isPickle(head)) return [await readPythonFile(path, options)]
  if (isAboutPath(path)) {
    throw badFile(
      path,
      'path',
      'It is the sidecar of an export: import the file it lies beside, and it is read with it.',
    )
  }
  const encoding = options.choices?.encoding
  const read = textReader(path, head, encoding)
  if (read) {
    const sidecar = await readAbout(path)
    const meter = new Meter(`Reading ${basename(path)}`, size, options)
    const source = (await openRegular(path)).createReadStream({ highWaterMark: 1 << 20 })
    // Errors reach the reader through the last stream; the callback only keeps them from being uncaught here.
    const text = pipeline(
      source,
      tap((_, bytes) => meter.at(bytes)),
      () => undefined,
    )
    try {
      return [await readText(read, { path, stream: text, sidecar }, head, options)]
    } finally {
      text.destroy()
    }
  }
  if (isCifarBinary(head, size)) return [await readBinaryFile(path, options)]
  throw badFile(path, 'byte 0', `The content is not recognised. ${READABLE}`)
}

/** The names in a CSV's header; null where the bytes are no text with a delimiter in its first line. */
function csvHeader(head: Uint8Array, encoding?: NamedEncoding): string[] | null {
  const dialect = dialectOf(headText(head, encoding))
  // eslint-disable-next-line no-control-regex -- control characters are what tells bytes from text
  if (!dialect || /[\x00-\x08\x0e-\x1f]/.test(dialect.header)) return null
  return namesOf(dialect)
}

type TextReader = (source: TextSource) => Promise<LabelSetData>

/** Reads a text with what its owner chose; the report says so where the encoding is one of those choices. */
async function readText(
  read: TextReader,
  source: Pick<TextSource, 'path' | 'stream' | 'sidecar'>,
  head: Uint8Array,
  { choices = {} }: ReadOptions,
): Promise<LabelSetData> {
  const { encoding, repeats } = choices
  const name = basename(source.path).replace(/\.(csv|tsv|jsonl|ndjson|json|zip)$/i, '')
  const found = await read({ ...source, name, encoding, repeats })
  if (!encoding || isMarked(head)) return found
  return { ...found, report: [`The text was read as ${encoding}, as chosen.`, ...found.report] }
}

/** The reader of a text's format, told by its first bytes; null where it is no such text. */
function textReader(path: string, head: Uint8Array, encoding: NamedEncoding | undefined): TextReader | null {
  if (isJsonLines(head, encoding)) return readJsonLines
  const header = csvHeader(head, encoding)
  if (!header) return null
  if (isRawHeader(header)) return readRaw
  if (isTidyHeader(header)) return readTidy
  const columns = shown(header.slice(0, 8).join(', '))
  const reason = `Its columns are not those of a known format: ${columns}. ${WANTED_COLUMNS}`
  if (header.some((column) => column.includes('\uFFFD'))) return null
  return () => Promise.reject(badFile(path, 'header (line 1)', reason))
}

const WANTED_COLUMNS = `Read are CIFAR-10H's (${RAW_COLUMNS.join(', ')}) and the program's own (${TIDY_COLUMNS.join(', ')}), separated by comma, semicolon or tab.`

/** A PyTorch file (CIFAR-10N) or a zipped per-judgment file with its sidecar, by what the zip holds. */
async function readZip(path: string, options: ReadOptions): Promise<Imported[]> {
  return withZip(path, async (members) => {
    const pickle = members.find((member) => /(^|\/)data\.pkl$/.test(member.name))
    if (pickle) return readCifar10n(path, await readMember(path, pickle, LIMITS.pickle.bytes, options))
    if (isNpz(members)) return readNpz(path, members, options)
    for (const member of members) {
      throwIfCancelled(options.signal)
      const head = await member.head(4096)
      const encoding = options.choices?.encoding
      const header = csvHeader(head, encoding) ?? []
      const known = isJsonLines(head, encoding) || isRawHeader(header) || isTidyHeader(header)
      const read = known ? textReader(path, head, encoding) : null
      if (!read) continue
      const about = members.find(({ name }) => name === aboutPath(member.name))
      const sidecar = about
        ? parseAbout(`${path}: ${about.name}`, await readMember(path, about, LIMITS.json.sidecarBytes, options))
        : null
      return [await readText(read, { path, stream: await member.open(options), sidecar }, head, options)]
    }
    const names = members.slice(0, 5).map((member) => shown(member.name))
    throw badFile(path, 'members', `None of the ${count(members.length)} members can be read (${names.join(', ')}).`)
  })
}
