/**
 * The formula of every measure in LaTeX, the values it can take, and where the paper reports it; its words are in
 * words.ts. i counts the n images, c the K classes; p are people's probabilities, q the network's, y the
 * publisher's label, ĉ the predicted class (the first most probable), H entropy.
 */
import { attackedMeasure } from './words'

export interface MeasureFormula {
  /** LaTeX source. */
  formula: string
  /** The values it can take, in its unit. */
  range: string
  /** "Figure 2, Table 2"; null where the paper does not report it. */
  paper: string | null
}

const MEAN = String.raw`\frac{1}{n}\sum_{i=1}^{n}`
const PREDICTED = String.raw`\hat{c}_i = \underset{c}{\arg\max}\; q_{ic}`
const ENTROPY = String.raw`H(p) = -\sum_{c} p_c \ln p_c`
const SECOND = String.raw`S = \left\{ i : \left|\{ c : p_{ic} > 0 \}\right| \ge 2 \right\}`
const CONFORMAL = String.raw`C_i = \left\{ c : 1 - q_{ic} \le s_{\left(\lceil 0.9\,(m+1) \rceil\right)} \right\}`
const BINS = String.raw`\sum_{b=1}^{15} \frac{|B_b|}{n} \left| \frac{1}{|B_b|} \sum_{i \in B_b} \left( \max_c q_{ic} - `
const binned = (correct: string) => String.raw`${BINS} ${correct} \right) \right|`
const AREA = String.raw`\frac{1}{n}\sum_{k=1}^{n} r(k),\quad r(k) = \frac{1}{k}\sum_{j=1}^{k} `
const correlation = (x: string, y: string) =>
  String.raw`\frac{\sum_i (${x}_i - \bar{${x}})(${y}_i - \bar{${y}})}{\sqrt{\sum_i (${x}_i - \bar{${x}})^2 \; \sum_i (${y}_i - \bar{${y}})^2}}`

const SHARE = '0 to 100%'
const CLIP = ' to 27.6 (q is clipped at 10⁻¹²)'
/** Under attack. */
const NO_CLIP = ' or more (from logits, not clipped)'
const CLIPPED = `0${CLIP}`
const ABOVE_FLOOR = `people’s mean entropy${CLIP}`
const SIGNED = '−1 to 1'
const NOT_REPORTED = null

const of = (formula: string, range: string, paper: string | null): MeasureFormula => ({ formula, range, paper })

/** By the names of `KNOWN_MEASURES`. */
export const FORMULAS: Readonly<Record<string, MeasureFormula>> = {
  accuracy: of(
    String.raw`${MEAN} \mathbf{1}\left[\hat{c}_i = y_i\right],\quad ${PREDICTED}`,
    SHARE,
    'Figure 2, Figure 4, Table 2',
  ),
  accuracyToPeople: of(
    String.raw`${MEAN} \frac{\mathbf{1}[\hat{c}_i \in T_i]}{|T_i|},\quad T_i = \left\{ c : p_{ic} = \max_k p_{ik} \right\}`,
    SHARE,
    NOT_REPORTED,
  ),
  crossEntropyToPeople: of(String.raw`-${MEAN} \sum_{c=1}^{K} p_{ic} \ln q_{ic}`, ABOVE_FLOOR, 'Table 1'),
  crossEntropyToLabels: of(String.raw`-${MEAN} \ln q_{i y_i}`, CLIPPED, 'Figure 2, Figure 4, Tables 1 and 2'),
  judgedImages: of(String.raw`|\{i : \textstyle\sum_c n_{ic} > 0\}|`, '0 to n', NOT_REPORTED),
  crossEntropyToTargets: of(
    String.raw`-${MEAN} \sum_{c=1}^{K} t_{ic} \ln q_{ic}`,
    `the targets’ mean entropy${CLIP}`,
    NOT_REPORTED,
  ),
  secondBestAccuracy: of(
    String.raw`\frac{1}{|S|}\sum_{i \in S} \sum_{c} P\left(s(p_i) = c\right) P\left(s(q_i) = c\right),\quad ${SECOND}`,
    SHARE,
    'Figure 2',
  ),
  secondBestImages: of(String.raw`|S|,\quad ${SECOND}`, '0 to n', NOT_REPORTED),
  secondBestAccuracyReleased: of(
    String.raw`${MEAN} \mathbf{1}\left[ \operatorname{argsort}(q_i)_{K-1} = \operatorname{argsort}(p_i)_{K-1} \right]`,
    SHARE,
    'Figure 2, as the released code counts',
  ),
  klToPeople: of(String.raw`${MEAN} \sum_{c} p_{ic} \ln \frac{p_{ic}}{q_{ic}}`, CLIPPED, NOT_REPORTED),
  jensenShannonToPeople: of(
    String.raw`${MEAN} \left( H\left(\frac{p_i + q_i}{2}\right) - \frac{H(p_i) + H(q_i)}{2} \right),\quad ${ENTROPY}`,
    '0 to ln 2 ≈ 0.693',
    NOT_REPORTED,
  ),
  brierToPeople: of(String.raw`${MEAN} \sum_{c} \left( q_{ic} - p_{ic} \right)^2`, '0 to 2', NOT_REPORTED),
  brierToLabels: of(String.raw`${MEAN} \sum_{c} \left( q_{ic} - \mathbf{1}[c = y_i] \right)^2`, '0 to 2', NOT_REPORTED),
  generalisedEnergyDistance: of(
    String.raw`${MEAN} \left( 2 P(S \ne Y) - P(S \ne S') - P(Y \ne Y') \right),\quad S, S' \sim q_i,\; Y, Y' \sim p_i`,
    '0 to 2',
    NOT_REPORTED,
  ),
  overlapWithPeople: of(String.raw`${MEAN} \sum_{c} \min\left(p_{ic}, q_{ic}\right)`, SHARE, 'stands for Figure 3B'),
  distributionPearson: of(
    String.raw`\frac{1}{|V|}\sum_{i \in V} \frac{\sum_c (p_{ic} - \frac{1}{K})(q_{ic} - \frac{1}{K})}{\sqrt{\sum_c (p_{ic} - \frac{1}{K})^2 \; \sum_c (q_{ic} - \frac{1}{K})^2}},\quad V = \left\{ i : p_i, q_i \ne \tfrac{1}{K} \right\}`,
    SIGNED,
    'stands for Figure 3B',
  ),
  expectedCalibrationError: of(binned(String.raw`\mathbf{1}[\hat{c}_i = y_i]`), '0 to 1', NOT_REPORTED),
  expectedCalibrationErrorToPeople: of(binned(String.raw`p_{i \hat{c}_i}`), '0 to 1', NOT_REPORTED),
  confidenceWhenRight: of(
    String.raw`\frac{1}{|R|}\sum_{i \in R} \max_c q_{ic},\quad R = \left\{ i : \hat{c}_i = y_i \right\}`,
    '1/K to 100%',
    'Figure 3A',
  ),
  confidenceWhenWrong: of(
    String.raw`\frac{1}{|W|}\sum_{i \in W} \max_c q_{ic},\quad W = \left\{ i : \hat{c}_i \ne y_i \right\}`,
    '1/K to 100%',
    'Figure 3A',
  ),
  areaUnderRiskCoverage: of(
    String.raw`${AREA} \mathbf{1}\left[\hat{c}_{(j)} \ne y_{(j)}\right]`,
    '0 to 1',
    NOT_REPORTED,
  ),
  excessAreaUnderRiskCoverage: of(
    String.raw`\frac{1}{n}\sum_{k=1}^{n} \left( r(k) - \frac{\max(0,\, k - n + e)}{k} \right),\quad e = \sum_{i} \mathbf{1}[\hat{c}_i \ne y_i]`,
    '0 to 1',
    NOT_REPORTED,
  ),
  areaUnderRiskCoverageToPeople: of(
    String.raw`${AREA} \left( 1 - p_{(j)\,\hat{c}_{(j)}} \right)`,
    '0 to 1',
    NOT_REPORTED,
  ),
  conformalCoverage: of(
    String.raw`${MEAN} \mathbf{1}\left[ y_i \in C_i \right],\quad ${CONFORMAL}`,
    SHARE,
    NOT_REPORTED,
  ),
  conformalPeopleCovered: of(String.raw`${MEAN} \sum_{c \in C_i} p_{ic},\quad ${CONFORMAL}`, SHARE, NOT_REPORTED),
  conformalSetSize: of(String.raw`${MEAN} |C_i|,\quad ${CONFORMAL}`, '0 to K', NOT_REPORTED),
  meanEntropy: of(String.raw`-${MEAN} \sum_{c} q_{ic} \ln q_{ic}`, '0 to ln K', NOT_REPORTED),
  meanHumanEntropy: of(String.raw`-${MEAN} \sum_{c} p_{ic} \ln p_{ic}`, '0 to ln K', NOT_REPORTED),
  entropyPearson: of(String.raw`${correlation('h', 'g')},\quad h_i = H(p_i),\; g_i = H(q_i)`, SIGNED, NOT_REPORTED),
  entropySpearman: of(
    String.raw`${correlation('h', 'g')},\quad h_i = \operatorname{rank} H(p_i),\; g_i = \operatorname{rank} H(q_i)`,
    SIGNED,
    NOT_REPORTED,
  ),
}

/**
 * Of a measure under attack, the formula of the measure, in the range it then has; null for what this version does not
 * know.
 */
export function measureFormula(measure: string): MeasureFormula | null {
  const inner = attackedMeasure(measure)
  const found = Object.hasOwn(FORMULAS, inner) ? (FORMULAS[inner] ?? null) : null
  if (!found || inner === measure || !found.range.endsWith(CLIP)) return found
  return { ...found, range: found.range.replace(CLIP, NO_CLIP) }
}
