/**
 * One training run from its configuration to its result: training, evaluation on the held-out fold, attacks. It knows
 * neither files nor processes: it yields events, and can be left at any step and taken up again from a checkpoint.
 * All randomness of a step is drawn from (seed, purpose, epoch, index), so that a run that was interrupted goes on
 * exactly as it would have gone (bit-equal on the CPU).
 */
import type { AttackResult, Measures, MetricPoint, RunConfig, RunProgress, RunResult } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { attackImages, openSignStepper } from '../attacks'
import { measures } from '../evaluation/measures'
import { openPredictor, predictPacked, type Predictor } from '../evaluation/predict'
import type { CompiledProgram, Device, DeviceState } from '../program'
import { PURPOSE, Random } from '../random'
import { batchOf } from './augmentation'
import type { Accumulated, Checkpoint } from './checkpoint'
import { mixingInputs } from './mixing'
import { Pace } from './pace'
import { planRun, type RunInputs, type RunPlan } from './plan'
import { initialTrainingState, trainingProgram } from './program'
import { learningRateAt } from './schedule'
import { oneHot, rowsOf, targetsOf } from './targets'

export type { RunInputs } from './plan'

export type RunEvent =
  | { type: 'progress'; progress: RunProgress }
  | { type: 'points'; points: MetricPoint[] }
  | { type: 'evaluation'; step: number; epoch: number; measures: Measures }
  | { type: 'attack'; index: number; result: AttackResult }
  /** `pause` and `stop` are the last event of a run that was asked to; `phase` marks the end of training or an attack. */
  | { type: 'checkpoint'; reason: 'periodic' | 'phase' | 'pause' | 'stop'; checkpoint: Checkpoint }
  | { type: 'done'; result: RunResult; predictions: Float32Array; heldOutIndices: Int32Array }

export interface RunOptions {
  resume?: Checkpoint
  /** Asked after every step on the device. */
  shouldStop?: () => 'pause' | 'stop' | null
  /** Default 30. */
  checkpointEverySeconds?: number
}

/** What the phases below report to the loop that paces them: an event, or one step on the device. */
type Work = RunEvent | { type: 'tick'; activity: string; done: number; total: number; points?: MetricPoint[] }

/**
 * Throws StudioError: 'bad-input' for a configuration that does not fit the data, a checkpoint of another run, or a
 * loss that is no longer finite; 'device' where the device fails.
 */
export async function* executeRun(
  config: RunConfig,
  inputs: RunInputs,
  device: Device,
  options: RunOptions = {},
): AsyncGenerator<RunEvent> {
  const run = await Run.open(config, inputs, device, options.resume)
  const pace = new Pace(run.plan.steps, config, options.checkpointEverySeconds ?? 30)
  try {
    for await (const work of run.work()) {
      if (work.type === 'tick') {
        pace.tick(work, run.step)
        if (pace.isDue()) yield* pace.flush()
      } else {
        yield* pace.flush()
        yield work
        if (work.type === 'points') continue // what belongs to them follows: no boundary to stop at
      }
      const stop = work.type === 'done' ? null : (options.shouldStop?.() ?? null)
      const phase = work.type === 'attack' || (work.type === 'evaluation' && run.step === run.plan.steps)
      if (stop || phase || pace.isCheckpointDue()) {
        yield* pace.flush()
        yield { type: 'checkpoint', reason: stop ?? (phase ? 'phase' : 'periodic'), checkpoint: await run.checkpoint() }
        pace.checkpointed()
      }
      if (stop) return
    }
  } finally {
    run.dispose()
  }
}

class Run {
  step = 0
  private evaluatedAt = -1
  private accumulated: Accumulated = NOTHING
  private attacks: AttackResult[] = []
  /** Of the current epoch: image indices in the order they are trained on. */
  private order: { epoch: number; indices: Int32Array } = { epoch: -1, indices: new Int32Array() }

  private constructor(
    private readonly config: RunConfig,
    private readonly inputs: RunInputs,
    private readonly device: Device,
    readonly plan: RunPlan,
    private readonly state: DeviceState,
    private readonly trainer: CompiledProgram,
    private readonly predictor: Predictor,
  ) {}

  static async open(config: RunConfig, inputs: RunInputs, device: Device, resume?: Checkpoint): Promise<Run> {
    const plan = planRun(config, inputs)
    if (resume && identity(resume.config) !== identity(config)) {
      throw new StudioError('bad-input', 'The checkpoint belongs to a run with another configuration.')
    }
    const state = await device.createState(resume?.state ?? initialTrainingState(plan.network, config.seed))
    const trainer = await device.compile(trainingProgram(plan.network, config), state)
    const predictor = await openPredictor(device, plan.network, state, plan.evaluationBatch)
    const run = new Run(config, inputs, device, plan, state, trainer, predictor)
    if (resume) {
      run.step = resume.step
      run.evaluatedAt = resume.evaluatedAt
      run.accumulated = resume.accumulated
      run.attacks = [...resume.attacks]
    }
    return run
  }

  /** 1 during the first epoch; 0 before the first step. */
  private get epoch(): number {
    return Math.ceil(this.step / this.plan.stepsPerEpoch)
  }

  async *work(): AsyncGenerator<Work> {
    const { config, plan } = this
    while (this.step < plan.steps) {
      const isEpochEnd = this.step > 0 && this.step % plan.stepsPerEpoch === 0
      if (isEpochEnd && this.epoch % config.evaluateEvery === 0 && this.evaluatedAt !== this.step)
        yield* this.evaluate()
      yield await this.trainStep()
    }
    // Predicted again after a resume: cheaper than keeping predictions in every checkpoint, and the same.
    const { predictions, found } = yield* this.evaluate()
    yield* this.attack()
    const result = { measures: found, heldOut: plan.heldOut.length, attacks: this.attacks }
    yield { type: 'done', result, predictions, heldOutIndices: plan.heldOut }
  }

  private async trainStep(): Promise<Work> {
    const { config, plan, inputs, step } = this
    const epoch = Math.floor(step / plan.stepsPerEpoch)
    const index = step % plan.stepsPerEpoch
    const part = this.epochOrder(epoch).subarray(index * config.batch, (index + 1) * config.batch)
    const random = config.augment ? new Random(config.seed, PURPOSE.augment, epoch, index) : null
    const rate = learningRateAt(config.schedule, config.learningRate, { step, steps: plan.steps, epoch })
    const { labels, classes } = inputs.images
    const outputs = await this.trainer.run({
      images: batchOf(inputs.images, part, random, plan.network.cutout),
      targets: targetsOf(config.target, { labels, classes, distributions: inputs.distributions }, part),
      hard: oneHot(labels, part, classes),
      learningRate: Float32Array.of(rate),
      ...mixingInputs(plan.network, config.batch, new Random(config.seed, PURPOSE.mix, epoch, index)),
    })
    const [loss, correct] = [outputs['loss']?.[0] as number, outputs['correct']?.[0] as number]
    if (!Number.isFinite(loss)) throw diverged(`at step ${step + 1} of epoch ${epoch + 1}: the loss is ${loss}`)
    const sums = this.accumulated
    this.accumulated = {
      steps: sums.steps + 1,
      loss: sums.loss + loss,
      correct: sums.correct + correct,
      images: sums.images + part.length,
    }
    this.step++
    const isPoint = (index + 1) % plan.pointEvery === 0 || index + 1 === plan.stepsPerEpoch
    const tick = { type: 'tick' as const, activity: 'training', done: this.step, total: plan.steps }
    return isPoint ? { ...tick, points: [this.takePoint(rate)] } : tick
  }

  private takePoint(learningRate: number): MetricPoint {
    const { loss, steps, correct, images } = this.accumulated
    this.accumulated = NOTHING
    return { step: this.step, epoch: this.epoch, loss: loss / steps, accuracy: correct / images, learningRate }
  }

  private epochOrder(epoch: number): Int32Array {
    if (this.order.epoch !== epoch) {
      const permutation = new Random(this.config.seed, PURPOSE.order, epoch).permutation(this.plan.train.length)
      this.order = { epoch, indices: permutation.map((position) => this.plan.train[position] as number) }
    }
    return this.order.indices
  }

  private async *evaluate(): AsyncGenerator<Work, { predictions: Float32Array; found: Measures }> {
    const { heldOut } = this.plan
    const { images, distributions } = this.inputs
    const predicting = predictPacked(this.predictor, images, heldOut, images.classes)
    let next = await predicting.next()
    for (; !next.done; next = await predicting.next()) {
      yield { type: 'tick', activity: 'evaluating', done: next.value, total: heldOut.length }
    }
    const predictions = next.value
    if (!predictions.every(Number.isFinite)) throw diverged(`by step ${this.step}: a prediction is not a number`)
    const labels = Uint8Array.from(heldOut, (image) => images.labels[image] as number)
    const people = rowsOf(distributions, heldOut, images.classes)
    const found = measures(predictions, labels, people, images.classes)
    if (this.evaluatedAt !== this.step) {
      this.evaluatedAt = this.step
      const point: MetricPoint = {
        step: this.step,
        epoch: this.epoch,
        heldOutAccuracy: found['accuracy'],
        heldOutCrossEntropyToPeople: found['crossEntropyToPeople'],
        heldOutCrossEntropyToLabels: found['crossEntropyToLabels'],
      }
      yield { type: 'points', points: [point] }
      yield { type: 'evaluation', step: this.step, epoch: this.epoch, measures: found }
    }
    return { predictions, found }
  }

  private async *attack(): AsyncGenerator<Work> {
    const { config, plan, inputs, device, predictor } = this
    if (this.attacks.length === config.attacks.length) return
    const stepper = await openSignStepper(device, plan.network, await this.state.read(), predictor.batch)
    try {
      for (const [index, attack] of config.attacks.entries()) {
        if (index < this.attacks.length) continue
        const activity = `attacking: ${attack.attack.toUpperCase()} ${attack.epsilon}/255`
        const attacking = attackImages(attack, {
          images: inputs.images,
          distributions: inputs.distributions,
          indices: plan.heldOut,
          stepper,
          predictor,
          seed: config.seed,
        })
        let next = await attacking.next()
        for (; !next.done; next = await attacking.next()) yield { type: 'tick', activity, ...next.value }
        this.attacks.push(next.value)
        yield { type: 'attack', index, result: next.value }
      }
    } finally {
      stepper.dispose()
    }
  }

  async checkpoint(): Promise<Checkpoint> {
    const { config, step, epoch, evaluatedAt, accumulated } = this
    const phase = step < this.plan.steps ? 'training' : 'attacking'
    const state = await this.state.read()
    return { config, phase, step, epoch, evaluatedAt, accumulated, attacks: [...this.attacks], state }
  }

  dispose(): void {
    this.trainer.dispose()
    this.predictor.dispose()
    this.state.dispose()
  }
}

const NOTHING: Accumulated = { steps: 0, loss: 0, correct: 0, images: 0 }

/** A run may be taken up on another device; everything else of its configuration must be the same. */
function identity(config: RunConfig): string {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted().map(([key, entry]) => [key, sorted(entry)])) // prettier-ignore
      : Array.isArray(value)
        ? value.map(sorted)
        : value
  return JSON.stringify(sorted({ ...config, device: null }))
}

function diverged(where: string): StudioError {
  return new StudioError('bad-input', `Training diverged ${where}.`, {
    hint: 'Lower the learning rate, or raise the batch size.',
  })
}
