/** How targets look: one-hot ones as hard labels do, distributions as soft ones do. */
import type { Target } from '../../domain/runs/config'

const ONE_HOT: ReadonlySet<Target> = new Set<Target>(['hard', 'sampled-hard', 'majority-hard'])

export const markOf = (target: Target): 'hard' | 'soft' => (ONE_HOT.has(target) ? 'hard' : 'soft')
