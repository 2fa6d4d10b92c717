/** Category soft targets (paper, section 6.1): every image gets the mean human distribution of its class. */
import { categoryDistributions } from '../../domain/labels/categories'

const NO_LABEL = 255

/** Rows (count, classes), worked out from the images `from`; a class without any of them keeps its label, one-hot. */
export function categoryRows(
  people: Float32Array,
  labels: Uint8Array,
  classes: number,
  from: ArrayLike<number>,
): Float32Array {
  const counted = new Uint8Array(labels.length).fill(NO_LABEL)
  for (let n = 0; n < from.length; n++) counted[from[n] as number] = labels[from[n] as number] as number
  const categories = categoryDistributions(people, counted, classes)
  const rows = new Float32Array(labels.length * classes)
  labels.forEach((label, image) => {
    if (label >= classes) return
    const row = categories.subarray(label * classes, (label + 1) * classes)
    if (row.every((share) => share === 0)) rows[image * classes + label] = 1
    else rows.set(row, image * classes)
  })
  return rows
}
