/** `attack` as built: it attacks what a run measured, keeps the result with the run, and says why it refuses. */
import { rmSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { startTask } from '../../../src/main/workers/startTask'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { ATTACK_DEFAULTS, type AttackResult } from '../../../src/domain/attacks/config'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import { runKey } from '../../../src/domain/runs/runKey'
import { build, cli, json, start } from '../program'
import { someImages, someLabels, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

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
  attacks: [{ ...ATTACK_DEFAULTS, attack: 'pgd', epsilon: 6, stepSize: 2, steps: 3, randomStart: true, images: null }],
}

test('the network of a finished run is attacked, as the run itself would have done', async () => {
  const folder = temporaryFolder()
  const store = openProject(folder)
  await addToProject(store, [someImages(60), someLabels(60)])
  const [run = 0, waiting = 0] = store.runs.insert([config, { ...config, seed: 2 }], null)
  const task = { kind: 'run', project: folder, run, config, threads: 1 } as const
  const outcome = await startTask(forkWorker, task, {}).outcome
  if (outcome.kind !== 'finished') throw new Error(outcome.kind)
  store.runs.change(run, { state: 'done', result: outcome.result })
  const given = ['attack', '--project', folder, '--device', 'cpu', '--attack', 'pgd', '--epsilon', '6', '--steps', '3']

  // The very numbers of the run's own attack.
  const own = json(...given, '--run', String(run), '--step-size', '2', '--random-start')
  const [expected] = outcome.result.attacks
  expect(own).toEqual({ run, network: 'resnet_basic_8', ...expected })
  expect(store.runs.attacks(run)).toEqual([expected])

  // By its key, with everything that can be asked for, in words.
  const key = runKey(config)
  const asked = [
    '--on',
    'all',
    '--images',
    '12',
    '--loss',
    'margin',
    '--momentum',
    '0.9',
    '--towards',
    'next',
    '--augmented',
    '--normalisation',
    'imagenet',
    '--black-box-queries',
    '4',
  ]
  const { code, stdout, stderr } = cli(...given, '--run', key, ...asked)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/PGD, 3 steps of 5\/255, radius 6\/255, all images of the set/)
  for (const line of [
    /accuracy: /,
    /to people: .* nats/,
    /at radius 0: /,
    /Square Attack, 4 queries/,
    /by step: (\d+\.\d{4} ?){4}$/m,
  ])
    expect(stdout).toMatch(line)
  const [, kept] = store.runs.attacks(run) as [AttackResult, AttackResult]
  expect(kept).toMatchObject({
    attack: 'pgd',
    epsilon: 6,
    stepSize: 5,
    steps: 3,
    randomStart: false,
    images: 12,
    on: 'all',
    loss: 'margin',
    momentum: 0.9,
    towards: 'next',
    augmented: true,
    normalisation: 'imagenet',
    blackBoxQueries: 4,
  })
  expect(kept.trust.maximumPerturbation).toBeLessThanOrEqual(6 + 1e-4)

  // A transfer from a network to itself is the attack again, and is not kept.
  const transfer = json(...given, '--run', key, '--source', String(run), '--step-size', '2', '--random-start')
  expect(transfer).toEqual({ ...(own as object), source: run })
  expect(store.runs.attacks(run)).toHaveLength(2)

  const refusals: [string, RegExp][] = [
    ['99', /no run 99/],
    [String(waiting), new RegExp(`runs/${waiting}.*is queued`)],
  ]
  for (const [name, reason] of refusals) {
    const refused = cli(...given, '--run', name, '--json')
    expect([refused.code, refused.stdout, refused.last]).toEqual([1, '', expect.stringMatching(reason)])
  }

  // Ctrl+C ends it at once, and nothing is kept.
  const child = start(...given, '--run', key, '--on', 'all', '--black-box-queries', '100000')
  const ended = new Promise<string | null>((done) => child.once('exit', (_, signal) => done(signal)))
  // Its first word of progress: it attacks, and would for hours.
  await new Promise<void>((done, fail) => {
    child.stderr?.once('data', () => done())
    child.once('exit', (code) => fail(new Error(`it ended with ${code} before it began`)))
  })
  child.kill('SIGINT')
  expect(await ended).toBe('SIGINT')
  expect(store.runs.attacks(run)).toHaveLength(2)

  rmSync(store.runFolder(run), { recursive: true })
  const gone = cli(...given, '--run', key)
  expect([gone.code, gone.last]).toEqual([1, expect.stringContaining(store.runFolder(run))])
  store.close()
}, 120_000)

test('a radius below 0 is wrong usage', () => {
  expect(cli('attack', '--project', 'x', '--run', '1', '--attack', 'pgd', '--epsilon', '-1').code).toBe(2)
})
