/**
 * CIFAR-10's binary version: records of one label byte and 3,072 planar pixel bytes. As a single batch of any number of
 * records, or as the published six batches of 10,000.
 */
import { basename } from 'node:path'
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { count } from '../../domain/text/numbers'
import { readAll } from '../encodings/files'
import type { ImageSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'
import { BATCH, IMAGE_BYTES, cifarSet, interleave, type BatchCollector } from './cifar10'

const RECORD = IMAGE_BYTES + 1

/** Whether the head of a file looks like records: class indices at the record stride. Truncated ones look so too. */
export function isCifarBinary(head: Uint8Array, size: number): boolean {
  if (size < RECORD) return false
  const labels: number[] = []
  for (let at = 0; at < head.length; at += RECORD) labels.push(head[at] ?? 0)
  const plausible = labels.filter((label) => label < CIFAR10_CLASSES.length).length
  // A whole number of records may hold a stray label (refused later, by its place); anything else must be spotless.
  return size % RECORD === 0 ? plausible > labels.length / 2 : labels.length > 4 && plausible === labels.length
}

/** Checks length and labels; `place` prefixes the position ("test_batch.bin, "). Answers the number of records. */
function checkRecords(file: string, place: string, bytes: Uint8Array, wanted: number | null): number {
  const whole = Math.floor(bytes.length / RECORD)
  const expected = wanted ?? Math.ceil(bytes.length / RECORD)
  if (bytes.length !== expected * RECORD) {
    const excess = bytes.length > expected * RECORD
    const reason = excess
      ? `It goes on after ${count(expected)} records of ${count(RECORD)} bytes.`
      : `It ends after ${count(whole)} of ${count(expected)} records of ${count(RECORD)} bytes.`
    throw badFile(file, `${place}byte ${count(excess ? expected * RECORD : bytes.length)}`, reason)
  }
  for (let i = 0; i < whole; i++) {
    const label = bytes[i * RECORD] ?? 0
    if (label >= CIFAR10_CLASSES.length) {
      throw badFile(file, `${place}record ${i}, byte ${count(i * RECORD)}`, `Label ${label} is outside 0 to 9.`)
    }
  }
  return whole
}

function unpack(bytes: Uint8Array, records: number, pixels: Uint8Array, labels: Uint8Array, first: number): void {
  for (let i = 0; i < records; i++) labels[first + i] = bytes[i * RECORD] ?? 0
  interleave(bytes, records, RECORD, 1, pixels, first)
}

/** Adds one of the six published batches; it must have 10,000 records. */
export async function addBinaryBatch(
  collector: BatchCollector,
  number: number,
  bytes: Uint8Array,
  file: string,
  member: string | null,
): Promise<void> {
  const records = checkRecords(file, member === null ? '' : `${member}, `, bytes, BATCH)
  await collector.add(number, null, (pixels, labels, first) => unpack(bytes, records, pixels, labels, first))
}

/** A single batch file of any whole number of records. */
export async function readBinaryFile(path: string, options: ReadOptions): Promise<ImageSetData> {
  const bytes = await readAll(path, `Reading ${basename(path)}`, options)
  const records = checkRecords(path, '', bytes, null)
  const pixels = new Uint8Array(records * IMAGE_BYTES)
  const labels = new Uint8Array(records)
  unpack(bytes, records, pixels, labels, 0)
  const report = [`${count(records)} records read; a published batch has ${count(BATCH)}.`]
  return cifarSet(path, 'cifar10-binary', basename(path).replace(/\.bin$/i, ''), pixels, labels, null, report)
}
