/**
 * Image sets whose first bytes say which image they are, so that a participant knows what it was shown without asking
 * the project. The size of a CIFAR image: what crosses the network is as large as in a real study.
 */
import type { ImageSetData } from '../../src/formats/sets/types'
import { SeededRandom } from '../../src/domain/random'

const EDGE = 32
const CHANNELS = 3
export const IMAGE_BYTES = EDGE * EDGE * CHANNELS
export const CLASSES = Array.from({ length: 10 }, (_, c) => `class ${c}`)

export const SETS = { judged: 1, checks: 2 } as const
export type SetName = keyof typeof SETS

/** The dataset label of an image. */
export const labelOf = (image: number): number => image % CLASSES.length

export interface Shown {
  set: SetName
  image: number
}

export function markedImages(set: SetName, count: number): ImageSetData {
  const pixels = new Uint8Array(count * IMAGE_BYTES)
  const random = new SeededRandom(SETS[set])
  const words = new Uint32Array(pixels.buffer)
  for (let at = 0; at < words.length; at++) words[at] = random.uint32()
  for (let image = 0; image < count; image++)
    pixels.set([SETS[set], image & 255, (image >> 8) & 255, image >> 16], image * IMAGE_BYTES)
  return {
    kind: 'images',
    path: `/made/${set}`,
    format: 'npy-pair',
    name: set,
    classes: [...CLASSES],
    count,
    height: EDGE,
    width: EDGE,
    channels: CHANNELS,
    pixels,
    labels: Uint8Array.from({ length: count }, (_, image) => labelOf(image)),
    fileNames: null,
    source: 'made for a measurement',
    licence: null,
    citation: null,
    report: [],
  }
}

/** Which image these pixels are. Throws where they are none of a marked set's. */
export function identify(base64: string): Shown {
  const expected = Math.ceil(IMAGE_BYTES / 3) * 4
  const [set, ...bytes] = Buffer.from(base64.slice(0, 8), 'base64')
  const name = (Object.keys(SETS) as SetName[]).find((each) => SETS[each] === set)
  if (name === undefined || base64.length !== expected) throw new Error('These pixels are not of a marked image.')
  const [low = 0, middle = 0, high = 0] = bytes
  return { set: name, image: low + 256 * middle + 65_536 * high }
}
