/** The rows of the image list: every image with what is known of its judgments, searched, narrowed and sorted. */
import type { GalleryItem } from '../../../contract'
import { sortRows, type SortValue } from '../../lib/sort'

export interface ImageRow extends GalleryItem {
  /** Of people's judgments, nats; null where nobody has judged the image. */
  entropy: number | null
  /** Null where the source holds probabilities only. */
  judgments: number | null
  /** Expected from one more judgment; null where unknown. */
  gainNats: number | null
}

export type ImageColumn = 'index' | 'label' | 'entropy' | 'judgments' | 'gain'

export const COLUMNS: Record<ImageColumn, (row: ImageRow) => SortValue> = {
  index: ({ index }) => index,
  label: ({ label }) => label,
  entropy: ({ entropy }) => entropy,
  judgments: ({ judgments }) => judgments,
  gain: ({ gainNats }) => gainNats,
}

export function imageRows(
  items: readonly GalleryItem[],
  judged: readonly number[] | null,
  next: readonly { image: number; gainNats: number }[] | null,
): ImageRow[] {
  const gains = new Map(next?.map(({ image, gainNats }) => [image, gainNats]))
  return items.map((item) => ({
    ...item,
    entropy: item.humanEntropy,
    judgments: judged?.[item.index] ?? null,
    gainNats: gains.get(item.index) ?? null,
  }))
}

/** `found`: images that match the search, null for all. `label`: images published as this class, null for all. */
export function shownRows(
  rows: readonly ImageRow[],
  found: ReadonlySet<number> | null,
  label: number | null,
  column: ImageColumn,
  descending: boolean,
): ImageRow[] {
  const fitting = rows.filter((row) => (!found || found.has(row.index)) && (label === null || row.label === label))
  return sortRows(fitting, COLUMNS[column], descending)
}
