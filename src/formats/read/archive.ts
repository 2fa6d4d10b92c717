/**
 * CIFAR-10 archives (.tar.gz, and the same .tar unpacked from it) and extracted folders, binary and Python versions.
 * Which members are batches is said by their names inside the archive, as the publisher fixed them; what the archive
 * itself is called does not matter.
 */
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { StudioError, badFile } from '../../domain/errors'
import { LIMITS, isBomb } from '../encodings/limits'
import { Meter, openRegular, readAll, shown, statPath, tap, throwIfCancelled } from '../encodings/files'
import { count } from '../../domain/text/numbers'
import type { ImageSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'
import { BatchCollector, batchNumber, type Flavour } from './cifar10'
import { addBinaryBatch } from './cifar10Binary'
import { addPythonBatch } from './cifar10Python'

const FLAVOURS: readonly Flavour[] = ['cifar10-binary', 'cifar10-python']

const add = (flavour: Flavour): typeof addBinaryBatch =>
  flavour === 'cifar10-binary' ? addBinaryBatch : addPythonBatch

/** Which batch a path is, and of which version; null for anything else. */
function identify(name: string): { flavour: Flavour; number: number } | null {
  for (const flavour of FLAVOURS) {
    const number = batchNumber(name, flavour)
    if (number !== null) return { flavour, number }
  }
  return null
}

async function collect(stream: Readable, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let at = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes.subarray(0, at)
}

/** Reads an archive; throws bad-file naming the member and byte where it is truncated or damaged. */
export async function readCifarArchive(path: string, gzipped: boolean, options: ReadOptions): Promise<ImageSetData[]> {
  const { size } = await statPath(path)
  const meter = new Meter(`Reading ${basename(path)}`, size, options)
  const collectors = new Map<Flavour, BatchCollector>()
  const members: string[] = []
  let found = 0
  let read = 0
  let member: string | null = null
  const measured = tap((_, bytes) => {
    read = bytes
    meter.at(bytes)
  })
  const tar = extract()
  const source = (await openRegular(path)).createReadStream({ highWaterMark: 1 << 20 })
  // What comes out is held against what went in so far: an archive that only unpacks and unpacks is not read to its
  // end.
  const bounded = tap((_, bytes) => {
    if (!isBomb(bytes, read, LIMITS.tar.free) && bytes <= LIMITS.tar.bytes) return
    const place = `byte ${count(read)} of the archive`
    throw badFile(path, place, `It unpacks to ${count(bytes)} bytes and more, which no CIFAR-10 archive does.`)
  })
  const feeding = gzipped
    ? pipeline(source, measured, createGunzip({ chunkSize: 1 << 20 }), bounded, tar)
    : pipeline(source, measured, bounded, tar)
  try {
    for await (const entry of tar) {
      const header = entry.header
      throwIfCancelled(options.signal)
      member = shown(header.name)
      if (members.length < 5) members.push(member)
      if (++found > LIMITS.tar.members) {
        throw badFile(path, member, `The archive has more than ${count(LIMITS.tar.members)} members.`)
      }
      const batch = header.type === 'file' ? identify(header.name) : null
      if (!batch) {
        entry.resume()
        continue
      }
      if (header.size > LIMITS.batchBytes) throw badFile(path, member, `${count(header.size)} bytes are no batch.`)
      const bytes = await collect(entry as unknown as Readable, header.size)
      const collector = collectors.get(batch.flavour) ?? new BatchCollector(path, batch.flavour)
      collectors.set(batch.flavour, collector)
      await add(batch.flavour)(collector, batch.number, bytes, path, basename(member))
    }
    await feeding
  } catch (error) {
    tar.destroy()
    source.destroy()
    await feeding.catch(() => undefined) // the same failure, already in hand
    if (error instanceof StudioError) throw error
    const place = `${member ? `${basename(member)}, ` : ''}byte ${count(read)} of the archive`
    const truncated = /unexpected end/i.test((error as Error).message)
    throw badFile(path, place, truncated ? 'The archive is truncated.' : `It is damaged: ${(error as Error).message}.`)
  }
  const sets = [...collectors.values()].flatMap((collector) => collector.finish())
  if (sets.length === 0) {
    const found = members.length > 0 ? `it holds ${members.join(', ')}` : 'it holds no files'
    throw badFile(path, 'members', `The archive has no CIFAR-10 batches (${found}).`)
  }
  return sets
}

/** Reads an extracted folder, or null where it holds no batches (in itself or in the publisher's sub-folder). */
export async function readCifarFolder(
  path: string,
  options: ReadOptions,
  nests = true,
): Promise<ImageSetData[] | null> {
  const entries = await readdir(path, { withFileTypes: true })
  const nested = entries.filter(
    (entry) => nests && entry.isDirectory() && /^cifar-10-batches-(bin|py)$/.test(entry.name),
  )
  const sets: ImageSetData[] = []
  const collectors = new Map<Flavour, BatchCollector>()
  for (const name of entries.map((entry) => entry.name).sort()) {
    const batch = identify(name)
    const file = join(path, name)
    if (!batch || !(await statPath(file)).isFile()) continue
    const bytes = await readAll(file, `Reading ${name}`, options, LIMITS.batchBytes)
    const collector = collectors.get(batch.flavour) ?? new BatchCollector(path, batch.flavour)
    collectors.set(batch.flavour, collector)
    await add(batch.flavour)(collector, batch.number, bytes, file, null)
  }
  for (const collector of collectors.values()) sets.push(...collector.finish())
  for (const entry of nested) sets.push(...((await readCifarFolder(join(path, entry.name), options, false)) ?? []))
  return sets.length > 0 ? sets : null
}
