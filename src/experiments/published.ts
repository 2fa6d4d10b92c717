/**
 * The paper's own numbers, for display beside what is measured here (Peterson et al., ICCV 2019). Held-out figures are
 * those of the authors' released predictions over all ten folds (networks trained on 9,000 images, section 5); FGSM is
 * Table 2, PGD is Figure 4 (both on networks fine-tuned after pre-training, section 7).
 */
import type { Protocol, Target } from '../shared/domain'
import type { Side } from './pairs'
import table from './published.json'

export const CITATION = table.citation

/** The image set the published numbers are about. */
const IMAGE_SET = 'cifar10-test'

interface PerTarget {
  heldOut: Record<string, number>
  fgsm: { accuracy: number; crossEntropyToLabels: number }
  /** Mean loss and accuracy after 0 to 9 iterations. */
  pgdLoss: number[]
  pgdAccuracy: number[]
}
interface PublishedNetwork {
  name: string
  hard: PerTarget
  soft: PerTarget
}

export interface Published {
  value: number
  /** The published network it belongs to; the same family as the one asked for, not always the same depth. */
  network: string
  protocol: Protocol
  /** Where the number stands and how its making differs. */
  source: string
}

const networks: Record<string, PublishedNetwork> = table.networks

export const isPublished = (network: string): boolean => network in networks

/** The published network of the same family, or null. */
export function nearestPublished(network: string): string | null {
  if (isPublished(network)) return network
  const family = (id: string) => /^[a-z]+(?:_[a-z]+)?/.exec(id.replace('preact_bottleneck', 'preact'))?.[0]
  return Object.keys(networks).find((id) => family(id) === family(network)) ?? null
}

/** The published number nearest to a measure of report.json ("accuracy", "fgsm-4-accuracy"), or null. */
export function published(imageSet: string, network: string, measure: string, target: Target): Published | null {
  if (imageSet !== IMAGE_SET) return null
  const id = nearestPublished(network)
  const found = id === null ? undefined : networks[id]?.[target as Side]
  if (id === null || !found) return null
  const clean = found.heldOut[measure]
  if (clean !== undefined) {
    const source = `${id}, section 5: 10 folds, 150 epochs, epoch chosen on the held-out fold; from the released predictions` // prettier-ignore
    return { value: clean, network: id, protocol: 'released', source }
  }
  const attacked = /^(fgsm|pgd)-([\d.]+)-(.+)$/.exec(measure)
  if (!attacked) return null
  const [, attack, epsilon, inner] = attacked
  if (attack === 'fgsm' && (epsilon === '4' || epsilon === '8')) {
    const value = inner === 'accuracy' || inner === 'crossEntropyToLabels' ? found.fgsm[inner] : undefined
    const source = `${id}, Table 2: fine-tuned after pre-training; the text says epsilon 4/255, the released run used 8/255`
    return value === undefined ? null : { value, network: id, protocol: 'released', source }
  }
  if (attack === 'pgd' && epsilon === '4') {
    const series = inner === 'accuracy' ? found.pgdAccuracy : inner === 'crossEntropyToLabels' ? found.pgdLoss : []
    const value = series.at(-1)
    const source = `${id}, Figure 4: fine-tuned after pre-training; 9 iterations of 1/255, 100 images`
    return value === undefined ? null : { value, network: id, protocol: 'released', source }
  }
  return null
}

/** Figure 4's loss after 0 to 9 PGD iterations, or null. */
export function publishedPgdLoss(imageSet: string, network: string, target: Side): number[] | null {
  const id = imageSet === IMAGE_SET ? nearestPublished(network) : null
  return id === null ? null : (networks[id]?.[target].pgdLoss ?? null)
}
