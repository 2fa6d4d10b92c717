/**
 * Area under the risk-coverage curve (AURC; Geifman, Uziel and El-Yaniv, ICLR 2019): answer only the k most confident
 * of n images and be wrong on a share r(k) of them; the area is the mean of r(k) over k = 1..n. From 0 to 1; a
 * confidence without information gives the error rate.
 *
 * Images of equal confidence have no order: r(k) is its expectation over all orders of them, so the area depends
 * neither on the order of images nor on the sorting.
 */
import { argmax, rowAt } from '../labels/distribution'
import { type Predictions } from './predictions'

export interface RiskCoverage {
  /** Risk 1 where the predicted class is not the publisher's label. */
  area: number
  /** The area minus that of the best order of the same errors, all right ones first. */
  excess: number
  /** Risk is the share of people who chose another class than the predicted one. */
  areaToPeople: number
}

export function riskCoverage({ values, labels, people, classes }: Predictions): RiskCoverage {
  const confidences = new Float64Array(labels.length)
  const wrong = new Float64Array(labels.length)
  const disagreeing = new Float64Array(labels.length)
  labels.forEach((label: number, image: number) => {
    const row = rowAt(values, image, classes)
    const predicted = argmax(row)
    confidences[image] = row[predicted] as number
    wrong[image] = predicted === label ? 0 : 1
    // Sums of people's probabilities may pass 1 by a rounding.
    disagreeing[image] = Math.max(0, 1 - (people[image * classes + predicted] as number))
  })
  const area = areaUnderRiskCoverage(confidences, wrong)
  const best = areaUnderRiskCoverage(
    wrong.map((risk) => -risk),
    wrong,
  )
  return { area, excess: Math.max(0, area - best), areaToPeople: areaUnderRiskCoverage(confidences, disagreeing) }
}

/** Of one confidence and one risk an image. */
export function areaUnderRiskCoverage(confidences: Float64Array, risks: Float64Array): number {
  const at = (index: number) => confidences[index] as number
  const order = Array.from(confidences, (_, image) => image).sort((a, b) => at(b) - at(a))
  let area = 0
  let before = 0
  for (let start = 0; start < order.length;) {
    let end = start
    let tied = 0
    while (end < order.length && at(order[end] as number) === at(order[start] as number)) {
      tied += risks[order[end++] as number] as number
    }
    // Of the first j among m equals the expected risk is j/m of theirs together.
    for (let k = start + 1; k <= end; k++) area += (before + (tied * (k - start)) / (end - start)) / k
    before += tied
    start = end
  }
  return area / order.length
}
