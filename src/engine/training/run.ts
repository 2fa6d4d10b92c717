/**
 * One training run from its configuration to its result: training, evaluation on the held-out fold, attacks. It knows
 * neither files nor processes: it yields events, and can be left at any step and taken up again from a checkpoint.
 * All randomness of a step is drawn from (seed, purpose, epoch, index), so that a run that was interrupted goes on
 * exactly as it would have gone (bit-equal on the CPU).
 */
import { ATTACK_EXAMPLES, type AttackResult } from '../../domain/attacks/config'
import type { MetricPoint, SetResult } from '../../domain/runs/info'
import type { RunConfig } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import { canonicalRun } from '../../domain/runs/runKey'
import { attackImages, openAttacker } from '../attacks'
import { crossEntropyWhereJudged } from '../../domain/measures/judged'
import { openPredictor, type Predictor } from '../evaluation/predict'
import type { CompiledProgram, Device, DeviceState, NamedValues } from '../program'
import { Batches } from '../data/batches'
import type { Accumulated, Best, Checkpoint } from './checkpoint'
import { diverged, type RunEvent, type Work } from './events'
import { judge, labelsOf, openMeasured, type Judged, type Measured } from './measuring'
import { optimiser, type Optimiser } from './optimisers'
import { Pace } from './pace'
import { planRun, type RunInputs, type RunPlan } from '../data/plan'
import { initialTrainingState, trainingProgram, withOptimiser } from './program'
import { learningRateAt } from './schedule'
import { openTargets, type Targets } from '../data/targets'

export type { RunEvent } from './events'
export type { EvaluationSet, RunImages, RunInputs } from '../data/plan'

export interface RunOptions {
  resume?: Checkpoint
  /** The last that a `best` event handed out before the run was left. */
  best?: Checkpoint
  /** Asked after every step on the device. */
  shouldStop?: () => 'pause' | 'stop' | null
  /** Default 30. */
  checkpointEverySeconds?: number
}

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
  const run = await Run.open(config, inputs, device, options)
  const pace = new Pace(run.plan.steps, config, options.checkpointEverySeconds ?? 30)
  try {
    for await (const work of run.work()) {
      if (work.type === 'tick') {
        pace.tick(work, run.step)
        if (pace.isDue()) yield* pace.flush()
      } else {
        yield* pace.flush()
        yield work
        if (work.type === 'points' || work.type === 'best') continue // their evaluation follows: no boundary to stop at
      }
      const stop = work.type === 'done' ? null : (options.shouldStop?.() ?? null)
      const phase = work.type === 'attack' || work.type === 'measured' || run.endsTraining(work)
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
  private best: (Best & { weights: NamedValues }) | null = null
  private sets: SetResult[] = []
  private attacks: AttackResult[] = []

  private constructor(
    private readonly config: RunConfig,
    private readonly inputs: RunInputs,
    private readonly device: Device,
    readonly plan: RunPlan,
    private readonly targets: Targets,
    private readonly batches: Batches,
    private readonly optimiser: Optimiser,
    readonly state: DeviceState,
    private readonly trainer: CompiledProgram,
    readonly predictor: Predictor,
  ) {}

  static async open(config: RunConfig, inputs: RunInputs, device: Device, { resume, best }: RunOptions): Promise<Run> {
    const plan = planRun(config, inputs)
    // A run may be taken up on another device; everything else of its configuration must be the same.
    for (const checkpoint of [resume, best]) {
      if (checkpoint && canonicalRun(checkpoint.config) !== canonicalRun(config))
        throw new StudioError('bad-input', 'The checkpoint belongs to a run with another configuration.')
    }
    const { labels, classes } = inputs.images
    const { distributions: people, given = null } = inputs
    const targets = openTargets(config, { labels, classes, people, given, train: plan.train })
    const beginning = () =>
      inputs.weights
        ? withOptimiser(plan.network, inputs.weights, config)
        : initialTrainingState(plan.network, config.seed, config)
    const state = await device.createState(resume?.state ?? beginning())
    const trainer = await device.compile(trainingProgram(plan.network, config), state)
    const predictor = await openPredictor(device, plan.network, state, plan.evaluationBatch)
    const batches = new Batches(config, inputs.images, plan, targets)
    const run = new Run(config, inputs, device, plan, targets, batches, optimiser(config), state, trainer, predictor)
    if (resume) {
      if (resume.notJudged !== plan.notJudged)
        throw new StudioError(
          'bad-input',
          `The run left out ${resume.notJudged} images that nobody judged, and would now leave out ${plan.notJudged}.`,
          { hint: 'Queue a new run of the same configuration.' },
        )
      run.step = resume.step
      run.evaluatedAt = resume.evaluatedAt
      run.accumulated = resume.accumulated
      run.sets = [...resume.sets]
      run.attacks = [...resume.attacks]
    }
    // It may be of a later step than the checkpoint: the evaluations up to there come out the same again.
    if (resume && best?.best) run.best = { ...best.best, weights: best.state }
    return run
  }

  /** The last evaluation, or without held-out images the last step: the state that others may start from. */
  endsTraining(work: Work): boolean {
    const { steps, heldOut } = this.plan
    if (this.step !== steps) return false
    return heldOut.length > 0 ? work.type === 'evaluation' : work.type === 'tick' && work.activity === 'training'
  }

  /** 1 during the first epoch; 0 before the first step. */
  get epoch(): number {
    return Math.ceil(this.step / this.plan.stepsPerEpoch)
  }

  /** For errors. */
  private get where(): string {
    return `by step ${this.step}`
  }

  async *work(): AsyncGenerator<Work> {
    const { config, device, plan } = this
    while (this.step < plan.steps) {
      const isEpochEnd = this.step > 0 && this.step % plan.stepsPerEpoch === 0
      if (isEpochEnd && this.epoch % config.evaluateEvery === 0 && this.evaluatedAt !== this.step)
        yield* this.evaluate()
      yield await this.trainStep()
    }
    // Predicted again after a resume: cheaper than keeping predictions in every checkpoint, and the same.
    const last = yield* this.evaluate()
    const measured = await openMeasured(device, plan, config.selection, this, this.best)
    try {
      const heldOut = measured.predictor === this.predictor ? last : yield* this.heldOut(measured.predictor)
      yield* this.measureSets(measured)
      yield* this.attack(measured)
      const { epoch } = measured
      const { notJudged } = plan
      const result = {
        measures: heldOut.found,
        heldOut: plan.heldOut.length,
        ...(notJudged > 0 && { notJudged }),
        epoch,
        sets: this.sets,
        attacks: this.attacks,
      }
      yield { type: 'done', result, predictions: heldOut.predictions, heldOut: plan.heldOut }
    } finally {
      measured.dispose()
    }
  }

  private async trainStep(): Promise<Work> {
    const { config, plan, step } = this
    const { epochs } = config
    const epoch = Math.floor(step / plan.stepsPerEpoch)
    const index = step % plan.stepsPerEpoch
    const rate = learningRateAt(config.schedule, config.learningRate, { step, steps: plan.steps, epoch, epochs })
    const outputs = await this.trainer.run({
      ...this.batches.at({ epoch, index }),
      learningRate: Float32Array.of(rate),
      ...this.optimiser.inputs(step),
    })
    const [loss, correct] = [outputs['loss']?.[0] as number, outputs['correct']?.[0] as number]
    if (!Number.isFinite(loss)) throw diverged(`at step ${step + 1} of epoch ${epoch + 1}: the loss is ${loss}`)
    const sums = this.accumulated
    this.accumulated = {
      steps: sums.steps + 1,
      loss: sums.loss + loss,
      correct: sums.correct + correct,
      images: sums.images + config.batch,
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

  /** Held-out images by the weights as they are now; a point of the curve and perhaps the best where it is due. */
  private async *evaluate(): AsyncGenerator<Work, Judged> {
    const heldOut = yield* this.heldOut(this.predictor)
    const { found, predictions } = heldOut
    if (this.evaluatedAt === this.step || predictions.length === 0) return heldOut
    this.evaluatedAt = this.step
    const { step, epoch } = this
    const point: MetricPoint = {
      step,
      epoch,
      heldOutAccuracy: found['accuracy'],
      heldOutCrossEntropyToPeople: found['crossEntropyToPeople'],
      heldOutCrossEntropyToLabels: found['crossEntropyToLabels'],
    }
    yield { type: 'points', points: [point] }
    const score =
      this.config.selection === 'best-accuracy'
        ? (found['accuracy'] ?? 0)
        : -(found['crossEntropyToTargets'] ?? Infinity)
    if (!this.best || score > this.best.score) {
      const state = await this.state.read(
        [...this.plan.network.parameters, ...this.plan.network.statistics].map(({ name }) => name),
      )
      this.best = { step, epoch, score, weights: state }
      yield { type: 'best', checkpoint: { ...this.withoutState(), state } }
    }
    yield { type: 'evaluation', step, epoch, measures: found }
    return heldOut
  }

  private async *heldOut(predictor: Predictor): AsyncGenerator<Work, Judged> {
    const { heldOut } = this.plan
    if (heldOut.length === 0) return { predictions: new Float32Array(), found: {} }
    const { images, distributions } = this.inputs
    const subject = { images, indices: heldOut, distributions }
    const { predictions, found } = yield* judge(predictor, subject, 'evaluating', this.where)
    const labels = labelsOf(images, heldOut)
    const towards = { values: predictions, labels, people: this.targets.expected(heldOut), classes: images.classes }
    const crossEntropyToTargets = crossEntropyWhereJudged(towards)
    return { predictions, found: crossEntropyToTargets === null ? found : { ...found, crossEntropyToTargets } }
  }

  private async *measureSets({ predictor }: Measured): AsyncGenerator<Work> {
    for (const [index, { imageSet, labelSet }] of this.config.evaluations.entries()) {
      const set = this.inputs.sets?.[index]
      if (!set || index < this.sets.length) continue
      const { indices, distributions } = set
      const subject = { images: set.images(), indices, distributions }
      const { predictions, found } = yield* judge(predictor, subject, `measuring: ${imageSet}`, this.where)
      const result = { imageSet, labelSet, images: indices.length, measures: found }
      this.sets.push(result)
      yield { type: 'measured', index, result, predictions, indices }
    }
  }

  private async *attack({ weights, predictor }: Measured): AsyncGenerator<Work> {
    const { config, plan, inputs, device } = this
    if (this.attacks.length === config.attacks.length) return
    const attacker = await openAttacker(device, plan.network, weights, predictor.batch)
    try {
      for (const [index, attack] of config.attacks.entries()) {
        if (index < this.attacks.length) continue
        const activity = `attacking: ${attack.attack.toUpperCase()} ${attack.epsilon}/255`
        const attacking = attackImages(attack, {
          images: inputs.images,
          distributions: inputs.distributions,
          heldOut: plan.heldOut,
          attacker,
          seed: config.seed,
          examples: ATTACK_EXAMPLES,
        })
        let next = await attacking.next()
        for (; !next.done; next = await attacking.next()) yield { type: 'tick', activity, ...next.value }
        this.attacks.push(next.value.result)
        yield { type: 'attack', index, ...next.value }
      }
    } finally {
      attacker.dispose()
    }
  }

  async checkpoint(): Promise<Checkpoint> {
    return { ...this.withoutState(), state: await this.state.read() }
  }

  private withoutState(): Omit<Checkpoint, 'state'> {
    const { config, step, epoch, evaluatedAt, accumulated } = this
    const phase = step < this.plan.steps ? 'training' : 'attacking'
    const best = this.best && { step: this.best.step, epoch: this.best.epoch, score: this.best.score }
    return {
      config,
      phase,
      step,
      epoch,
      evaluatedAt,
      accumulated,
      best,
      sets: [...this.sets],
      attacks: [...this.attacks],
      notJudged: this.plan.notJudged,
    }
  }

  dispose(): void {
    this.trainer.dispose()
    this.predictor.dispose()
    this.state.dispose()
  }
}

const NOTHING: Accumulated = { steps: 0, loss: 0, correct: 0, images: 0 }
