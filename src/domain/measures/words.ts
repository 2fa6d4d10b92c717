/**
 * What measures are called in the window and in reports, which way is better, how their values are written, and how
 * each is defined, in one sentence (formulas: formulas.ts). p are people's probabilities, q the network's, sums over
 * the classes, means over images.
 */

export interface MeasureWords {
  name: string
  /**
   * Shares are written in percent and their differences in points; a `count` is a whole number; `plain` has no unit.
   */
  unit: 'share' | 'nats' | 'count' | 'plain'
  /** unit === 'share' */
  share: boolean
  /** +1 where more is better, -1 where less is, 0 where neither. */
  better: 1 | -1 | 0
  /** The definition; empty for a measure this version does not know. */
  means: string
  /** Of an attack, none for clean images. */
  attack?: { attack: 'FGSM' | 'PGD'; epsilon: number }
}

const words = (name: string, unit: MeasureWords['unit'], better: 1 | -1 | 0, means: string): MeasureWords => ({
  name,
  unit,
  share: unit === 'share',
  better,
  means,
})

const CLIPPED = 'q clipped below at 1e-12'

const BINS =
  'in 15 bins of equal width on [0, 1], closed above (confidence exactly 1 in the last), weighted by the images in them (L1 norm)'

/** By the names of `metrics --json`. */
export const KNOWN_MEASURES: Readonly<Record<string, MeasureWords>> = {
  accuracy: words(
    'Accuracy',
    'share',
    1,
    'Share of images whose most probable class (the first among equals) is the publisher’s label.',
  ),
  accuracyToPeople: words(
    'Accuracy against people’s first choice',
    'share',
    1,
    'Share of images whose most probable class is people’s most frequent choice; where m classes tie for it, naming one counts 1/m.',
  ),
  crossEntropyToPeople: words(
    'Cross-entropy to people',
    'nats',
    -1,
    'Mean of −sum p ln q, q clipped below at 1e-12; its floor is people’s mean entropy.',
  ),
  crossEntropyToLabels: words('Cross-entropy to labels', 'nats', -1, 'Mean of −ln q(label), q clipped below at 1e-12.'),
  judgedImages: words(
    'Images that people judged',
    'count',
    0,
    'Of the images measured; measures of people leave the others out. Absent where all were judged.',
  ),
  crossEntropyToTargets: words(
    'Cross-entropy to targets',
    'nats',
    -1,
    'As to people, with what the network was trained towards in place of p: by it the best epoch is chosen where one is.',
  ),
  secondBestAccuracy: words(
    'Second-best accuracy',
    'share',
    1,
    'Share of images on which people have a second choice whose second most probable class it is; where m classes tie for second, naming one counts 1/m.',
  ),
  secondBestImages: words(
    'Images with a second choice',
    'count',
    0,
    'Number of images of which people chose more than one class.',
  ),
  secondBestAccuracyReleased: words(
    'Second-best accuracy, as released',
    'share',
    1,
    'Share of all images whose second class by ascending argsort agrees with people’s, so that a unanimous image’s second is its last class of probability 0.',
  ),
  klToPeople: words(
    'Kullback-Leibler divergence from people',
    'nats',
    -1,
    'Mean of sum p ln(p / q), q clipped below at 1e-12: cross-entropy to people less people’s entropy.',
  ),
  jensenShannonToPeople: words(
    'Jensen-Shannon divergence to people',
    'nats',
    -1,
    'Mean of H((p + q) / 2) − (H(p) + H(q)) / 2 with entropy H, from 0 to ln 2.',
  ),
  brierToPeople: words('Brier score to people', 'plain', -1, 'Mean of sum (q − p)², from 0 to 2.'),
  brierToLabels: words(
    'Brier score to labels',
    'plain',
    -1,
    'Mean of sum (q − y)², y = 1 for the publisher’s label and 0 elsewhere, from 0 to 2.',
  ),
  generalisedEnergyDistance: words(
    'Generalised energy distance',
    'plain',
    -1,
    'Mean of 2 P(S ≠ Y) − P(S ≠ S’) − P(Y ≠ Y’), labels S drawn from q and Y from p; squared as usual, and with this distance of 0 or 1 equal to the Brier score to people.',
  ),
  overlapWithPeople: words(
    'Overlap with people',
    'share',
    1,
    'Mean of sum min(p, q), which is 1 − total variation distance: the part of the whole distribution that people and network share.',
  ),
  distributionPearson: words(
    'Correlation of distributions',
    'plain',
    1,
    'Mean over images of Pearson’s correlation of p with q over the classes; images on which either is uniform are left out.',
  ),
  expectedCalibrationError: words(
    'Expected calibration error',
    'plain',
    -1,
    `Mean |confidence − share of predictions that are the label| ${BINS}.`,
  ),
  expectedCalibrationErrorToPeople: words(
    'Expected calibration error, to people',
    'plain',
    -1,
    `Mean |confidence − share of people who chose the predicted class| ${BINS}.`,
  ),
  confidenceWhenRight: words(
    'Confidence when right',
    'share',
    0,
    'Mean probability of the predicted class over the images on which it is the publisher’s label (Figure 3A).',
  ),
  confidenceWhenWrong: words(
    'Confidence when wrong',
    'share',
    -1,
    'Mean probability of the predicted class over the images on which it is not the publisher’s label (Figure 3A).',
  ),
  areaUnderRiskCoverage: words(
    'Area under the risk-coverage curve',
    'plain',
    -1,
    'Mean over k = 1..n of the share of errors among the k most confident images; the order of equal confidences counts by expectation.',
  ),
  excessAreaUnderRiskCoverage: words(
    'Excess area under the risk-coverage curve',
    'plain',
    -1,
    'The area less that of the same errors in the best order, all right ones first.',
  ),
  areaUnderRiskCoverageToPeople: words(
    'Area under the risk-coverage curve, to people',
    'plain',
    -1,
    'As the area, with the risk of an image the share of people who chose another class than the predicted one.',
  ),
  conformalCoverage: words(
    'Conformal coverage (90% nominal)',
    'share',
    0,
    'Share of images whose conformal set holds the label: all classes with 1 − q up to the ceil(0.9 (m + 1))-th smallest 1 − q(label) of the other half; halves are even and odd positions.',
  ),
  conformalPeopleCovered: words(
    'People covered by conformal sets',
    'share',
    1,
    'Mean of sum p over the classes in an image’s conformal set (90%, calibrated on labels).',
  ),
  conformalSetSize: words(
    'Conformal set size',
    'plain',
    -1,
    'Mean number of classes in an image’s conformal set (90%); fewer say more at equal coverage.',
  ),
  meanEntropy: words('Mean network entropy', 'nats', 0, 'Mean of −sum q ln q.'),
  meanHumanEntropy: words(
    'Mean human entropy (floor)',
    'nats',
    0,
    'Mean of −sum p ln p, the least cross-entropy to people there is; from few judgments an underestimate of people’s entropy.',
  ),
  entropyPearson: words(
    'Entropy correlation (Pearson)',
    'plain',
    1,
    'Pearson’s correlation over images of the entropies of p and q.',
  ),
  entropySpearman: words(
    'Entropy correlation (Spearman)',
    'plain',
    1,
    'Correlation over images of the ranks of the entropies of p and q, ties at their mean rank.',
  ),
}

/** What an attack does other than the paper's text says, in the words of its name in report.json. */
const VARIANTS: Readonly<Record<string, string>> = {
  margin: 'margin loss',
  momentum: 'momentum',
  targeted: 'targeted',
  random: 'random start',
  augmented: 'images cropped and flipped',
  imagenet: 'ImageNet’s normalisation',
}

const ATTACKED = /^(fgsm|pgd)-([\d.]+)((?:-(?:margin|momentum|targeted|random|augmented|imagenet))*)-([^-]+)$/

/** `accuracy` of `fgsm-4-accuracy`; what is measured without attack is itself. */
export const attackedMeasure = (measure: string): string => ATTACKED.exec(measure)?.[4] ?? measure

/** Words for `accuracy`, `fgsm-4-accuracy`, `pgd-4-crossEntropyToPeople`, and whatever else a report may hold. */
export function measureWords(measure: string): MeasureWords {
  const attacked = ATTACKED.exec(measure)
  if (attacked) {
    const [, attack = '', epsilon = '', variants = '', rest = ''] = attacked
    const inner = measureWords(rest)
    const word = attack === 'fgsm' ? 'FGSM' : 'PGD'
    const named = variants.split('-').flatMap((variant) => VARIANTS[variant] ?? [])
    const name = [`${inner.name} under ${word}, ε\u00a0=\u00a0${epsilon}/255`, ...named].join(', ')
    const means = inner.means.replace(CLIPPED, 'computed from logits and never clipped')
    return { ...inner, name, means, attack: { attack: word, epsilon: Number(epsilon) } }
  }
  const known = Object.hasOwn(KNOWN_MEASURES, measure) ? KNOWN_MEASURES[measure] : undefined
  if (known) return known
  const plain = measure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  const name = plain.replace(/^./, (first) => first.toUpperCase())
  return words(name, /accuracy|share/i.test(measure) ? 'share' : 'plain', 0, '')
}
