/**
 * Figure 1's images as distributions, drawn as everywhere: ten slim horizontal bars in class order, people above the
 * network in one row, the shared first guess marked by a tick at the left.
 */
import type { PaperImage } from '../../shared/paper'
import { fixed } from '../words'
import { svg } from './chart'
import { el, type Child, type Markup } from './markup'

const ROW = 11
const BAR = 4
const LEFT = 78
const SPAN = 130

interface List {
  title: string
  images: PaperImage[]
}

/** The first lists stand open, the others are folded away. */
export function imageLists(lists: readonly List[], classes: readonly string[], open: number): Child {
  const shown = ({ title, images }: List): Child =>
    images.length > 0 && [el('h3', { class: 'of' }, title), el('div', { class: 'images' }, images.map((image) => one(image, classes)))] // prettier-ignore
  return [
    el('p', { class: 'legend' }, key('people', 'people'), key('network', 'networks on hard labels')),
    lists.slice(0, open).map(shown),
    lists.length > open && el('details', {}, el('summary', {}, 'The four quadrants'), lists.slice(open).map(shown)),
  ]
}

const key = (kind: string, text: string): Markup =>
  el('span', {}, el('svg', { width: 20, height: 8, 'aria-hidden': 'true' }, el('rect', { class: `fill-${kind}`, x: 0, y: 2, width: 20, height: BAR })), text) // prettier-ignore

function one(image: PaperImage, classes: readonly string[]): Markup {
  return el(
    'div',
    {},
    bars(image, classes),
    el('div', { class: 'quiet' }, `Image ${image.image}`, el('br', {}), `divergence ${fixed(image.divergence, 3)}`),
  )
}

function bars({ image, top, people, networks }: PaperImage, classes: readonly string[]): Markup {
  const height = ROW * people.length
  const percent = (value: number) => `${fixed(100 * value, 1)}%`
  return svg(
    `Image ${image}: people and networks by class; both name ${classes[top] ?? top} first`,
    { width: LEFT + SPAN, height },
    people.map((share, c) => {
      const network = networks[c] ?? 0
      const y = c * ROW
      return el(
        'g',
        {},
        el('title', {}, `${classes[c] ?? c}: people ${percent(share)}, networks ${percent(network)}`),
        el('text', { class: c === top ? 'small strong' : 'small', x: LEFT - 8, y: y + 8, 'text-anchor': 'end' }, classes[c] ?? c), // prettier-ignore
        c === top && el('rect', { class: 'dot', x: LEFT - 5, y, width: 3, height: ROW - 1 }),
        el('rect', { class: 'fill-people', x: LEFT, y: y + 0.5, width: share * SPAN, height: BAR }),
        el('rect', { class: 'fill-network', x: LEFT, y: y + 0.5 + BAR, width: network * SPAN, height: BAR }),
      )
    }),
    el('line', { class: 'axis', x1: LEFT - 0.5, x2: LEFT - 0.5, y1: 0, y2: height }),
  )
}
