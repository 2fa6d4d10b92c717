/** What the gallery's cells are drawn from: the shape, how the two networks look, the facts of one image. */
import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { FONT, readPalette } from '../../charts/palette'
import type { CellFacts, CellLook, CellShape, Series } from '../../lib/cellDrawing'
import type { Distributions } from '../../lib/distributions'
import { fixed } from '../../lib/format'
import type { NetworkChoice } from '../../lib/galleryChoices'
import { smoothImages } from '../../lib/smooth'
import { isDark } from '../../lib/theme'
import type { GalleryColumns } from '../../../shared/gallery'
import { fieldOf } from '../../../shared/gallery'

/** Of two networks a hard and a soft one have their targets' colours; of two alike the second is an outline. */
export function seriesOf(
  network: NetworkChoice,
  against: NetworkChoice | null,
  colour: (name: 'network' | 'hard' | 'soft') => [mark: string, text: string],
): { network: Series; other: Series } {
  const filled = (name: 'network' | 'hard' | 'soft', outlined = false): Series => {
    const [mark, text] = colour(name)
    return { colour: mark, text, outlined }
  }
  if (against?.mark && network.mark && against.mark !== network.mark)
    return { network: filled(network.mark), other: filled(against.mark) }
  return { network: filled('network'), other: filled('network', true) }
}

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
      people: fixed(columns.humanEntropy[image] ?? NaN, 2),
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
