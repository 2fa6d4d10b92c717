/**
 * Images that nobody judged: wherever distributions are worked with, their row is NaN throughout, so that nothing takes
 * the uniform row that fills a file for what people said. Every mean over people's distributions leaves them out.
 */

type Distributions = Float32Array | Float64Array

/** Whether row `image` of (n, classes) distributions is something that people said. */
export const isJudged = (distributions: Distributions, image: number, classes: number): boolean =>
  !Number.isNaN(distributions[image * classes])

/** Those of `images` (all rows by default) that people judged, in their order. */
export function judgedAmong(distributions: Distributions, classes: number, images?: ArrayLike<number>): Int32Array {
  const among = images
    ? Int32Array.from(images)
    : Int32Array.from({ length: distributions.length / classes }, (_, i) => i)
  return among.filter((image) => isJudged(distributions, image, classes))
}
