/**
 * Dawid and Skene (1979), Applied Statistics 28(1), 20-28: every image has one true class, every annotator their own
 * confusion matrix; both by expectation maximization, in log space. Starts from the shares of the votes (their equation
 * 3.1).
 *
 * Each annotator is credited with `correct` judgments of every class that named it correctly, which are added to the
 * diagonal of the confusion matrix and nowhere else. An annotator whose answers cannot be compared with anybody else's
 * is then taken at their word. Smoothing every cell instead makes it more likely that all images are of few classes
 * than that they are what the one person who saw them says, and the more so the fewer judgments an image has. With two,
 * a single contradicted judgment still leaves an annotator more likely right than wrong about a class.
 */
import { judgedImages, shares, type Ballots } from './ballots'
import { normaliseLogs } from './logs'
import type { Overlap } from './overlap'
import { ended, spread, type Aggregated, type Progress } from './words'

export interface DawidSkeneOptions {
  /** Judgments added to each diagonal cell of each confusion matrix; 0 is the method as published. */
  correct: number
  maxIterations: number
  /** Converged when the objective rises by less than this per judgment, nats. */
  tolerance: number
}

const DEFAULTS: DawidSkeneOptions = { correct: 2, maxIterations: 500, tolerance: 1e-8 }

export interface DawidSkeneFit {
  probabilities: Float64Array
  /** Share of each class, over judged images. */
  prior: Float64Array
  /** [annotator, chosen, true]: probability of choosing, given the true class. */
  confusion: Float64Array
  /** Log-likelihood plus log prior (less its constant) after each iteration, nats; never falls. */
  objective: number[]
  converged: boolean
}

export function fitDawidSkene(
  ballots: Ballots,
  options: Partial<DawidSkeneOptions> = {},
  onProgress?: Progress,
): DawidSkeneFit {
  const { correct, maxIterations, tolerance } = { ...DEFAULTS, ...options }
  const { annotators, classes, counts } = ballots
  const judged = judgedImages(ballots)
  const probabilities = shares(counts, classes)
  const prior = new Float64Array(classes)
  const confusion = new Float64Array(annotators * classes * classes)
  const objective: number[] = []
  let converged = ballots.count === 0
  while (!converged && objective.length < maxIterations) {
    estimatePrior(probabilities, judged, prior)
    estimateConfusion(ballots, probabilities, correct, confusion)
    const credit = logPrior(confusion, classes, correct)
    const now = estimateClasses(ballots, judged, prior, confusion, probabilities) + credit
    converged = now - (objective.at(-1) ?? -Infinity) < tolerance * ballots.count
    objective.push(now)
    onProgress?.(objective.length, maxIterations)
  }
  return { probabilities, prior, confusion, objective, converged }
}

/** Equation 2.4: the mean of the classes' probabilities. */
function estimatePrior(probabilities: Float64Array, judged: Int32Array, prior: Float64Array): void {
  const classes = prior.length
  prior.fill(0)
  for (const i of judged) {
    for (let t = 0; t < classes; t++) prior[t] = (prior[t] ?? 0) + (probabilities[i * classes + t] ?? 0)
  }
  prior.forEach((sum, t) => (prior[t] = sum / judged.length))
}

/**
 * Equation 2.3, with `correct` more on the diagonal. Where an annotator saw no image that may be of a class, the
 * equation is 0/0 and any answer is as likely as any other: they are taken to name it correctly.
 */
function estimateConfusion(
  { count, annotator, image, chosen, annotators, classes }: Ballots,
  probabilities: Float64Array,
  correct: number,
  confusion: Float64Array,
): void {
  const square = classes * classes
  confusion.fill(0)
  for (let v = 0; v < count; v++) {
    const from = (image[v] ?? 0) * classes
    const to = ((annotator[v] ?? 0) * classes + (chosen[v] ?? 0)) * classes
    for (let t = 0; t < classes; t++) confusion[to + t] = (confusion[to + t] ?? 0) + (probabilities[from + t] ?? 0)
  }
  for (let at = 0; at < annotators * square; at += square) {
    for (let t = 0; t < classes; t++) {
      const own = at + t * classes + t
      confusion[own] = (confusion[own] ?? 0) + correct
      let sum = 0
      for (let cell = at + t; cell < at + square; cell += classes) sum += confusion[cell] ?? 0
      if (sum === 0) confusion[own] = sum = 1
      for (let cell = at + t; cell < at + square; cell += classes) confusion[cell] = (confusion[cell] ?? 0) / sum
    }
  }
}

/** Equation 2.5 in log space, into `probabilities`; answers the log-likelihood (2.7). */
function estimateClasses(
  { annotator, chosen, first, classes }: Ballots,
  judged: Int32Array,
  prior: Float64Array,
  confusion: Float64Array,
  probabilities: Float64Array,
): number {
  const logPrior = prior.map(Math.log)
  const logConfusion = confusion.map(Math.log)
  let logLikelihood = 0
  for (const i of judged) {
    const to = i * classes
    probabilities.set(logPrior, to)
    for (let v = first[i] ?? 0; v < (first[i + 1] ?? 0); v++) {
      const from = ((annotator[v] ?? 0) * classes + (chosen[v] ?? 0)) * classes
      for (let t = 0; t < classes; t++) {
        probabilities[to + t] = (probabilities[to + t] ?? 0) + (logConfusion[from + t] ?? 0)
      }
    }
    logLikelihood += normaliseLogs(probabilities, to, classes)
  }
  return logLikelihood
}

/** Of a Dirichlet prior on each column that weighs `correct` judgments on the diagonal, less its constant. */
function logPrior(confusion: Float64Array, classes: number, correct: number): number {
  if (correct === 0) return 0
  const square = classes * classes
  let sum = 0
  for (let at = 0; at < confusion.length; at += square) {
    for (let own = at; own < at + square; own += classes + 1) sum += Math.log(confusion[own] ?? 0)
  }
  return correct * sum
}

export function dawidSkene(ballots: Ballots, overlap: Overlap, onProgress?: Progress): Aggregated {
  const { classes } = ballots
  const fit = fitDawidSkene(ballots, {}, onProgress)
  const accuracy = Float64Array.from(ballots.given, (_, a) => {
    let sum = 0
    for (let t = 0; t < classes; t++) sum += (fit.prior[t] ?? 0) * (fit.confusion[(a * classes + t) * classes + t] ?? 0)
    return sum
  })
  return {
    probabilities: fit.probabilities,
    counts: null,
    report: [
      'Assumes one true class per image and annotators who err independently of one another: a probability here is how sure the method is of the class, not what share of people chose it.',
      `${ended(fit.objective.length, fit.converged)} Each annotator was credited with ${DEFAULTS.correct} correct judgments of every class.`,
      spread('Estimated accuracy', accuracy, overlap.shared),
    ],
  }
}
