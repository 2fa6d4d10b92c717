import { isJudged } from './unjudged'

/**
 * Category soft labels (paper, section 6): people's distributions summed over the images of each true class and
 * renormalised. Sums are of probabilities, every image weighing the same however often it was judged: predicting each
 * CIFAR-10H image by its category's then costs 0.25654758 nats, the authors' 0.25655; sums of counts would 0.25654785.
 *
 * @param distributions (n, classes), rows sum to 1, or are NaN where nobody judged the image
 * @param labels true class of each image (n); images with a label outside 0..classes-1 (255: none) are left out
 * @returns (classes, classes), one row a true class; a class without images is all zeros, which sum to 0 and so cannot
 *   be taken for a distribution
 */
export function categoryDistributions(
  distributions: Float32Array | Float64Array,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  const result = new Float64Array(classes * classes)
  for (let image = 0; image < labels.length; image++) {
    const label = labels[image] ?? classes
    if (!(label >= 0 && label < classes) || !isJudged(distributions, image, classes)) continue
    for (let c = 0; c < classes; c++) {
      const at = label * classes + c
      result[at] = (result[at] ?? 0) + (distributions[image * classes + c] ?? 0)
    }
  }
  for (let start = 0; start < result.length; start += classes) {
    const row = result.subarray(start, start + classes)
    const sum = row.reduce((a, b) => a + b, 0)
    if (sum > 0) row.forEach((value, c) => (row[c] = value / sum))
  }
  return result
}
