/**
 * The files of `runs/<id>/`, each written whole or not at all:
 *   config.json        what is needed to repeat the run: configuration, data digests
 *   checkpoint         the latest state (engine/training/checkpoint)
 *   predictions.npy    float32 (held-out images, classes), network distributions after the last epoch
 *   held-out.npy       int32 (held-out images), index in the image set of each row
 *   result.json, attacks.json
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageSetInfo, LabelSetInfo, RunConfig, RunResult } from '../../shared/domain'
import { badFile } from '../../shared/errors'
import { writeAtomically } from './files'

export const CHECKPOINT = 'checkpoint'

export function writeConfig(folder: string, run: { config: RunConfig; images: ImageSetInfo; labels: LabelSetInfo }) {
  const data = {
    images: { name: run.images.name, digest: run.images.digest },
    labels: { name: run.labels.name, digest: run.labels.digest },
  }
  writeAtomically(join(folder, 'config.json'), `${JSON.stringify({ config: run.config, data }, null, 2)}\n`)
}

/** NumPy's format 1.0: magic, header padded to a multiple of 64 bytes, little-endian values in C order. */
function npy(descr: '<f4' | '<i4', shape: number[], data: Float32Array | Int32Array): Uint8Array {
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${size}), }`
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8])
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]) // prettier-ignore
}

export function writePredictions(
  folder: string,
  { result, predictions, heldOut }: { result: RunResult; predictions: Float32Array; heldOut: Int32Array },
) {
  const classes = predictions.length / heldOut.length
  writeAtomically(join(folder, 'predictions.npy'), npy('<f4', [heldOut.length, classes], predictions))
  writeAtomically(join(folder, 'held-out.npy'), npy('<i4', [heldOut.length], heldOut))
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

/** A finished run's held-out predictions: row i is of image `heldOut[i]`. Null where the files are gone. */
export function readPredictions(folder: string): { predictions: Float32Array; heldOut: Int32Array } | null {
  const [values, indices] = [join(folder, 'predictions.npy'), join(folder, 'held-out.npy')]
  if (!existsSync(values) || !existsSync(indices)) return null
  const predictions = readNpy(values, 4)
  const heldOut = readNpy(indices, 4)
  return {
    predictions: new Float32Array(predictions.buffer),
    heldOut: new Int32Array(heldOut.buffer),
  }
}

export const hasCheckpoint = (folder: string): boolean => existsSync(join(folder, CHECKPOINT))
