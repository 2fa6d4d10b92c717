/** Figure 1's images as pairs of distributions: ten slim bars in class order, people above the network. */
import type { PaperImage } from '../../shared/paper'
import { fixed } from '../words'
import { svg } from './chart'
import { el, type Child } from './markup'

const BAR = 14
const HEIGHT = 34
const LEFT = 62

export function imageList(
  { title, images }: { title: string; images: PaperImage[] },
  classes: readonly string[],
): Child {
  if (images.length === 0) return null
  return [
    el('h3', { class: 'of' }, title),
    el('div', { class: 'images' }, images.map((image) => el('div', {}, pair(image, classes), el('div', { class: 'quiet' }, `image ${image.image}, ${classes[image.top] ?? image.top}; divergence ${fixed(image.divergence, 3)}`)))), // prettier-ignore
  ]
}

function pair({ image, people, networks }: PaperImage, classes: readonly string[]) {
  const width = LEFT + people.length * BAR
  const bars = (values: number[], bottom: number, kind: string) =>
    values.map((value, c) => {
      const height = value * HEIGHT
      const words = `${classes[c] ?? c}: ${fixed(100 * value, 1)}%`
      return el(
        'g',
        {},
        el('title', {}, words),
        el('rect', { class: `fill-${kind}`, x: LEFT + c * BAR + 2, y: bottom - height, width: BAR - 4, height }),
      )
    })
  const lines = [HEIGHT + 4, 2 * HEIGHT + 12]
  const [upper = 0, lower = 0] = lines
  return svg(
    `Image ${image}: people and networks by class`,
    { width, height: lower + 4 },
    lines.map((y) => el('line', { class: 'grid', x1: LEFT, x2: width, y1: y, y2: y })),
    el('text', { class: 'tick', x: 0, y: upper - 4 }, 'people'),
    el('text', { class: 'tick', x: 0, y: lower - 4 }, 'networks'),
    bars(people, upper, 'people'),
    bars(networks, lower, 'network'),
  )
}
