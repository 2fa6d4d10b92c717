/** What the gallery's scatter sets against each other: fields, words, ends of the axes, where a drawn box lies. */
import { fieldOf, type GalleryColumns, type GalleryField } from '../../../domain/labels/gallery'
import type { Plot } from '../../lib/galleryAddress'

export interface PlotFields {
  x: GalleryField
  y: GalleryField
  title: string
  axes: [x: string, y: string]
}

export function plotFields(plot: Plot, first: string, second: string): PlotFields {
  if (plot === 'people')
    return {
      x: 'human-entropy',
      y: 'network-entropy',
      title: 'Entropy, people and network',
      axes: ['Human entropy, nats', 'Network entropy, nats'],
    }
  const [x, y, word] =
    plot === 'entropy'
      ? (['network-entropy', 'other-entropy', 'Entropy'] as const)
      : (['cross-entropy', 'other-cross-entropy', 'Cross-entropy'] as const)
  return { x, y, title: `${word}, both networks`, axes: [`${first}, nats`, `${second}, nats`] }
}

/**
 * Entropies end at ln of the classes; cross-entropies where all but one image in 200 lie, which are drawn at the edge.
 */
export function axisEnd(columns: GalleryColumns, plot: Plot, classes: number): number {
  const most = Math.log(Math.max(2, classes))
  if (plot !== 'cross-entropy') return most
  const values = [columns.network, columns.other].flatMap((network) => (network ? [...network.crossEntropy] : []))
  const sorted = Float32Array.from(values.filter((value) => !Number.isNaN(value))).sort()
  return Math.max(most, Math.ceil(sorted[Math.floor(sorted.length * 0.995)] ?? most))
}

/** The field's value, at most the end of the axis. */
export function alongAxis(columns: GalleryColumns, field: GalleryField, end: number) {
  const value = fieldOf(columns, field)
  return (image: number) => Math.min(end, value(image))
}

type Range = readonly [number | null, number | null]

/** The values between two places of an axis, open where they reach its ends: what lies beyond is drawn there. */
export function rangeBetween(a: number, b: number, end: number): Range {
  const [least, most] = [Math.min(a, b), Math.max(a, b)]
  const round = (value: number) => Number(value.toFixed(4))
  return [least <= 0 ? null : round(least), most >= end ? null : round(most)]
}

/** The image drawn nearest to a place, in pixels of the screen; null where none is within `reach`. */
export function nearestImage(
  images: Uint32Array,
  x: (image: number) => number,
  y: (image: number) => number,
  place: { x: number; y: number },
  reach: number,
): number | null {
  let found: number | null = null
  let least = reach * reach
  for (const image of images) {
    const distance = (x(image) - place.x) ** 2 + (y(image) - place.y) ** 2
    if (distance <= least) [found, least] = [image, distance]
  }
  return found
}
