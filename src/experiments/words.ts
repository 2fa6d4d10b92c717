/** What measures are called in a report, which side is better, and how their values are written. */

export interface MeasureWords {
  name: string
  /** Shares are written in percent and their differences in points; everything else is in nats or without unit. */
  share: boolean
  /** +1 where more is better, -1 where less is, 0 where neither. */
  better: 1 | -1 | 0
}

const KNOWN: Record<string, MeasureWords> = {
  accuracy: { name: 'Accuracy', share: true, better: 1 },
  crossEntropyToPeople: { name: 'Cross-entropy to people', share: false, better: -1 },
  crossEntropyToLabels: { name: 'Cross-entropy to labels', share: false, better: -1 },
  secondBestAccuracy: { name: 'Second-best accuracy', share: true, better: 1 },
  secondBestAccuracyReleased: { name: 'Second-best accuracy, as released', share: true, better: 1 },
  klToPeople: { name: 'Kullback-Leibler divergence from people', share: false, better: -1 },
  jensenShannonToPeople: { name: 'Jensen-Shannon divergence to people', share: false, better: -1 },
  brierToPeople: { name: 'Brier score to people', share: false, better: -1 },
  brierToLabels: { name: 'Brier score to labels', share: false, better: -1 },
  expectedCalibrationError: { name: 'Expected calibration error', share: false, better: -1 },
  expectedCalibrationErrorToPeople: { name: 'Expected calibration error, to people', share: false, better: -1 },
  meanEntropy: { name: 'Mean network entropy', share: false, better: 0 },
  entropyPearson: { name: 'Entropy correlation (Pearson)', share: false, better: 1 },
  entropySpearman: { name: 'Entropy correlation (Spearman)', share: false, better: 1 },
}

const ATTACKED = /^(fgsm|pgd)-([\d.]+)-(.+)$/

export function measureWords(measure: string): MeasureWords {
  const attacked = ATTACKED.exec(measure)
  if (attacked) {
    const [, attack = '', epsilon = '', inner = ''] = attacked
    const words = measureWords(inner)
    return { ...words, name: `${words.name} under ${attack.toUpperCase()}, ε\u00a0=\u00a0${epsilon}/255` }
  }
  const plain = measure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return KNOWN[measure] ?? { name: plain.replace(/^./, (first) => first.toUpperCase()), share: /accuracy/i.test(measure), better: 0 } // prettier-ignore
}

export const NONE = '–'
const MINUS = '−'

export const fixed = (value: number, digits: number): string => {
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? MINUS + text : text
}

/** "76.8%" or "0.862"; a dash where there is none. */
export function show(words: MeasureWords, value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  return words.share ? `${fixed(100 * value, 1)}%` : fixed(value, 3)
}

/** "+0.9" (points) or "−0.140", always with its sign. */
export function showChange(words: MeasureWords, value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  const text = words.share ? fixed(100 * value, 1) : fixed(value, 3)
  return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`
}

export const showInterval = (words: MeasureWords, interval: [number, number] | null): string =>
  interval ? `${showChange(words, interval[0])} to ${showChange(words, interval[1])}` : NONE
