/**
 * Pixels of the images on the screen: asked for in batches (one request for everything asked in the same frame),
 * kept up to a limit, oldest out first. Images come as uint8 NHWC and are kept as ImageData.
 */
export interface PackedPixels {
  height: number
  width: number
  channels: number
  /** (images, height, width, channels) */
  pixels: Uint8Array
}

type Read = (imageSet: string, indices: number[]) => Promise<PackedPixels>
interface Waiting {
  imageSet: string
  index: number
  resolve: (image: ImageData) => void
  reject: (reason: unknown) => void
}

const KEEP = 6_000
const BATCH = 500

export class PixelCache {
  private readonly kept = new Map<string, Promise<ImageData>>()
  /** Of those, the ones that have come: for who draws now or not at all. */
  private readonly come = new Map<string, ImageData>()
  private waiting: Waiting[] = []

  constructor(private readonly read: Read) {}

  get(imageSet: string, index: number): Promise<ImageData> {
    const key = `${imageSet}/${index}`
    const known = this.kept.get(key)
    if (known) return known
    const image = new Promise<ImageData>((resolve, reject) => {
      if (this.waiting.length === 0) setTimeout(() => this.flush())
      this.waiting.push({ imageSet, index, resolve, reject })
    })
    this.kept.set(key, image)
    image.then(
      (pixels) => this.kept.get(key) === image && this.come.set(key, pixels),
      () => this.kept.delete(key),
    )
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEEP) break
      this.kept.delete(oldest)
      this.come.delete(oldest)
    }
    return image
  }

  /** Undefined while it is not here; `get` fetches it. */
  ready(imageSet: string, index: number): ImageData | undefined {
    return this.come.get(`${imageSet}/${index}`)
  }

  clear() {
    this.kept.clear()
    this.come.clear()
  }

  private flush() {
    const bySet = new Map<string, Waiting[]>()
    for (const one of this.waiting) bySet.set(one.imageSet, [...(bySet.get(one.imageSet) ?? []), one])
    this.waiting = []
    for (const [imageSet, wanted] of bySet)
      for (let start = 0; start < wanted.length; start += BATCH)
        void this.readBatch(imageSet, wanted.slice(start, start + BATCH))
  }

  private async readBatch(imageSet: string, wanted: Waiting[]) {
    try {
      const packed = await this.read(
        imageSet,
        wanted.map(({ index }) => index),
      )
      wanted.forEach(({ resolve }, position) => resolve(toImageData(packed, position)))
    } catch (error) {
      for (const { reject } of wanted) reject(error)
    }
  }
}

/** The image at `position` of a packed batch; one channel is grey, three are RGB. */
export function toImageData({ height, width, channels, pixels }: PackedPixels, position: number): ImageData {
  const image = new ImageData(width, height)
  const size = height * width
  for (let at = 0; at < size; at++) {
    const from = (position * size + at) * channels
    for (let channel = 0; channel < 3; channel++)
      image.data[at * 4 + channel] = pixels[from + (channels === 1 ? 0 : channel)] ?? 0
    image.data[at * 4 + 3] = 255
  }
  return image
}
