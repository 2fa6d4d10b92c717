/** Figure 1's images with people's and networks' distributions, list by list. */
import type { PaperImage } from '../paper'
import { IMAGE_WIDTH, imageHeight, imageInWords, imageParts } from '../charts/imagePictures'
import { svg } from '../charts/chart'
import { el, type Child, type Markup } from '../charts/markup'

interface List {
  title: string
  images: PaperImage[]
}

/** The first lists stand open, the others are folded away. */
export function imageLists(
  lists: readonly List[],
  classes: readonly string[],
  picture: (image: number) => string | null,
  open: number,
): Child {
  const one = (image: PaperImage) =>
    svg(
      imageInWords(image, classes),
      { width: IMAGE_WIDTH, height: imageHeight(image) },
      ...imageParts(image, classes, picture(image.image)),
    )
  const shown = ({ title, images }: List): Child =>
    images.length > 0 && [el('h3', { class: 'of' }, title), el('div', { class: 'images' }, images.map(one))]
  return [
    el('p', { class: 'legend' }, key('people', 'people'), key('network', 'networks on hard labels')),
    lists.slice(0, open).map(shown),
    lists.length > open && el('details', {}, el('summary', {}, 'The four quadrants'), lists.slice(open).map(shown)),
  ]
}

const key = (kind: string, text: string): Markup =>
  el(
    'span',
    {},
    el(
      'svg',
      { width: 20, height: 8, 'aria-hidden': 'true' },
      el('rect', { class: `fill-${kind}`, x: 0, y: 2, width: 20, height: 4 }),
    ),
    text,
  )
