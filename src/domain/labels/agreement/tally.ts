/** The sums both coefficients are made of, over images with at least two judgments. */

export interface Tally {
  /** Images with at least two judgments, and the judgments on them. */
  images: number
  judgments: number
  /** Per class: judgments of it. */
  chosen: Float64Array
  /** Per class: sum over images of n (m - n) / (m - 1), for n judgments of the class among m. */
  betweenPairs: Float64Array
  /** Per class: sum over images of n (m - n) / m. */
  withinImages: Float64Array
}

export function tally(counts: Uint32Array, images: number, classes: number): Tally {
  const chosen = new Float64Array(classes)
  const betweenPairs = new Float64Array(classes)
  const withinImages = new Float64Array(classes)
  let pairable = 0
  let judgments = 0
  for (let i = 0; i < images; i++) {
    let m = 0
    for (let c = 0; c < classes; c++) m += counts[i * classes + c] ?? 0
    if (m < 2) continue
    pairable++
    judgments += m
    for (let c = 0; c < classes; c++) {
      const n = counts[i * classes + c] ?? 0
      chosen[c] = (chosen[c] ?? 0) + n
      betweenPairs[c] = (betweenPairs[c] ?? 0) + (n * (m - n)) / (m - 1)
      withinImages[c] = (withinImages[c] ?? 0) + (n * (m - n)) / m
    }
  }
  return { images: pairable, judgments, chosen, betweenPairs, withinImages }
}
