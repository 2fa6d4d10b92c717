/**
 * MACE (Hovy, Berg-Kirkpatrick, Vaswani and Hovy, NAACL 2013): for each judgment an annotator either gives the image's
 * true class, with a probability of their own (competence), or answers from a habit that does not look at the image.
 * This is the variational Bayes variant, which the paper found better than plain EM, with its priors: Beta(0.5, 0.5) on
 * competence, Dirichlet(10, ..., 10) on habits, true classes uniform. Of several random starts the one with the highest
 * evidence lower bound is kept.
 */
import { SeededRandom } from '../../random'
import { digamma, logGamma } from '../uncertainty/special'
import { judgedImages, type Ballots } from './ballots'
import { normaliseLogs } from './logs'
import type { Overlap } from './overlap'
import { ended, spread, type Aggregated, type Progress } from './words'
import { count } from '../../text/numbers'

export interface MaceOptions {
  seed: number
  restarts: number
  maxIterations: number
  /** A start has converged when its bound rises by less than this per judgment, nats. */
  tolerance: number
}

const DEFAULTS: MaceOptions = { seed: 0, restarts: 10, maxIterations: 200, tolerance: 1e-9 }
const COMPETENCE_PRIOR = 0.5
const HABIT_PRIOR = 10

export interface MaceFit {
  probabilities: Float64Array
  /** Posterior mean of each annotator's probability of giving the true class; 0.5, the prior's, without votes. */
  competence: Float64Array
  /** Evidence lower bound after each iteration, nats; never falls. */
  bound: number[]
  converged: boolean
}

/** What the expectation step needs: expectations of logarithms, exponents of which need not sum to 1. */
export interface MaceWeights {
  /** Per annotator: of knowing. */
  know: Float64Array
  /** Per annotator and class: of answering that class out of habit. */
  habit: Float64Array
}

export function fitMace(
  ballots: Ballots,
  options: Partial<MaceOptions> = {},
  onProgress?: Progress,
): MaceFit & { restarts: number[] } {
  const { seed, restarts, maxIterations, tolerance } = { ...DEFAULTS, ...options }
  const bounds: number[] = []
  let best: MaceFit | null = null
  for (let restart = 0; restart < restarts; restart++) {
    const random = new SeededRandom(seed, restart)
    const progress: Progress = (done) => onProgress?.(restart * maxIterations + done, restarts * maxIterations)
    const fit = fitMaceFrom(ballots, drawWeights(ballots, random), maxIterations, tolerance, progress)
    bounds.push(fit.bound.at(-1) ?? 0)
    if (!best || (fit.bound.at(-1) ?? 0) > (best.bound.at(-1) ?? 0)) best = fit
    progress(maxIterations, maxIterations)
  }
  if (!best) throw new RangeError('MACE needs one start at least.')
  return { ...best, restarts: bounds }
}

/** Competences and habits of a random start, spread wide so that starts differ. */
function drawWeights({ annotators, classes }: Ballots, random: SeededRandom): MaceWeights {
  const know = new Float64Array(annotators)
  const habit = new Float64Array(annotators * classes)
  for (let a = 0; a < annotators; a++) {
    const knows = random.between(0.2, 0.9)
    const row = Float64Array.from({ length: classes }, () => random.between(0.5, 1))
    const sum = row.reduce((total, value) => total + value, 0)
    know[a] = Math.log(knows)
    row.forEach((value, c) => (habit[a * classes + c] = Math.log(((1 - knows) * value) / sum)))
  }
  return { know, habit }
}

/** From one start: expectation, then `maxIterations` times maximization and expectation, or until it has converged. */
export function fitMaceFrom(
  ballots: Ballots,
  start: MaceWeights,
  maxIterations: number,
  tolerance: number,
  onProgress?: Progress,
): MaceFit {
  const { annotators, classes, images, given } = ballots
  const judged = judgedImages(ballots)
  const probabilities = new Float64Array(images * classes).fill(1 / classes)
  const known = new Float64Array(annotators)
  const habits = new Float64Array(annotators * classes)
  const bound: number[] = []
  let weights = start
  expect(ballots, judged, weights, probabilities, known, habits)
  let converged = ballots.count === 0
  while (!converged && bound.length < maxIterations) {
    const maximised = maximise(ballots, known, habits)
    weights = maximised.weights
    const now = expect(ballots, judged, weights, probabilities, known, habits) - maximised.divergence
    converged = now - (bound.at(-1) ?? -Infinity) < tolerance * ballots.count
    bound.push(now)
    onProgress?.(bound.length, maxIterations)
  }
  const competence = known.map((n, a) => (COMPETENCE_PRIOR + n) / (2 * COMPETENCE_PRIOR + (given[a] ?? 0)))
  return { probabilities, competence, bound, converged }
}

/**
 * From weights to the true classes' probabilities and the expected numbers of judgments known (per annotator) and given
 * out of habit (per annotator and class); answers the logarithm of the weights' sum over all that may have happened.
 */
function expect(
  { annotator, chosen, first, classes }: Ballots,
  judged: Int32Array,
  { know, habit }: MaceWeights,
  probabilities: Float64Array,
  known: Float64Array,
  habits: Float64Array,
): number {
  // What it adds to the class chosen that it may have been known; and the share of knowing, were that the true class.
  const gain = habit.map((h, cell) => Math.log1p(Math.exp((know[Math.floor(cell / classes)] ?? 0) - h)))
  const share = gain.map((g) => -Math.expm1(-g))
  known.fill(0)
  habits.fill(0)
  let logSum = 0
  for (const i of judged) {
    const [from, to, at] = [first[i] ?? 0, first[i + 1] ?? 0, i * classes]
    probabilities.fill(-Math.log(classes), at, at + classes)
    for (let v = from; v < to; v++) {
      const c = chosen[v] ?? 0
      const cell = (annotator[v] ?? 0) * classes + c
      logSum += habit[cell] ?? 0
      probabilities[at + c] = (probabilities[at + c] ?? 0) + (gain[cell] ?? 0)
    }
    logSum += normaliseLogs(probabilities, at, classes)
    for (let v = from; v < to; v++) {
      const a = annotator[v] ?? 0
      const c = chosen[v] ?? 0
      const cell = a * classes + c
      const knew = (probabilities[at + c] ?? 0) * (share[cell] ?? 0)
      known[a] = (known[a] ?? 0) + knew
      habits[cell] = (habits[cell] ?? 0) + 1 - knew
    }
  }
  return logSum
}

/**
 * Posteriors of competence and habit from expected numbers, as weights, and how far they are from the priors (nats).
 */
function maximise(
  { annotators, classes, given }: Ballots,
  known: Float64Array,
  habits: Float64Array,
): { weights: MaceWeights; divergence: number } {
  const know = new Float64Array(annotators)
  const habit = new Float64Array(annotators * classes)
  // Logarithms of the normalising constants of the priors.
  const betaPrior = 2 * logGamma(COMPETENCE_PRIOR) - logGamma(2 * COMPETENCE_PRIOR)
  const dirichletPrior = classes * logGamma(HABIT_PRIOR) - logGamma(classes * HABIT_PRIOR)
  let divergence = 0
  for (let a = 0; a < annotators; a++) {
    const n = given[a] ?? 0
    const knew = known[a] ?? 0
    // Summed from the cells and not n - known, so that what was counted is what is used.
    let out = 0
    for (let cell = a * classes; cell < (a + 1) * classes; cell++) out += habits[cell] ?? 0
    const total = digamma(2 * COMPETENCE_PRIOR + n)
    const logKnow = digamma(COMPETENCE_PRIOR + knew) - total
    const logHabit = digamma(COMPETENCE_PRIOR + out) - total
    know[a] = logKnow
    divergence += betaPrior + knew * logKnow + out * logHabit
    divergence +=
      logGamma(2 * COMPETENCE_PRIOR + n) - logGamma(COMPETENCE_PRIOR + knew) - logGamma(COMPETENCE_PRIOR + out)

    const habitTotal = digamma(classes * HABIT_PRIOR + out)
    divergence += dirichletPrior + logGamma(classes * HABIT_PRIOR + out)
    for (let cell = a * classes; cell < (a + 1) * classes; cell++) {
      const m = habits[cell] ?? 0
      const logClass = digamma(HABIT_PRIOR + m) - habitTotal
      habit[cell] = logHabit + logClass
      divergence += m * logClass - logGamma(HABIT_PRIOR + m)
    }
  }
  return { weights: { know, habit }, divergence }
}

export function mace(ballots: Ballots, overlap: Overlap, seed: number, onProgress?: Progress): Aggregated {
  const fit = fitMace(ballots, { seed }, onProgress)
  const highest = fit.bound.at(-1) ?? 0
  const same = fit.restarts.filter((bound) => highest - bound < 1e-4 * Math.max(1, ballots.count)).length
  return {
    probabilities: fit.probabilities,
    counts: null,
    report: [
      'Assumes one true class per image, which an annotator either knows or answers without looking: a probability here is how sure the method is of the class, not what share of people chose it.',
      `Variational Bayes, the best of ${count(fit.restarts.length)} random starts (seed ${seed}); ${count(same)} of them came as far. ${ended(fit.bound.length, fit.converged)}`,
      spread('Estimated competence', fit.competence, overlap.shared),
    ],
  }
}
