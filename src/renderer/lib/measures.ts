/** What measures are called in the window, which way is better, and how many digits they deserve. */
import { fixed, percent } from './format'

export interface MeasureWords {
  name: string
  /** +1 where more is better, -1 where less is; 0 where neither. */
  better: 1 | -1 | 0
  /** Shares are shown in percent. */
  share: boolean
  /** Of an attack, none for clean images. */
  attack?: { attack: 'FGSM' | 'PGD'; epsilon: number }
}

const KNOWN: Record<string, MeasureWords> = {
  accuracy: { name: 'Accuracy', better: 1, share: true },
  crossEntropyToPeople: { name: 'Cross-entropy to people', better: -1, share: false },
  crossEntropyToLabels: { name: 'Cross-entropy to labels', better: -1, share: false },
  secondBestAccuracy: { name: 'Second-best accuracy', better: 1, share: true },
  secondBestAccuracyReleased: { name: 'Second-best accuracy, as released', better: 1, share: true },
  meanEntropy: { name: 'Mean network entropy', better: 0, share: false },
  meanHumanEntropy: { name: 'Mean human entropy (floor)', better: 0, share: false },
  klToPeople: { name: 'Kullback-Leibler divergence', better: -1, share: false },
  jensenShannonToPeople: { name: 'Jensen-Shannon divergence', better: -1, share: false },
  brierToPeople: { name: 'Brier score to people', better: -1, share: false },
  brierToLabels: { name: 'Brier score to labels', better: -1, share: false },
  expectedCalibrationErrorToPeople: { name: 'Calibration error to people', better: -1, share: false },
  entropyPearson: { name: 'Entropy correlation, Pearson', better: 1, share: false },
  entropySpearman: { name: 'Entropy correlation, Spearman', better: 1, share: false },
  expectedCalibrationError: { name: 'Expected calibration error', better: -1, share: false },
}

const inWords = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (first) => first.toUpperCase())

/** Words for `accuracy`, `fgsm-4-accuracy`, `pgd-4-crossEntropyToPeople`, and whatever else a report may hold. */
export function measureWords(measure: string): MeasureWords {
  const attacked = /^(fgsm|pgd)-([\d.]+)-(.+)$/.exec(measure)
  if (attacked) {
    const [, attack = '', epsilon = '', rest = ''] = attacked
    const inner = measureWords(rest)
    const word = attack === 'fgsm' ? 'FGSM' : 'PGD'
    return { ...inner, name: `${inner.name} under ${word}, ε = ${epsilon}/255`, attack: { attack: word, epsilon: Number(epsilon) } } // prettier-ignore
  }
  const known = KNOWN[measure]
  if (known) return known
  const name = inWords(measure)
  return { name, better: /error|entropy|brier|divergence|loss/i.test(name) ? -1 : /accuracy/i.test(name) ? 1 : 0, share: /accuracy|share/i.test(name) } // prettier-ignore
}

export const showMeasure = (words: MeasureWords, value: number | null | undefined) =>
  words.share ? percent(value, 1) : fixed(value, 3)

/** A difference of shares is in percentage points. */
export function showDifference(words: MeasureWords, value: number | null | undefined): string {
  if (value === null || value === undefined) return fixed(null)
  const text = words.share ? fixed(value * 100, 1) : fixed(value, 3)
  return Number(text.replace('−', '-')) > 0 ? `+${text}` : text
}
