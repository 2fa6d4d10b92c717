/** Every number an image has, as it is written beside it, copied and exported. */
import { fieldOf, type GalleryColumns } from '../../../domain/labels/gallery'
import { fixed } from '../../../domain/text/numbers'
import { FIELDS } from '../../lib/galleryChoices'

export interface ImageNumber {
  text: string
  column: string
  value: number
  shown: string
}

/** Without those it has not. */
export const numbersOf = (columns: GalleryColumns, image: number): ImageNumber[] =>
  FIELDS.flatMap(({ value: field, text, column, digits }) => {
    const value = fieldOf(columns, field)(image)
    return field === 'index' || Number.isNaN(value) ? [] : [{ text, column, value, shown: fixed(value, digits) }]
  })
