/**
 * One image of Figure 1 with its distributions, drawn as everywhere: ten slim horizontal bars in class order, people
 * above the networks in one row, people's first choice marked by a tick at the left.
 */
import { argmax } from '../labels/distribution'
import type { PaperImage } from '../paper'
import { el, type Markup } from './markup'
import { fixed } from '../text/numbers'

const ROW = 11
const BAR = 4
const LEFT = 70
const SPAN = 92
/** Of the image itself. */
export const PICTURE = 64
const GAP = 8
export const IMAGE_WIDTH = PICTURE + GAP + LEFT + SPAN

export const imageHeight = ({ people }: PaperImage): number => Math.max(ROW * people.length, PICTURE + 28)

export function imageInWords({ image, top, networks }: PaperImage, classes: readonly string[]): string {
  const theirs = argmax(networks)
  const named =
    theirs === top
      ? `both name ${classes[top] ?? top} first`
      : `people name ${classes[top] ?? top} first, networks ${classes[theirs] ?? theirs}`
  return `Image ${image}: people and networks by class; ${named}`
}

/** What a picture of an image holds, its corner at (0, 0). */
export function imageParts(image: PaperImage, classes: readonly string[], picture: string | null): Markup[] {
  const { people, networks, top, divergence } = image
  const percent = (value: number) => `${fixed(100 * value, 1)}%`
  const left = PICTURE + GAP + LEFT
  return [
    picture === null
      ? el('rect', { class: 'grid', x: 0, y: 0, width: PICTURE, height: PICTURE, 'fill-opacity': 0 })
      : el('image', { x: 0, y: 0, width: PICTURE, height: PICTURE, href: picture, style: 'image-rendering:pixelated' }),
    el('text', { class: 'small', x: 0, y: PICTURE + 13 }, `Image ${image.image}`),
    el('text', { class: 'small', x: 0, y: PICTURE + 26 }, `JS ${fixed(divergence, 3)}`),
    ...people.map((share, c) => {
      const network = networks[c] ?? 0
      const y = c * ROW
      return el(
        'g',
        {},
        el('title', {}, `${classes[c] ?? c}: people ${percent(share)}, networks ${percent(network)}`),
        el(
          'text',
          { class: c === top ? 'small strong' : 'small', x: left - 8, y: y + 8, 'text-anchor': 'end' },
          classes[c] ?? c,
        ),
        c === top && el('rect', { class: 'dot', x: left - 5, y, width: 3, height: ROW - 1 }),
        el('rect', { class: 'fill-people', x: left, y: y + 0.5, width: share * SPAN, height: BAR }),
        el('rect', { class: 'fill-network', x: left, y: y + 0.5 + BAR, width: network * SPAN, height: BAR }),
      )
    }),
    el('line', { class: 'axis', x1: left - 0.5, x2: left - 0.5, y1: 0, y2: ROW * people.length }),
  ]
}
