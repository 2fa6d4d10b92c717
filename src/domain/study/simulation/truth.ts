/**
 * What simulated annotators see where no published distribution tells: a confusion matrix around the publisher's label.
 */
import { NO_LABEL } from '../../labels/judgments'

/** Share of answers that are the publisher's label; on CIFAR-10H people agree with it in 95 of 100 judgments. */
const OWN = 0.9
/** Share of the class that follows in the image set's order, the one confused with it. */
const NEXT = 0.06

export const CONFUSION_IN_WORDS =
  "a confusion matrix: the publisher's label with 0.90, the class after it with 0.06, every other class equally " +
  'often; images without a label any class equally often'

/** (images*classes), rows sum to 1. `labels` are class indices, NO_LABEL where the publisher gave none. */
export function confusionTruth(labels: Uint8Array, classes: number): Float64Array {
  const truth = new Float64Array(labels.length * classes)
  labels.forEach((label, image) => {
    const row = truth.subarray(image * classes, (image + 1) * classes)
    if (label === NO_LABEL || label >= classes) row.fill(1 / classes)
    else if (classes === 1) row.fill(1)
    else {
      const others = classes - 2
      row.fill(others > 0 ? (1 - OWN - NEXT) / others : 0)
      row[(label + 1) % classes] = others > 0 ? NEXT : 1 - OWN
      row[label] = OWN
    }
  })
  return truth
}
