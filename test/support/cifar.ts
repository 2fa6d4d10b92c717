/** Small CIFAR-10 files made of known pixels: binary records, Python batches, and archives of them. */
import { gzipSync } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { Uint8Block, pickle } from './pickleWriter'

export const RECORD = 3073

/** Pixel of image i at plane position p and channel c: different everywhere it could be mixed up. */
export const pixel = (i: number, p: number, c: number): number => (i * 7 + p * 3 + c * 101) % 256

/**
 * `records` binary records from image `first` on; image i has label i mod 10. Only every 500th image is drawn, for
 * speed.
 */
export function binaryBatch(records: number, first = 0): Uint8Array {
  const bytes = new Uint8Array(records * RECORD)
  for (let i = 0; i < records; i++) {
    bytes[i * RECORD] = (first + i) % 10
    if (i % 500 !== 0) continue
    for (let c = 0; c < 3; c++) {
      for (let p = 0; p < 1024; p++) bytes[i * RECORD + 1 + c * 1024 + p] = pixel(first + i, p, c)
    }
  }
  return bytes
}

/** The same as a Python 2 batch. */
export function pythonBatch(records: number, first = 0): Uint8Array {
  const binary = binaryBatch(records, first)
  const data = new Uint8Array(records * 3072)
  for (let i = 0; i < records; i++) data.set(binary.subarray(i * RECORD + 1, (i + 1) * RECORD), i * 3072)
  const numbers = Array.from({ length: records }, (_, i) => first + i)
  return pickle({
    batch_label: Buffer.from('testing batch 1 of 1'),
    labels: numbers.map((i) => i % 10),
    data: new Uint8Block([records, 3072], data),
    filenames: numbers.map((i) => Buffer.from(`animal_s_${i}.png`)),
  })
}

/** A gzipped tar of the members given. */
export async function archive(members: Record<string, Uint8Array>): Promise<Buffer> {
  const tar = pack()
  for (const [name, bytes] of Object.entries(members)) tar.entry({ name }, Buffer.from(bytes))
  tar.finalize()
  return gzipSync(await buffer(tar), { level: 1 })
}
