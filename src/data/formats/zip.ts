/** Zip archives, member by member, with yauzl; every member's CRC-32 is checked, which yauzl leaves to its user. */
import { pipeline, type Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { StudioError, badFile } from '../../shared/errors'
import { Meter, count, tap } from './files'
import type { ReadOptions } from '../types'

export interface ZipMember {
  name: string
  size: number
  /** Opens the member's bytes, unpacked; the stream fails with bad-file when they are damaged. */
  open(options?: ReadOptions): Promise<Readable>
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
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(damaged(path, entry.fileName, error))
      const meter = new Meter(`Reading ${entry.fileName}`, entry.uncompressedSize, options)
      let crc = 0
      let read = 0
      const check = tap(
        (chunk, bytes) => {
          crc = crc32(chunk, crc)
          read = bytes
          meter.at(bytes)
        },
        () => {
          if (crc !== entry.crc32) throw badFile(path, `${entry.fileName}, byte ${count(read)}`, 'Its checksum does not fit.') // prettier-ignore
        },
      )
      stream.on('error', (cause) => check.destroy(damaged(path, `${entry.fileName}, byte ${count(read)}`, cause)))
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
      })),
    )
  } finally {
    zip.close()
  }
}

/** A member's bytes, all of them; refuses members over `most` bytes. */
export async function readMember(path: string, member: ZipMember, most: number, options: ReadOptions): Promise<Buffer> {
  if (member.size > most) throw badFile(path, member.name, `${count(member.size)} bytes are too many for this.`)
  const chunks: Uint8Array[] = []
  for await (const chunk of (await member.open(options)) as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
