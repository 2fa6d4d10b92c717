/**
 * The files of `runs/<id>/`, each written whole or not at all:
 *   config.json        what is needed to repeat the run: configuration, data digests
 *   checkpoint         the latest state (engine/training/checkpoint)
 *   best               the weights of the best epoch so far, in the same form
 *   predictions.npy    float32 (held-out images, classes), network distributions after the epoch selected
 *   held-out.npy       int32 (held-out images), index in the image set of each row
 *   predictions-<n>.npy, images-<n>.npy   the same of the n-th further set (RunConfig.evaluations), n from 1
 *   attacked-<n>.npy, attacked-images-<n>.npy   the same of the images that attack n ended with; n from 1, those of the
 *                      configuration first, later ones as they were made (runs/attackResults.ts)
 *   attacked-clean-<n>.npy   float32 (attacked images, classes), the same before the attack
 *   example-images-<n>.npy, example-originals-<n>.npy, example-pixels-<n>.npy, example-predictions-<n>.npy
 *                      of the first images of attack n (m): int32 (m) index in the image set; uint8 (m, H, W, C) as they
 *                      were attacked; float32 (m, H, W, C) in [0, 1] what they became; float32 (2, m, classes) network
 *                      distributions before and after
 *   result.json, attacks.json
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { decodeCheckpoint } from '../../engine/training/checkpoint'
import type { NamedValues } from '../../engine/program'
import type { ImageSetInfo, LabelSetInfo } from '../../domain/labels/sets'
import type { RunConfig } from '../../domain/runs/config'
import type { RunResult } from '../../domain/runs/info'
import { badFile } from '../../domain/errors'
import { writeAtomically } from './files'

export const CHECKPOINT = 'checkpoint'
export const BEST = 'best'

type Named = Pick<ImageSetInfo | LabelSetInfo, 'name' | 'digest'>

/** Data a run was made of, by name and digest. */
export interface RunData {
  images: Named
  /** Null where the run has no people. */
  labels: Named | null
  /** Label sets trained towards and further sets, images and labels. */
  further: Named[]
}

export function writeConfig(folder: string, config: RunConfig, data: RunData) {
  const named = ({ name, digest }: Named): Named => ({ name, digest })
  const { images, labels, further } = data
  const kept: RunData = { images: named(images), labels: labels && named(labels), further: further.map(named) }
  writeAtomically(join(folder, 'config.json'), `${JSON.stringify({ config, data: kept }, null, 2)}\n`)
}

const named = z.looseObject({ name: z.string(), digest: z.string() })
const configFile = z.looseObject({
  data: z.looseObject({ images: named, labels: named.nullish(), further: z.array(named).default([]) }),
})

/** The data that a run began with. Null where it has not begun, or its configuration cannot be read. */
export function readRunData(folder: string): RunData | null {
  const file = join(folder, 'config.json')
  if (!existsSync(file)) return null
  try {
    const { images, labels = null, further } = configFile.parse(JSON.parse(readFileSync(file, 'utf8'))).data
    return { images, labels, further }
  } catch {
    return null // Of an earlier version, or damaged: it is written anew.
  }
}

/** NumPy's format 1.0: magic, header padded to a multiple of 64 bytes, little-endian values in C order. */
function npy(descr: '<f4' | '<i4' | '|u1', shape: number[], data: Float32Array | Int32Array | Uint8Array): Uint8Array {
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${size}), }`
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8])
  return Buffer.concat([
    head,
    Buffer.from(padded, 'latin1'),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ])
}

export function writePredictions(
  folder: string,
  { result, predictions, heldOut }: { result: RunResult; predictions: Float32Array; heldOut: Int32Array },
) {
  // A run that holds nothing out has no such predictions, only those of its further sets.
  if (heldOut.length > 0) writePair(folder, HELD_OUT, predictions, heldOut)
  writeAtomically(join(folder, 'attacks.json'), `${JSON.stringify(result.attacks, null, 2)}\n`)
  writeAtomically(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
}

/** The values of a file this program wrote; the header's length is in the file. */
function readNpy(file: string, bytesPerValue: number): Uint8Array<ArrayBuffer> {
  const bytes = readFileSync(file)
  const start = 10 + bytes.readUInt16LE(8)
  const values = new Uint8Array(bytes.subarray(start))
  if (values.length % bytesPerValue !== 0) throw badFile(file, `byte ${bytes.length}`, 'ends within a value')
  return values
}

/** Files of predictions (n, classes) and of the n images they are of. */
type Pair = readonly [values: string, indices: string]
const HELD_OUT: Pair = ['predictions.npy', 'held-out.npy']
const furtherSet = (number: number): Pair => [`predictions-${number}.npy`, `images-${number}.npy`]
const attacked = (number: number): Pair => [`attacked-${number}.npy`, `attacked-images-${number}.npy`]

function writePair(folder: string, [values, images]: Pair, predictions: Float32Array, indices: Int32Array) {
  const classes = predictions.length / indices.length
  writeAtomically(join(folder, values), npy('<f4', [indices.length, classes], predictions))
  writeAtomically(join(folder, images), npy('<i4', [indices.length], indices))
}

function readPair(folder: string, [values, images]: Pair): { predictions: Float32Array; indices: Int32Array } | null {
  const [first, second] = [join(folder, values), join(folder, images)]
  if (!existsSync(first) || !existsSync(second)) return null
  const predictions = new Float32Array(readNpy(first, 4).buffer)
  return { predictions, indices: new Int32Array(readNpy(second, 4).buffer) }
}

/** A finished run's held-out predictions: row i is of image `heldOut[i]`. Null where the files are gone. */
export function readPredictions(folder: string): { predictions: Float32Array; heldOut: Int32Array } | null {
  const found = readPair(folder, HELD_OUT)
  return found && { predictions: found.predictions, heldOut: found.indices }
}

/** Predictions on further set `number` (from 1): row i is of image `indices[i]`. Null where the files are gone. */
export const readSetPredictions = (folder: string, number: number) => readPair(folder, furtherSet(number))

export const writeSetPredictions = (folder: string, number: number, predictions: Float32Array, indices: Int32Array) =>
  writePair(folder, furtherSet(number), predictions, indices)

/** Predictions of what attack `number` (from 1) of the configuration ended with. */
export const readAttackPredictions = (folder: string, number: number) => readPair(folder, attacked(number))

export const writeAttackPredictions = (
  folder: string,
  number: number,
  predictions: Float32Array,
  indices: Int32Array,
) => writePair(folder, attacked(number), predictions, indices)

/** Of the images of attack `number` before the attack, (n, classes); null for attacks of earlier versions. */
export function readCleanPredictions(folder: string, number: number): Float32Array | null {
  const file = join(folder, cleanOf(number))
  return existsSync(file) ? new Float32Array(readNpy(file, 4).buffer) : null
}

export function writeCleanPredictions(folder: string, number: number, predictions: Float32Array, images: number) {
  writeAtomically(join(folder, cleanOf(number)), npy('<f4', [images, predictions.length / images], predictions))
}

const cleanOf = (number: number) => `attacked-clean-${number}.npy`

/** The first images of an attack exactly as it left them, and what the network said of them. */
export interface AttackExamples {
  height: number
  width: number
  channels: number
  /** Indices in the image set (m). */
  images: Int32Array
  /** uint8 (m, H, W, C): as they were attacked, in 1/255. */
  originals: Uint8Array
  /** float32 (m, H, W, C) in [0, 1]. */
  adversarial: Float32Array
  /** Network distributions, float32 (m, classes). */
  before: Float32Array
  after: Float32Array
}

const exampleFile = (what: 'images' | 'originals' | 'pixels' | 'predictions', number: number) =>
  `example-${what}-${number}.npy`

/** Replaces what there was. The list of images comes last: where it is, all is. */
export function writeExamples(folder: string, number: number, examples: AttackExamples) {
  const { height, width, channels, images, originals, adversarial, before, after } = examples
  const count = images.length
  const predictions = new Float32Array(2 * before.length)
  predictions.set(before)
  predictions.set(after, before.length)
  const write = (what: Parameters<typeof exampleFile>[0], bytes: Uint8Array) =>
    writeAtomically(join(folder, exampleFile(what, number)), bytes)
  write('originals', npy('|u1', [count, height, width, channels], originals))
  write('pixels', npy('<f4', [count, height, width, channels], adversarial))
  write('predictions', npy('<f4', [2, count, before.length / count], predictions))
  write('images', npy('<i4', [count], images))
}

export const hasExamples = (folder: string, number: number) => existsSync(join(folder, exampleFile('images', number)))

/** @param shape of the run's images; null where no examples of the attack are kept */
export function readExamples(
  folder: string,
  number: number,
  { height, width, channels }: Pick<ImageSetInfo, 'height' | 'width' | 'channels'>,
): AttackExamples | null {
  if (!hasExamples(folder, number)) return null
  const read = (what: Parameters<typeof exampleFile>[0], bytes: number) =>
    readNpy(join(folder, exampleFile(what, number)), bytes)
  const predictions = new Float32Array(read('predictions', 4).buffer)
  const half = predictions.length / 2
  return {
    ...{ height, width, channels },
    images: new Int32Array(read('images', 4).buffer),
    originals: read('originals', 1),
    adversarial: new Float32Array(read('pixels', 4).buffer),
    before: predictions.slice(0, half),
    after: predictions.slice(half),
  }
}

/** Where the weights of a finished run lie that were measured: the last epoch's, or those of the epoch selected. */
export function measuredWeightsFile(folder: string, { selection }: RunConfig): string {
  return join(folder, selection !== 'last' && existsSync(join(folder, BEST)) ? BEST : CHECKPOINT)
}

/** Throws StudioError('bad-file') naming the file where it is gone or not whole. */
export function measuredWeights(folder: string, config: RunConfig): NamedValues {
  const file = measuredWeightsFile(folder, config)
  if (!existsSync(file)) throw badFile(file, undefined, 'is gone: the network of this run is not kept')
  return decodeCheckpoint(readFileSync(file), file).state
}
