/**
 * The one way out: label sets and studies written for other programs. Counts and probabilities as `.npy`, judgments in
 * CIFAR-10H's raw format, as tidy CSV or as JSON lines, each with its sidecar (`src/formats/sets/about.ts`). Complete
 * or absent.
 */
import type { FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StudioError, assertNever } from '../../domain/errors'
import { aboutPath, repeated, type ExportFormat } from '../sets/about'
import { breathe, throwIfCancelled } from '../encodings/files'
import { aboutOf } from './about'
import { writeAll, writeTogether } from './atomic'
import { classNames, type ExportData } from './data'
import { npyBytes } from './npy'
import { rawRows } from './raw'
import type { Rows, Written } from './rows'
import { jsonRows, tidyRows } from './tidy'

export type { ExportData } from './data'

export interface ExportOptions {
  signal?: AbortSignal
  /** Permissions of what is written; left out, the umask decides. */
  mode?: number
}

/** Rows per write: some megabytes of text. */
const BLOCK = 20_000

interface Content {
  rows: number
  write: (file: FileHandle, signal: AbortSignal | undefined) => Promise<void>
}

/**
 * Writes `out` and beside it `<out>.about.json`, both or neither; what was there before stays until both are on disk.
 * Answers the absolute path and the rows: images of counts and probs, else judgments. Throws bad-input where the data
 * have no such thing or the file cannot be written, cancelled when the signal is aborted.
 */
export async function exportLabels(
  data: ExportData,
  format: ExportFormat,
  out: string,
  options: ExportOptions = {},
): Promise<{ path: string; rows: number }> {
  const path = resolve(out)
  const { signal, mode } = options
  requireWhole(data)
  const { rows, write } = contentOf(data, format)
  const about = `${JSON.stringify(aboutOf(data, format, rows), null, 2)}\n`
  throwIfCancelled(signal)
  // The sidecar first: where the file is, its sidecar is.
  const sidecar = { path: aboutPath(path), write: (file: FileHandle) => writeAll(file, Buffer.from(about)), mode }
  await writeTogether([sidecar, { path, write: (file) => write(file, signal), mode }], signal)
  return { path, rows }
}

function requireWhole({ imageSet, images, counts, probabilities }: ExportData): void {
  const tables =
    images > 0 &&
    probabilities.length % images === 0 &&
    (counts?.length ?? probabilities.length) === probabilities.length
  if (tables && (imageSet?.count ?? images) === images) return
  throw new StudioError('internal', `Tables of ${images} images do not fit the image set ${imageSet?.name ?? ''}.`)
}

function contentOf(data: ExportData, format: ExportFormat): Content {
  const { images, counts, probabilities } = data
  const shape = [images, probabilities.length / images]
  switch (format) {
    case 'counts':
      if (counts) return bytes(images, npyBytes('<i8', shape, counts))
      throw new StudioError('bad-input', 'The label set holds probabilities only: counts cannot be exported.')
    case 'probs':
      return bytes(images, npyBytes('<f8', shape, probabilities))
    case 'cifar10h-raw':
      return text(rawRows(judgmentsOf(data)))
    case 'tidy':
      return text(tidyRows(judgmentsOf(data)))
    case 'jsonl':
      return text(jsonRows(judgmentsOf(data)))
    default:
      return assertNever(format)
  }
}

function judgmentsOf(data: ExportData): Written {
  const { judgments, annotators } = data
  if (judgments && annotators) {
    const twice = repeated(annotators.code)
    if (twice === undefined) return { judgments, annotators, classes: classNames(data) }
    throw new StudioError('bad-input', `Two annotators are called ${twice}: nobody could tell them apart in the file.`)
  }
  throw new StudioError('bad-input', 'The label set holds distributions, not single judgments.', {
    hint: 'Export its counts or probabilities instead.',
  })
}

const bytes = (rows: number, content: Uint8Array): Content => ({ rows, write: (file) => writeAll(file, content) })

const text = (rows: Rows): Content => ({
  rows: rows.count,
  async write(file, signal) {
    await writeAll(file, Buffer.from(rows.head))
    for (let from = 0; from < rows.count; from += BLOCK) {
      throwIfCancelled(signal)
      await writeAll(file, Buffer.from(rows.text(from, Math.min(from + BLOCK, rows.count))))
      await breathe()
    }
  },
})
