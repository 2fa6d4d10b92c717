/** CIFAR-10H as published, for tests that skip without it; what is predicted from it by formula. */
import { readFileSync } from 'node:fs'
import { categoryDistributions } from '../../../src/domain/labels/categories'
import { shared } from '../../support/shared'

interface Published {
  /** (10000, 10) judgments */
  counts: Uint32Array
  /** counts / row sum */
  people: Float64Array
  labels: Uint8Array
}

export const nothing: Published = { counts: new Uint32Array(), people: new Float64Array(), labels: new Uint8Array() }

/** Null, said on standard error, where the shared data are absent. */
export function cifar10h(): Published | null {
  const countFile = shared('data', 'cifar10h', 'cifar10h-counts.npy')
  const labelFile = shared('data', 'cifar10', 'test_labels.txt')
  if (!countFile || !labelFile) return null
  const bytes = readFileSync(countFile)
  const offset = 10 + bytes.readUInt16LE(8)
  const raw = new BigInt64Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + bytes.length))
  const counts = Uint32Array.from(raw, Number)
  const people = new Float64Array(counts.length)
  for (let start = 0; start < counts.length; start += 10) {
    const row = counts.subarray(start, start + 10)
    const total = row.reduce((a, b) => a + b)
    row.forEach((value, c) => (people[start + c] = value / total))
  }
  return { counts, people, labels: Uint8Array.from(readFileSync(labelFile, 'utf8').trim().split(/\s+/), Number) }
}

/** Each image predicted by the pooled vector of its category. */
export function byCategory(people: Float64Array, labels: Uint8Array): Float64Array {
  const pooled = categoryDistributions(people, labels, 10)
  return new Float64Array(people.length).map((_, i) => pooled[(labels[Math.floor(i / 10)] ?? 0) * 10 + (i % 10)] ?? 0)
}

/** 0.6 of its own people, 0.3 of the image's before, 0.1 of everything. */
export function blurred(people: Float64Array): Float64Array {
  const before = (i: number) => people[(i - 10 + people.length) % people.length] ?? 0
  return people.map((p, i) => 0.6 * p + 0.3 * before(i) + 0.1 * 0.1)
}
