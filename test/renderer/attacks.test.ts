/**
 * The place Attack: the form's attacks and their cost, trust check by check, series over radius and steps, examples.
 */
import { describe, expect, it } from 'vitest'
import type { AttackExamples } from '../../src/contract'
import { ATTACK_DEFAULTS, type AttackConfig, type AttackResult } from '../../src/domain/attacks/config'
import type { RunInfo } from '../../src/domain/runs/info'
import { attackedImages, passesPerImage } from '../../src/domain/attacks/cost'
import { attackTitle, attackWay, sameAttack } from '../../src/domain/attacks/words'
import {
  FIRST_FORM,
  formAttacks,
  planAttacks,
  radiiProblem,
  readNumbers,
  stepsProblem,
} from '../../src/renderer/lib/attackForm'
import { attackGroups, epsilonPoints, stepPoints } from '../../src/renderer/lib/attackGroups'
import {
  changeRgba,
  examplesIn,
  fillingFactor,
  largestChange,
  originalRgba,
  outcomeOf,
} from '../../src/renderer/lib/attackImages'
import { trustRows } from '../../src/domain/results/trust'
import { trustChecks, trustSummary } from '../../src/domain/results/trustChecks'

const FGSM: AttackConfig = {
  ...ATTACK_DEFAULTS,
  attack: 'fgsm',
  epsilon: 4,
  stepSize: 4,
  steps: 1,
  randomStart: false,
  images: null,
}
const PGD: AttackConfig = { ...FGSM, attack: 'pgd', stepSize: 1, steps: 3 }
type Trust = Partial<AttackResult['trust']>
const made = (change: Partial<AttackResult>, trust: Trust = {}): AttackResult => ({
  ...{ ...PGD, accuracy: 0.2, crossEntropyToLabels: 3, crossEntropyToPeople: 3, ...change },
  trust: {
    ...{ cleanAccuracy: 0.8, accuracyAtZero: 0.8, maximumPerturbation: change.epsilon ?? 4, zeroGradientShare: 0 },
    ...{ randomNoiseAccuracy: 0.79, lossByStep: [0.5, 1, 2, 3], ...trust },
    objectiveByStep: 'objectiveByStep' in trust ? trust.objectiveByStep : (trust.lossByStep ?? [0.5, 1, 2, 3]),
  },
})
const run = (id: number, attacks: AttackResult[], config: Partial<RunInfo['config']> = {}) =>
  ({
    id,
    state: 'done',
    config: {
      network: 'n',
      target: 'soft',
      protocol: 'described',
      imageSet: 'set',
      folds: 2,
      startFrom: null,
      epochs: 2,
      schedule: { kind: 'constant' },
      ...config,
    },
    result: { heldOut: 50, attacks },
  }) as unknown as RunInfo

describe('words of attacks', () => {
  it('name what is not as in the paper’s text, and tell apart what differs', () => {
    expect(attackTitle(FGSM)).toBe('FGSM 4/255')
    const odd: AttackConfig = { ...PGD, loss: 'margin', towards: 'next', images: 20, on: 'all' }
    expect(attackTitle(odd)).toBe(
      'PGD 4/255, 3 steps of 1/255, margin loss, towards the next class, first 20 images, of the whole set',
    )
    expect(attackWay({ ...odd, epsilon: 9, stepSize: 3 })).toBe(attackWay(odd))
  })
  it('know the same attack, also one of an earlier version and FGSM’s idle step size', () => {
    const { attack, epsilon, stepSize, steps, randomStart, images } = PGD
    expect(sameAttack({ attack, epsilon, stepSize, steps, randomStart, images } as AttackConfig, PGD)).toBe(true)
    expect(sameAttack({ ...FGSM, stepSize: 1 }, FGSM)).toBe(true)
    expect(sameAttack({ ...PGD, stepSize: 2 }, PGD)).toBe(false)
    expect(sameAttack({ ...PGD, blackBoxQueries: 5 }, PGD)).toBe(false)
  })
})

describe('the form', () => {
  it('reads lists of numbers, and refuses what is none', () => {
    expect(readNumbers('8, 1;2  2')).toEqual([1, 2, 8])
    expect(readNumbers('1, two')).toBeNull()
    expect(['4;8', 'abc', '4, -3', '300', ' '].map(radiiProblem)).toEqual([
      null,
      '“abc” is not a number',
      '-3: above 0, to 255',
      '300: above 0, to 255',
      'above 0, to 255',
    ])
    expect(['10', '0', '2.5'].map(stepsProblem)).toEqual([
      null,
      '0: whole, from 1 to 1000',
      '2.5: whole, from 1 to 1000',
    ])
  })
  it('crosses radii with steps for PGD alone, by the step size of the command line', () => {
    const attacks = formAttacks({ ...FIRST_FORM, epsilons: '2, 4', steps: '5, 10', momentum: 1, randomStart: true })
    expect(attacks.map(attackTitle)).toEqual([
      'FGSM 2/255, first 256 images',
      'FGSM 4/255, first 256 images',
      'PGD 2/255, 5 steps of 1/255, random start, momentum 1, first 256 images',
      'PGD 2/255, 10 steps of 0.5/255, random start, momentum 1, first 256 images',
      'PGD 4/255, 5 steps of 2/255, random start, momentum 1, first 256 images',
      'PGD 4/255, 10 steps of 1/255, random start, momentum 1, first 256 images',
    ])
  })
  it('counts what was made before, what is to make, and its passes', () => {
    const runs = [run(1, [made({})]), run(2, [])]
    const sizes = new Map([['set', 100]])
    // A run holds out 50 images: PGD in 3 steps takes 3 + 5 passes of each.
    expect(planAttacks(runs, [PGD], { repeat: false, sizes })).toMatchObject({
      asked: 2,
      made: 1,
      toMake: 1,
      passes: 400,
    })
    expect(planAttacks(runs, [PGD], { repeat: true, sizes })).toMatchObject({ made: 1, toMake: 2, passes: 800 })
    expect(attackedImages({ ...PGD, on: 'all', images: 70 }, { heldOut: 50, all: 100 })).toBe(70)
    expect(passesPerImage({ ...FGSM, blackBoxQueries: 10 })).toBe(6 + 12)
    const nothing = { ...run(3, []), result: { heldOut: 0, attacks: [] } } as unknown as RunInfo
    expect(planAttacks([nothing], [PGD], { repeat: false, sizes }).without).toEqual([nothing])
    expect(planAttacks([nothing], [{ ...PGD, on: 'all' }], { repeat: false, sizes }).without).toEqual([])
  })
})

describe('trust', () => {
  const verdicts = (...attacks: AttackResult[]) => {
    const rows = trustRows([run(1, attacks)])
    const row = rows.find(({ epsilon }) => epsilon === 4)
    if (!row) throw new Error('no row')
    const checks = trustChecks(row, rows)
    return {
      summary: trustSummary(checks).words,
      ...Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict])),
    }
  }
  const smaller = made({ epsilon: 2, accuracy: 0.5 })

  it('says what passes, and what was never made', () => {
    expect(verdicts(made({}))).toMatchObject({
      zero: 'pass',
      size: 'pass',
      epsilon: 'missing',
      steps: 'pass',
      gradients: 'pass',
      noise: 'pass',
      'black-box': 'missing',
      summary: '5 pass, 2 not made',
    })
    expect(verdicts(smaller, made({}, { blackBox: { queries: 50, accuracy: 0.5 } })).summary).toBe('all 7 pass')
  })
  it.each<[string, AttackResult[]]>([
    ['zero', [made({}, { accuracyAtZero: 0.7 })]],
    ['size', [made({}, { maximumPerturbation: 4.5 })]],
    ['size', [made({}, { maximumPerturbation: 2 })]],
    ['epsilon', [smaller, made({ accuracy: 0.6 })]],
    ['steps', [made({}, { lossByStep: [0.5, 3, 2] })]],
    ['gradients', [made({}, { zeroGradientShare: 0.4 })]],
    ['noise', [made({ accuracy: 0.79 })]],
    ['black-box', [made({}, { blackBox: { queries: 50, accuracy: 0.1 } })]],
  ])('draws attention to %s', (id, attacks) => {
    expect(verdicts(...attacks)).toMatchObject({ [id]: 'attention', summary: '1 to look at' })
  })
  it.each<[string, AttackResult, string, string]>([
    [
      'a targeted attack by the loss to its target',
      made({ towards: 'next' }, { lossByStep: [0.5, 3, 2.5], objectiveByStep: [-6, -2, -0.1] }),
      'pass',
      '−6.00 → −0.10 nats',
    ],
    [
      'a targeted attack whose own objective falls',
      made({ towards: 'next' }, { lossByStep: [0.5, 1, 2], objectiveByStep: [-6, -7, -0.1] }),
      'attention',
      '−6.00 → −0.10 nats',
    ],
    [
      'an attack on margins by margins',
      made({ loss: 'margin' }, { lossByStep: [0.5, 3, 2.5], objectiveByStep: [-1, 2, 4] }),
      'pass',
      '−1.00 → 4.00 of logits',
    ],
    [
      'rounding of float32',
      made({}, { lossByStep: [18.007, 18.006], objectiveByStep: [18.007, 18.006] }),
      'pass',
      '18.01 → 18.01 nats',
    ],
    [
      'a last loss that an earlier version clipped',
      made({}, { lossByStep: [2, 18.007, 17.065], objectiveByStep: undefined }),
      'missing',
      'not kept',
    ],
    [
      'a fall before the last step in an earlier version',
      made({}, { lossByStep: [2, 1, 17.065], objectiveByStep: undefined }),
      'attention',
      '2.00 → 17.07 nats',
    ],
    [
      'a targeted attack of an earlier version',
      made({ towards: 'next' }, { lossByStep: [1, 2], objectiveByStep: undefined }),
      'missing',
      'not kept',
    ],
  ])('judges the steps of %s', (_, attack, verdict, found) => {
    const [row] = trustRows([run(1, [attack])])
    expect(row && trustChecks(row, [row]).find(({ id }) => id === 'steps')).toMatchObject({ verdict, found })
  })
  it('judges the steps of every run, not of their mean', () => {
    const falling = made({}, { lossByStep: [1, 0.9, 3] })
    const [row] = trustRows([run(1, [made({}, { lossByStep: [1, 2, 3] })]), run(2, [falling])])
    expect(row).toMatchObject({ monotone: false, objectiveByStep: [1, 1.45, 3] })
  })
  it('takes an attack that was repeated once, and keeps apart what differs in its way', () => {
    const again = made({ accuracy: 0.1 })
    const rows = trustRows([run(1, [made({}), made({ loss: 'margin' }), again]), run(2, [made({})])])
    expect(rows.map(({ title, runs, accuracy }) => [title, runs, accuracy.toFixed(2)])).toEqual([
      ['PGD 4/255, 3 steps of 1/255', 2, '0.15'],
      ['PGD 4/255, 3 steps of 1/255, margin loss', 1, '0.20'],
    ])
    expect(rows[0]?.made.map(({ number }) => number)).toEqual([3, 1])
  })
  it('averages only what was trained alike', () => {
    const runs = [
      run(1, [made({})]),
      run(2, [made({})]),
      run(3, [made({})], { epochs: 30 }),
      run(4, [made({})], { target: 'hard' }),
    ]
    const rows = trustRows(runs).map((row) => [row.name, row.runs])
    expect(rows).toHaveLength(3)
    expect(rows).toEqual(
      expect.arrayContaining([
        ['hard', 1],
        ['soft, 2 ep.', 2],
        ['soft, 30 ep.', 1],
      ]),
    )
    expect(attackGroups(runs).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'n · trained from scratch · 2 ep. · 3 runs · set',
        'n · trained from scratch · 30 ep. · 1 run · set',
      ]),
    )
  })
})

describe('series', () => {
  const runs = [
    run(1, [made({ epsilon: 2, accuracy: 0.5 }), made({})]),
    run(2, [made({ accuracy: 0.4 }, { cleanAccuracy: 0.9, lossByStep: [1, 2, 3, 5] })]),
  ]
  const rows = trustRows(runs)

  it('begin at the clean point, with mean and range over the runs at each radius', () => {
    const points = epsilonPoints(rows[0], rows, ({ accuracy }) => accuracy)
    expect(points.map(({ step, low, high, n }) => [step, low, high, n])).toEqual([
      [0, 0.8, 0.9, 2],
      [2, 0.5, 0.5, 1],
      [4, 0.2, 0.4, 2],
    ])
    expect(points[2]?.mean).toBeCloseTo(0.3)
  })
  it('go over the steps', () => {
    const row = rows.find(({ epsilon }) => epsilon === 4)
    expect(row && stepPoints(row, ({ trust }) => trust.lossByStep).map(({ mean }) => mean)).toEqual([0.75, 1.5, 2.5, 4])
    expect(row && stepPoints(row, ({ trust }) => trust.accuracyByStep ?? [])).toEqual([])
  })
  it('belong to groups of one network, stage, protocol and set; an imported softmax has no network', () => {
    const others = [run(3, [], { target: 'hard', startFrom: 'x' }), run(4, [], { network: 'imported:theirs' })]
    expect(attackGroups([...runs, ...others]).map(({ name, targets }) => [name, targets.join()])).toEqual([
      ['n · trained from scratch · 2 runs · set', 'soft'],
      ['n · fine-tuned · 1 run · set', 'hard'],
    ])
  })
})

describe('examples', () => {
  const pixels = Float32Array.of(0.2, 0.4, 1, 0)
  // At an odd place of what it came in, as after decoding.
  const bytes = new Uint8Array(17)
  bytes.set(new Uint8Array(pixels.buffer), 1)
  const image = { index: 7, label: 1, people: null, before: [0.1, 0.9], after: [0.6, 0.4] }
  const kept: AttackExamples = {
    imageSet: 'set',
    height: 1,
    width: 2,
    channels: 1,
    images: [image, { ...image, after: image.before, index: 9 }],
    originals: Uint8Array.of(51, 51, 255, 0),
    adversarial: bytes.subarray(1),
  }
  const [first, second] = examplesIn(kept)
  if (!first || !second) throw new Error('no examples')

  it('are read whole, with what became of them', () => {
    expect([first.index, ...first.adversarial]).toEqual([7, ...pixels.subarray(0, 2)])
    expect(largestChange(first)).toBeCloseTo(0.2)
    expect([outcomeOf(first), outcomeOf(second), outcomeOf({ ...first, label: 0 })]).toEqual([
      'fooled',
      'held',
      'wrong-before',
    ])
  })
  it('show the change around grey, the largest filling the range', () => {
    const grey = (rgba: Uint8ClampedArray) => [rgba[0], rgba[4]]
    expect(grey(originalRgba(first, kept))).toEqual([51, 51])
    expect(grey(changeRgba(first, kept, fillingFactor(largestChange(first))))).toEqual([128, 255])
    expect(grey(changeRgba(second, kept, fillingFactor(largestChange(second))))).toEqual([128, 128])
  })
})
