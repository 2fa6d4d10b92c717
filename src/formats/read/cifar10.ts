/**
 * CIFAR-10 batches, whatever they came in: a batch is `label` bytes plus planar pixels (1,024 R, 1,024 G, 1,024 B per
 * image, row-major), turned into packed NHWC here. The five training batches make `cifar10-train`, the test batch
 * `cifar10-test`.
 */
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { digestImages } from '../sets/digest'
import { breathe } from '../encodings/files'
import { count } from '../../domain/text/numbers'
import type { ImageSetData } from '../sets/types'
import { CIFAR10, knownImages } from './known'

export const IMAGE_BYTES = 3072
const PLANE = 1024
/** Images in every published batch. */
export const BATCH = 10_000
const TRAIN_BATCHES = 5

export type Flavour = 'cifar10-binary' | 'cifar10-python'

/** Which batch a member or file is by the publisher's own naming; null when it is none. 0 is the test batch. */
export function batchNumber(fileName: string, flavour: Flavour): number | null {
  const suffix = flavour === 'cifar10-binary' ? '\\.bin' : ''
  const match = new RegExp(`(?:^|/)(?:(test_batch)|data_batch_([1-5]))${suffix}$`).exec(fileName)
  if (!match) return null
  return match[1] ? 0 : Number(match[2])
}

/** Writes `images` planar images as NHWC from image `first` on. `stride` is the distance of two records, bytes. */
export function interleave(
  records: Uint8Array,
  images: number,
  stride: number,
  offset: number,
  pixels: Uint8Array,
  first: number,
): void {
  for (let i = 0; i < images; i++) {
    let from = i * stride + offset
    let to = (first + i) * IMAGE_BYTES
    for (let p = 0; p < PLANE; p++, from++) {
      pixels[to++] = records[from] as number // inside: the caller checked the length
      pixels[to++] = records[from + PLANE] as number
      pixels[to++] = records[from + 2 * PLANE] as number
    }
  }
}

/** An image set of CIFAR-10's classes, named after the published set it equals, else `name`. */
export function cifarSet(
  path: string,
  format: Flavour,
  name: string,
  pixels: Uint8Array,
  labels: Uint8Array,
  fileNames: string[] | null,
  report: string[],
): ImageSetData {
  const known = knownImages(digestImages({ pixels, labels }), labels)
  return {
    kind: 'images',
    path,
    format,
    name: known?.name ?? name,
    classes: [...CIFAR10_CLASSES],
    count: labels.length,
    height: 32,
    width: 32,
    channels: 3,
    pixels,
    labels,
    fileNames,
    ...(known?.origin ?? CIFAR10),
    report: [...report, known ? `Identical to the published ${known.name}.` : 'Differs from the published pixels.'],
  }
}

/** Collects batches in any order and answers the sets they make. */
export class BatchCollector {
  private readonly test = { pixels: new Uint8Array(0), labels: new Uint8Array(0), names: [] as string[], seen: 0 }
  private readonly train = { ...this.test, names: [] as string[] }
  private readonly seen = new Set<number>()

  constructor(
    private readonly path: string,
    private readonly flavour: Flavour,
  ) {}

  get empty(): boolean {
    return this.seen.size === 0
  }

  /** Adds batch `number` of exactly 10,000 images; `write` fills its part of pixels and labels from image `first`. */
  async add(
    number: number,
    fileNames: string[] | null,
    write: (pixels: Uint8Array, labels: Uint8Array, first: number) => void,
  ): Promise<void> {
    if (this.seen.has(number)) throw badFile(this.path, `batch ${number}`, 'The batch is there twice.')
    this.seen.add(number)
    const part = number === 0 ? this.test : this.train
    const first = number === 0 ? 0 : (number - 1) * BATCH
    if (part.labels.length === 0) {
      const images = number === 0 ? BATCH : TRAIN_BATCHES * BATCH
      part.pixels = new Uint8Array(images * IMAGE_BYTES)
      part.labels = new Uint8Array(images)
    }
    write(part.pixels, part.labels, first)
    fileNames?.forEach((name, i) => (part.names[first + i] = name))
    part.seen++
    await breathe()
  }

  /** The sets; throws bad-file where only some of the training batches are there. */
  finish(): ImageSetData[] {
    const sets: ImageSetData[] = []
    const make = (part: typeof this.test, name: string): void => {
      const names = part.names.length === part.labels.length ? part.names : null
      const line = `${count(part.labels.length)} images read.`
      sets.push(cifarSet(this.path, this.flavour, name, part.pixels, part.labels, names, [line]))
    }
    if (this.test.seen) make(this.test, 'cifar10-test')
    if (this.train.seen) {
      for (let number = 1; number <= TRAIN_BATCHES; number++) {
        if (this.seen.has(number)) continue
        const member = `data_batch_${number}${this.flavour === 'cifar10-binary' ? '.bin' : ''}`
        throw badFile(this.path, member, 'This training batch is missing (the other training batches are there).')
      }
      make(this.train, 'cifar10-train')
    }
    return sets
  }
}
