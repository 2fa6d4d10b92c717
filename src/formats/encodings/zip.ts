/** Zip archives, member by member, with yauzl; every member's CRC-32 is checked, which yauzl leaves to its user. */
import { pipeline, type Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { StudioError, badFile } from '../../domain/errors'
import { LIMITS, isBomb } from './limits'
import { Meter, shown, tap } from './files'
import { count } from '../../domain/text/numbers'
import type { ReadOptions } from './readOptions'

export interface ZipMember {
  name: string
  size: number
  /**
   * Opens the member's bytes, unpacked; the stream fails with bad-file when they are damaged. Throws bad-file where the
   * member unpacks to far more than it has.
   */
  open(options?: ReadOptions): Promise<Readable>
  /** The first `length` bytes, unpacked, fewer where the member is shorter. */
  head(length: number): Promise<Buffer>
}

const damaged = (path: string, place: string, error: unknown): StudioError =>
  error instanceof StudioError ? error : badFile(path, place, `The zip file is damaged: ${(error as Error).message}.`)

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error ? reject(damaged(path, 'central directory', error)) : resolve(zip),
    )
  })
}

function entriesOf(path: string, zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    const most = LIMITS.zip.members
    if (zip.entryCount > most) {
      reject(
        badFile(path, 'central directory', `It has ${count(zip.entryCount)} members; at most ${count(most)} are read.`),
      )
      return
    }
    zip.on('entry', (entry: Entry) => {
      entries.push(entry)
      zip.readEntry()
    })
    zip.on('end', () => resolve(entries))
    zip.on('error', (error) => reject(damaged(path, 'central directory', error)))
    zip.readEntry()
  })
}

function openMember(path: string, zip: ZipFile, entry: Entry, options: ReadOptions): Promise<Readable> {
  // yauzl holds the sizes against the bytes: a member can be no larger than it says.
  const { uncompressedSize: unpacked, compressedSize: packed } = entry
  if (isBomb(unpacked, packed)) {
    const reason = `Its ${count(packed)} bytes unpack to ${count(unpacked)}, which no table of judgments does.`
    return Promise.reject(badFile(path, shown(entry.fileName), reason))
  }
  return openStream(path, zip, entry, options)
}

async function headOf(path: string, zip: ZipFile, entry: Entry, length: number): Promise<Buffer> {
  const stream = await openStream(path, zip, entry, {})
  let head: Buffer = Buffer.alloc(0)
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    head = Buffer.concat([head, chunk])
    if (head.length >= length) break
  }
  return head.subarray(0, length)
}

function openStream(path: string, zip: ZipFile, entry: Entry, options: ReadOptions): Promise<Readable> {
  const name = shown(entry.fileName)
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(damaged(path, name, error))
      const meter = new Meter(`Reading ${name}`, entry.uncompressedSize, options)
      let crc = 0
      let read = 0
      const check = tap(
        (chunk, bytes) => {
          crc = crc32(chunk, crc)
          read = bytes
          meter.at(bytes)
        },
        () => {
          if (crc !== entry.crc32) throw badFile(path, `${name}, byte ${count(read)}`, 'Its checksum does not fit.')
        },
      )
      stream.on('error', (cause) => check.destroy(damaged(path, `${name}, byte ${count(read)}`, cause)))
      // Errors reach whoever reads `check`; the callback only keeps them from being uncaught here.
      pipeline(stream, check, () => undefined)
      resolve(check)
    })
  })
}

/** Lists the members and hands them to `use`; the archive is closed when that has finished. */
export async function withZip<T>(path: string, use: (members: ZipMember[]) => Promise<T>): Promise<T> {
  const zip = await openZip(path)
  try {
    const entries = (await entriesOf(path, zip)).filter((entry) => !/\/$|^__MACOSX\//.test(entry.fileName))
    return await use(
      entries.map((entry) => ({
        name: entry.fileName,
        size: entry.uncompressedSize,
        open: (options = {}) => openMember(path, zip, entry, options),
        head: (length) => headOf(path, zip, entry, length),
      })),
    )
  } finally {
    zip.close()
  }
}

/** A member's bytes, all of them; refuses members over `most` bytes. */
export async function readMember(path: string, member: ZipMember, most: number, options: ReadOptions): Promise<Buffer> {
  if (member.size > most) throw badFile(path, shown(member.name), `${count(member.size)} bytes are too many for this.`)
  const chunks: Uint8Array[] = []
  for await (const chunk of (await member.open(options)) as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
