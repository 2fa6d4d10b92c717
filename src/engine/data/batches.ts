/**
 * The batches of a run. All randomness of a batch is drawn from (seed, purpose, epoch, index): any batch can be made
 * without those before it, and a run that was interrupted goes on exactly as it would have gone.
 */
import type { RunConfig } from '../../domain/runs/config'
import type { NamedArrays } from '../program'
import { PURPOSE, Random } from '../../domain/addressedRandom'
import { batchOf } from './augmentation'
import { mixingInputs } from '../model/mixing'
import { mixup } from './mixup'
import type { RunInputs, RunPlan } from './plan'
import { oneHot, type BatchPlace, type Targets } from './targets'

export class Batches {
  /** Of the epoch that was asked for last: image indices in the order they are trained on. */
  private order: { epoch: number; indices: Int32Array } = { epoch: -1, indices: new Int32Array() }

  constructor(
    private readonly config: RunConfig,
    private readonly images: RunInputs['images'],
    private readonly plan: RunPlan,
    private readonly targets: Targets,
  ) {}

  /** What the training program takes, but for the rates: images, targets, hard and mixing. */
  at(place: BatchPlace): NamedArrays {
    const { config, plan, images } = this
    const { epoch, index } = place
    const part = this.epochOrder(epoch).subarray(index * config.batch, (index + 1) * config.batch)
    const random = (purpose: number) => new Random(config.seed, purpose, epoch, index)
    const batch = {
      images: batchOf(images, part, config.augment ? random(PURPOSE.augment) : null, plan.cutout),
      targets: this.targets.batch(part, place),
    }
    const mixed =
      config.mixupAlpha === null ? batch : mixup(batch, part.length, config.mixupAlpha, random(PURPOSE.mixup))
    return {
      ...mixed,
      hard: oneHot(images.labels, part, images.classes),
      ...mixingInputs(plan.network, config.batch, random(PURPOSE.mix)),
    }
  }

  private epochOrder(epoch: number): Int32Array {
    if (this.order.epoch !== epoch) {
      const permutation = new Random(this.config.seed, PURPOSE.order, epoch).permutation(this.plan.train.length)
      this.order = { epoch, indices: permutation.map((position) => this.plan.train[position] as number) }
    }
    return this.order.indices
  }
}
