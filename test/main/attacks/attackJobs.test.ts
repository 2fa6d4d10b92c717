/**
 * Attacks as jobs in worker processes: recognised, kept one by one, stopped in the middle, and their examples exact.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openDevice } from '../../../src/engine/devices'
import { openAttacker } from '../../../src/engine/attacks'
import { softmaxRows } from '../../../src/engine/evaluation/predict'
import { network } from '../../../src/engine/model'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { createServices, type Services } from '../../../src/main/services'
import { attackPredictions } from '../../../src/main/runs/attackResults'
import { addToProject } from '../../../src/main/labels/addToProject'
import { measuredWeights } from '../../../src/main/storage/runFiles'
import type { AttackExamples, JobInfo } from '../../../src/contract'
import { ATTACK_DEFAULTS, type AttackConfig } from '../../../src/domain/attacks/config'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import type { RunInfo } from '../../../src/domain/runs/info'
import { build } from '../program'
import { someImages, someLabels, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

const fgsm = (epsilon: number): AttackConfig => ({
  ...ATTACK_DEFAULTS,
  attack: 'fgsm',
  epsilon,
  stepSize: epsilon,
  steps: 1,
  randomStart: false,
  images: null,
})
const pgd: AttackConfig = {
  ...fgsm(8),
  attack: 'pgd',
  stepSize: 3,
  steps: 4,
  randomStart: true,
  on: 'all',
  augmented: true,
}
const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'some-images',
  labelSet: 'some-labels',
  protocol: 'described',
  folds: 5,
  fold: 0,
  foldSeed: 0,
  trainImages: 40,
  testImages: 10,
  seed: 1,
  epochs: 2,
  batch: 8,
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'constant' },
  augment: true,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [fgsm(4)],
}

const ended = (services: Services, id: string): Promise<JobInfo> =>
  new Promise((resolve) => {
    const look = () => {
      const job = services.jobs.list().find((each) => each.id === id)
      if (job && job.state !== 'running') resolve(job)
    }
    services.events.subscribe((name) => name === 'job.changed' && look())
    look()
  })

const floats = (bytes: Uint8Array) => new Float32Array(bytes.slice().buffer)

function largestChange({ originals, adversarial }: AttackExamples): number {
  return floats(adversarial).reduce((most, value, i) => Math.max(most, Math.abs(value - (originals[i] ?? 0) / 255)), 0)
}

test('attacks are made on a finished run, kept one by one with their examples, and stopped in the middle', async () => {
  const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: null })
  await services.project.open(temporaryFolder())
  const store = services.project.store()
  await addToProject(store, [someImages(60), someLabels(60)])
  const [run] = (await services.runs.queue([config])).map(({ id }) => id)
  if (run === undefined) throw new Error('nothing was queued')
  const asked = { runs: [run], repeat: false, device: 'cpu' as const }
  await expect(services.attacks.start({ ...asked, attacks: [pgd] })).rejects.toThrow(/only finished runs/)
  await services.runs.idle()
  const attacks = () => services.runs.list().find(({ id }) => id === run)?.result?.attacks ?? []
  expect(attacks()).toHaveLength(1)

  // What the run's own configuration asked for is recognised, and every attack is told of when it is kept.
  const told: number[] = []
  services.events.subscribe(
    (name, payload) => name === 'run.changed' && told.push((payload as RunInfo).result?.attacks.length ?? 0),
  )
  const first = await services.attacks.start({ ...asked, attacks: [{ ...fgsm(4), stepSize: 1 }, fgsm(8), pgd] })
  expect(await ended(services, first.id)).toMatchObject({ state: 'done', said: [expect.stringContaining('2 attacks')] })
  expect(told).toEqual([2, 3])
  expect(attacks()).toMatchObject([fgsm(4), fgsm(8), pgd])
  await expect(services.attacks.start({ ...asked, attacks: [pgd, fgsm(8)] })).rejects.toThrow(/made before/)

  const predicted = attackPredictions(store, run)
  expect(predicted.map(({ number, name }) => `${number} ${name}`)).toEqual([
    '1 FGSM 4/255',
    '2 FGSM 8/255',
    '3 PGD 8/255, 4 steps of 3/255, random start, augmented images, of the whole set',
  ])
  expect(
    predicted.map(({ images, predictions, before }) => [images.length, predictions.length, before?.length]),
  ).toEqual([
    [10, 100, 100],
    [10, 100, 100],
    [60, 600, 600],
  ])

  // Examples: within the ball, and predicted again as they were.
  const examples = services.attacks.examples({ run, attack: 3 })
  if (!examples) throw new Error('no examples were kept')
  expect(examples.images.map(({ index }) => index)).toEqual(Array.from({ length: 48 }, (_, i) => i))
  expect(largestChange(examples) * 255).toBeLessThanOrEqual(8 + 1e-4)
  expect(largestChange(examples) * 255).toBeGreaterThan(6)
  expect(examples.images.flatMap(({ after }) => after)).toEqual(
    Array.from(predicted[2]?.predictions.subarray(0, 480) ?? []),
  )
  const device = await openDevice('cpu')
  const shape = { height: 4, width: 4, channels: 3, classes: 10 }
  const attacker = await openAttacker(
    device,
    network('resnet_basic_8', shape),
    measuredWeights(store.runFolder(run), config),
    48,
  )
  const ask = await attacker.ask('cifar10')
  const differences = async (images: Float32Array, stored: number[]) =>
    softmaxRows(await ask(images), 10).map((value, i) => Math.abs(value - (stored[i] ?? NaN)))
  const after = await differences(
    floats(examples.adversarial),
    examples.images.flatMap((each) => each.after),
  )
  const before = await differences(
    Float32Array.from(examples.originals, (value) => value / 255),
    examples.images.flatMap((each) => each.before),
  )
  expect(Math.max(...after, ...before)).toBeLessThan(1e-5)
  attacker.dispose()
  await device.dispose()

  // Those of the run's own attack are gone: made once more, it is the same attack.
  const kept = services.attacks.examples({ run, attack: 1 })
  expect(kept?.images).toHaveLength(10)
  rmSync(join(store.runFolder(run), 'example-images-1.npy'))
  expect(services.attacks.examples({ run, attack: 1 })).toBeNull()
  const made = await services.attacks.makeExamples({ run, attack: 1, device: 'cpu' })
  expect(await ended(services, made.id)).toMatchObject({ state: 'done' })
  const own = services.attacks.examples({ run, attack: 1 })
  expect(own).toEqual(kept)
  expect(own && largestChange(own) * 255).toBeLessThanOrEqual(4 + 1e-4)
  expect(own?.images.flatMap((each) => each.after)).toEqual(Array.from(predicted[0]?.predictions ?? []))
  expect(own?.images.map(({ people }) => people?.[3])).toEqual(
    own?.images.map(({ label }) => (label === 3 ? 0.8 : label === 2 ? 0.2 : 0)),
  )
  await expect(services.attacks.makeExamples({ run, attack: 9, device: 'cpu' })).rejects.toThrow(/no attack 9/)

  // Stopped while the second is under way: the first stays.
  const endless: AttackConfig = { ...pgd, steps: 1000, blackBoxQueries: 100_000 }
  const stopped = await services.attacks.start({ ...asked, attacks: [fgsm(2), endless] })
  await new Promise<void>((resolve) => {
    services.events.subscribe((name, payload) => {
      if (name === 'job.changed' && (payload as JobInfo).progress?.label.startsWith('Attack 2 of 2')) resolve()
    })
  })
  // Left alone it would be done, hours later.
  services.jobs.cancel(stopped.id)
  expect(await ended(services, stopped.id)).toMatchObject({ state: 'cancelled', error: null })
  expect(attacks()).toMatchObject([fgsm(4), fgsm(8), pgd, fgsm(2)])
  expect(services.attacks.examples({ run, attack: 4 })?.images).toHaveLength(10)

  // Asked to repeat, it is made again, and gives the same.
  const again = await services.attacks.start({ ...asked, attacks: [fgsm(8)], repeat: true })
  await ended(services, again.id)
  expect(attacks()[4]).toEqual(attacks()[1])
  expect(attackPredictions(store, run).map(({ number }) => number)).toEqual([1, 5, 3, 4])
  await services.close()
}, 120_000)
