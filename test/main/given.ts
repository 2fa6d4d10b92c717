/** Small files in the publishers' formats, made for a test. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One CIFAR-10 binary batch of 10,000 records; every byte tells where it is. */
export function cifarBatch(folder: string, name = 'test_batch.bin'): string {
  const bytes = Buffer.alloc(10_000 * 3073)
  for (let i = 0; i < 10_000; i++) {
    bytes.fill((i * 7) % 256, i * 3073, (i + 1) * 3073)
    bytes[i * 3073] = i % 10
  }
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

export function npy(path: string, descr: string, shape: number[], data: Uint8Array): string {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const header = `${text.padEnd(117)}\n`
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8])
  writeFileSync(path, Buffer.concat([head, Buffer.from(header), data]))
  return path
}

const bytesOf = (array: Float64Array | BigInt64Array | Int32Array | Float32Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/** (10000, 10) int64, ten judgments an image. */
export function countsFile(path: string, change: (counts: BigInt64Array) => void = () => {}): string {
  const counts = new BigInt64Array(100_000)
  for (let i = 0; i < 10_000; i++) {
    counts[i * 10 + (i % 10)] = 8n
    counts[i * 10 + ((i + 1) % 10)] = 2n
  }
  change(counts)
  return npy(path, '<i8', [10_000, 10], bytesOf(counts))
}

/** (10000, 10) float64. */
export function probabilitiesFile(path: string, change: (values: Float64Array) => void = () => {}): string {
  const values = new Float64Array(100_000).fill(0)
  for (let i = 0; i < 10_000; i++) values[i * 10 + (i % 10)] = 1
  change(values)
  return npy(path, '<f8', [10_000, 10], bytesOf(values))
}

export const RAW_HEADER =
  'annotator_id,trial_index,is_attn_check,true_category,chosen_category,true_label,chosen_label,correct_guess,cifar10_test_test_idx,image_filename,subcategory,reaction_time,time_elapsed'

export const floats = (path: string, shape: number[], values: number[]): string =>
  npy(path, '<f4', shape, bytesOf(Float32Array.from(values)))
export const integers = (path: string, shape: number[], values: number[]): string =>
  npy(path, '<i4', shape, bytesOf(Int32Array.from(values)))
