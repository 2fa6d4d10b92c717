/**
 * How far distributions made of judgments lie from the truth they were drawn from, beside how far they would lie if
 * nothing but chance kept them apart. Images without judgments say nothing and are left out of both.
 */

/** Judgments of one image. */
function total(counts: ArrayLike<number>, image: number, classes: number): number {
  let sum = 0
  for (let c = 0; c < classes; c++) sum += counts[image * classes + c] ?? 0
  return sum
}

function meanOverJudged(
  counts: ArrayLike<number>,
  classes: number,
  /** Twice the variation of one class of one image with n judgments. */
  distance: (cell: number, n: number) => number,
): number {
  let sum = 0
  let judged = 0
  for (let image = 0; image < counts.length / classes; image++) {
    const n = total(counts, image, classes)
    if (n === 0) continue
    judged++
    for (let c = 0; c < classes; c++) sum += distance(image * classes + c, n) / 2
  }
  return judged === 0 ? 0 : sum / judged
}

/** Mean over images of the total variation distance of the judgments' shares to `truth`; both (images*classes). */
export function measuredVariation(truth: ArrayLike<number>, counts: ArrayLike<number>, classes: number): number {
  return meanOverJudged(counts, classes, (cell, n) => Math.abs((counts[cell] ?? 0) / n - (truth[cell] ?? 0)))
}

/**
 * Its expectation when every image's judgments, as many as `counts` holds, are independent draws from `truth`. Exact:
 * each class's count is binomial, and de Moivre (1730) gives its mean absolute deviation.
 */
export function samplingVariation(truth: ArrayLike<number>, counts: ArrayLike<number>, classes: number): number {
  return meanOverJudged(counts, classes, (cell, n) => meanDeviation(n, truth[cell] ?? 0) / n)
}

/** E|X - np| of a binomial: 2 k C(n, k) p^k (1-p)^(n-k+1), where k is the whole part of np, plus 1. */
function meanDeviation(n: number, p: number): number {
  if (p <= 0 || p >= 1) return 0
  const k = Math.floor(n * p) + 1
  let logChoose = 0
  for (let i = 1; i <= k; i++) logChoose += Math.log((n - k + i) / i)
  return 2 * k * Math.exp(logChoose + k * Math.log(p) + (n - k + 1) * Math.log1p(-p))
}
