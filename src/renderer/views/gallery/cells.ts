/** What the gallery's cells are drawn from: the shape, how the two networks look, the facts of one image. */
import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { FONT, readPalette } from '../../lib/palette'
import { seriesOf, type CellFacts, type CellLook, type CellShape } from '../../lib/cellDrawing'
import type { Distributions } from '../../lib/distributions'
import { fixed } from '../../../domain/text/numbers'
import type { NetworkChoice } from '../../lib/galleryChoices'
import { smoothImages } from '../../lib/smooth'
import { isDark } from '../../lib/theme'
import type { GalleryColumns } from '../../../domain/labels/gallery'
import { fieldOf } from '../../../domain/labels/gallery'

export function useCells(
  network: ComputedRef<NetworkChoice>,
  against: ComputedRef<NetworkChoice | null>,
  classes: ComputedRef<readonly string[]>,
) {
  const palette = shallowRef(readPalette())
  watch(isDark, () => (palette.value = readPalette()), { flush: 'post' })
  const look = computed((): CellLook => {
    const series = seriesOf(network.value, against.value, (name) => [
      palette.value[name],
      palette.value[`${name}-text`],
    ])
    return { palette: palette.value, font: `400 12px ${FONT}`, ...series }
  })
  const shape = computed((): CellShape => {
    const most = against.value ? 100 : 60
    const row = Math.max(4, Math.floor(most / Math.max(1, classes.value.length)))
    return {
      picture: against.value ? 88 : 64,
      bars: 88,
      row,
      classes: classes.value.length,
      smooth: smoothImages.value,
    }
  })
  return { look, shape }
}

export function factsOf(
  columns: GalleryColumns,
  image: number,
  distributions: Distributions | undefined,
  picture: CanvasImageSource | null,
  classes: readonly string[],
): CellFacts {
  const label = columns.label[image] as number
  const number = (value: number) => (Number.isNaN(value) ? null : fixed(value, 2))
  return {
    picture,
    people: distributions?.people ?? null,
    network: distributions?.network ?? null,
    other: distributions?.other ?? null,
    label,
    name: classes[label] ?? 'no label',
    numbers: {
      people: number(columns.humanEntropy[image] ?? NaN) ?? 'not judged',
      network: number(fieldOf(columns, 'network-entropy')(image)),
      other: number(fieldOf(columns, 'other-entropy')(image)),
    },
  }
}

const scratch = document.createElement('canvas')
const scratchContext = scratch.getContext('2d', { willReadFrequently: true })

/** An image's own pixels on one canvas that all share: to be drawn from at once. */
export function pictureOf(pixels: ImageData): HTMLCanvasElement {
  if (scratch.width !== pixels.width) scratch.width = pixels.width
  if (scratch.height !== pixels.height) scratch.height = pixels.height
  scratchContext?.putImageData(pixels, 0, 0)
  return scratch
}
