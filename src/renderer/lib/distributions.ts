/** Distributions of the gallery's images, fetched in batches and kept while the networks stay the same. */

export interface Distributions {
  /** Null where nobody judged the image. */
  people: Float32Array | null
  /** Null where no chosen run held the image out, or no run is chosen. */
  network: Float32Array | null
  other: Float32Array | null
}

/** float32 (images, classes) as bytes, in the order asked for. */
export interface PackedDistributions {
  people: Uint8Array
  network: Uint8Array | null
  other: Uint8Array | null
}

/** Bytes from a door as numbers; copied where they do not begin at a multiple of four. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4)
}

export class DistributionCache {
  private kept = new Map<number, Distributions>()

  constructor(private readonly read: (indices: number[]) => Promise<PackedDistributions>) {}

  get = (image: number): Distributions | undefined => this.kept.get(image)

  clear() {
    this.kept = new Map()
  }

  /** Fetches those of the images that are not here yet. */
  async ask(images: Iterable<number>): Promise<void> {
    const { kept } = this
    const missing = [...images].filter((image) => !kept.has(image))
    if (missing.length === 0) return
    const packed = await this.read(missing)
    const [people, network, other] = [packed.people, packed.network, packed.other].map(
      (bytes) => bytes && floatsOf(bytes),
    )
    if (!people) return
    const classes = people.length / missing.length
    const rowOf = (table: Float32Array | null | undefined, row: number) => {
      const values = table?.subarray(row * classes, (row + 1) * classes)
      return values && !Number.isNaN(values[0]) ? values : null
    }
    missing.forEach((image, row) =>
      kept.set(image, {
        people: rowOf(people, row),
        network: rowOf(network, row),
        other: rowOf(other, row),
      }),
    )
  }
}
