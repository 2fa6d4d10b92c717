/**
 * Whether an attack's number can be trusted, check by check: what was found, what it means, and where something is
 * missing how to get it. A network trained on soft labels has gentler gradients, which can look like robustness. Pure.
 */
import { fixed, percent, plural } from '../text/numbers'
import type { Cell } from '../text/csv'
import { overEpsilon, type TrustRow } from './trust'

export type Verdict = 'pass' | 'attention' | 'missing'

export interface TrustCheck {
  id: 'zero' | 'size' | 'epsilon' | 'steps' | 'gradients' | 'noise' | 'black-box'
  name: string
  verdict: Verdict
  /** Numbers, short. */
  found: string
  /** A sentence. */
  means: string
}

/** Above this share of input gradients that are exactly 0, an attack does not see enough of the network. */
const MOST_ZEROS = 0.01
/** 1/255: of float32 arithmetic. */
const ROUNDING = 1e-3
/** Of accuracies that are compared: less is a matter of single images. */
const SLACK = 0.005

export function trustChecks(row: TrustRow, rows: readonly TrustRow[]): TrustCheck[] {
  return [zero(row), size(row), epsilon(row, rows), steps(row), gradients(row), noise(row), blackBox(row)]
}

/** "all pass", "1 to look at": the worst first, in words. */
export function trustSummary(checks: readonly TrustCheck[]): { verdict: Verdict; words: string } {
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length
  const [attention, missing] = [count('attention'), count('missing')]
  if (attention > 0) return { verdict: 'attention', words: `${attention} to look at` }
  if (missing > 0) return { verdict: 'pass', words: `${count('pass')} pass, ${missing} not made` }
  return { verdict: 'pass', words: `all ${checks.length} pass` }
}

function zero({ zeroAgrees, accuracyAtZero, cleanAccuracy, runs }: TrustRow): TrustCheck {
  return {
    ...{ id: 'zero', name: 'Accuracy at ε = 0' },
    verdict: zeroAgrees ? 'pass' : 'attention',
    found: zeroAgrees
      ? `${percent(cleanAccuracy)}, as clean`
      : `${percent(accuracyAtZero, 2)}, clean ${percent(cleanAccuracy, 2)}`,
    means: zeroAgrees
      ? 'The attack’s own path through the network changes nothing by itself.'
      : `Without any change the attack sees another network or other images${runs > 1 ? ', in one run at least' : ''}: its number means nothing.`,
  }
}

function size({ maximumPerturbation, epsilon: radius }: TrustRow): TrustCheck {
  const outside = maximumPerturbation > radius + ROUNDING
  const unused = maximumPerturbation < 0.9 * radius
  return {
    ...{ id: 'size', name: 'Largest change measured' },
    verdict: outside || unused ? 'attention' : 'pass',
    found: `${fixed(maximumPerturbation, 2)} of ${fixed(radius, 2)}/255`,
    means: outside
      ? 'A pixel left the ball: the attack was stronger than it says.'
      : unused
        ? 'The attack never used its radius: more steps or a larger step size would.'
        : 'No pixel left the ball, and the radius was used.',
  }
}

function epsilon(row: TrustRow, rows: readonly TrustRow[]): TrustCheck {
  const line = overEpsilon(row, rows)
  const accuracies = [row.cleanAccuracy, ...line.map(({ accuracy }) => accuracy)]
  const falls = accuracies.every((value, at) => at === 0 || value <= (accuracies[at - 1] ?? value) + SLACK)
  const named = { id: 'epsilon', name: 'Accuracy over ε' } as const
  if (line.length < 2) {
    const means = 'One radius shows no course. Attack in the same way at a smaller and at a larger one.'
    return { ...named, verdict: 'missing', found: 'one radius', means }
  }
  return {
    ...named,
    verdict: falls ? 'pass' : 'attention',
    found: accuracies.map((value) => percent(value, 0)).join(' → '),
    means: falls
      ? 'A larger radius never helps the network, as it must be.'
      : 'Accuracy rises with the radius somewhere: the attack is caught, not the network robust. Take more steps or another loss.',
  }
}

function steps({ objectiveByStep, raisesLoss, monotone, attack, steps: taken, made }: TrustRow): TrustCheck {
  const [what, name] = raisesLoss ? ['loss', 'Loss over steps'] : ['objective', 'Objective over steps']
  const named = { id: 'steps', name } as const
  const [first, last] = [objectiveByStep?.[0], objectiveByStep?.at(-1)]
  if (monotone === null || first === undefined || last === undefined) {
    const means = `An earlier version did not keep the ${what} of every step unclipped. Repeat the attack to have it.`
    return { ...named, verdict: 'missing', found: 'not kept', means }
  }
  const unit = made[0]?.attack.loss === 'margin' ? 'of logits' : 'nats'
  return {
    ...named,
    verdict: monotone ? 'pass' : 'attention',
    found: `${fixed(first, 2)} → ${fixed(last, 2)} ${unit}`,
    means: monotone
      ? `The ${what} rises ${attack === 'fgsm' || taken === 1 ? 'with the step' : 'with every step'}: its gradients lead somewhere.`
      : `The ${what} falls between two steps${made.length > 1 ? ' of at least one run' : ''}: steps too large, or gradients that mislead. Try a smaller step size.`,
  }
}

function gradients({ zeroGradientShare }: TrustRow): TrustCheck {
  const few = zeroGradientShare <= MOST_ZEROS
  return {
    ...{ id: 'gradients', name: 'Gradients that are exactly 0' },
    verdict: few ? 'pass' : 'attention',
    found: percent(zeroGradientShare, 2),
    means: few
      ? 'Nearly every pixel has a direction to be moved in.'
      : 'Many pixels give the attack no direction, which looks like robustness. The margin loss does not saturate: try it.',
  }
}

function noise({ randomNoiseAccuracy, accuracy, cleanAccuracy }: TrustRow): TrustCheck {
  const better = accuracy < randomNoiseAccuracy - SLACK
  return {
    ...{ id: 'noise', name: 'Random noise of this size' },
    verdict: better ? 'pass' : 'attention',
    found: `${percent(randomNoiseAccuracy)}, attacked ${percent(accuracy)}`,
    means: better
      ? `Noise alone costs ${fixed(100 * (cleanAccuracy - randomNoiseAccuracy), 1)} points; the rest is the attack’s.`
      : 'The attack does no more harm than noise: it found nothing, or there was nothing to find.',
  }
}

function blackBox({ blackBox: made, runs }: TrustRow): TrustCheck {
  const named = { id: 'black-box', name: 'Attack without gradients' } as const
  if (!made) {
    const means = 'Attack once more with black-box queries: what needs no gradients is not misled by them.'
    return { ...named, verdict: 'missing', found: 'not made', means }
  }
  const { queries, accuracy, attacked, runs: asked } = made
  const masked = accuracy < attacked - SLACK
  return {
    ...named,
    verdict: masked ? 'attention' : 'pass',
    found: `${percent(accuracy)}, ${plural(queries, 'query', 'queries')}${asked < runs ? `, ${asked} of ${plural(runs, 'run')}` : ''}`,
    means: masked
      ? 'It does more harm than the attack that follows gradients: they are masked, and the network is weaker than it looks.'
      : 'It does no more harm than the attack that follows gradients: they are not masked.',
  }
}

const CHECKS = ['zero', 'size', 'epsilon', 'steps', 'gradients', 'noise', 'black-box'] as const
export const TRUST_COLUMNS = [
  'network',
  'stage',
  'protocol',
  'target',
  'attack',
  'epsilon in 1/255',
  'runs',
  'accuracy',
  'loss to labels in nats',
  'clean accuracy',
  'accuracy at epsilon 0',
  'random noise accuracy',
  'largest change in 1/255',
  'zero gradients',
  'black-box queries',
  'black-box accuracy',
  'loss by step',
  ...CHECKS.map((id) => `check: ${id}`),
]

/** Every row with its numbers and the verdict of each check. */
export const trustCells = (rows: readonly TrustRow[]): Cell[][] =>
  rows.map((row) => {
    const checks = trustChecks(row, rows)
    return [
      ...[row.network, row.stage, row.protocol, row.target, row.title, row.epsilon, row.runs, row.accuracy],
      ...[row.crossEntropyToLabels, row.cleanAccuracy, row.accuracyAtZero, row.randomNoiseAccuracy],
      ...[
        row.maximumPerturbation,
        row.zeroGradientShare,
        row.blackBox?.queries ?? null,
        row.blackBox?.accuracy ?? null,
      ],
      row.lossByStep.map((loss) => loss.toFixed(4)).join(' '),
      ...CHECKS.map((id) => checks.find((check) => check.id === id)?.verdict ?? null),
    ]
  })
