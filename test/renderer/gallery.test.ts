/**
 * What the gallery's window works out by itself: addresses, chips, choices, fetching ahead, slots, sheets, the scatter.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Ahead } from '../../src/renderer/lib/ahead'
import {
  drawCell,
  seriesOf,
  type CellFacts,
  type CellLook,
  type CellShape,
  type Drawing,
} from '../../src/renderer/lib/cellDrawing'
import { sheetPages, SHEET, wrapped } from '../../src/renderer/lib/contactSheet'
import { DistributionCache, floatsOf } from '../../src/renderer/lib/distributions'
import { HELD_OUT, PLOTS, readState, START, writeState, type GalleryState } from '../../src/renderer/lib/galleryAddress'
import { chipsOf, WITHOUT_ANY } from '../../src/renderer/lib/galleryChips'
import { choiceOf, networkChoices } from '../../src/renderer/lib/galleryChoices'
import { assignSlots } from '../../src/renderer/lib/slots'
import { nearestImage, rangeBetween } from '../../src/renderer/views/gallery/plots'
import { runRows, trainingMeans } from '../../src/renderer/views/gallery/runRows'
import type { Palette } from '../../src/renderer/lib/palette'
import type { RunInfo } from '../../src/domain/runs/info'
import type { Target } from '../../src/domain/runs/config'
import { GALLERY_FIELDS, GALLERY_FILTERS, GUESSES, OUTCOMES, PAIRS, CORRECTNESS } from '../../src/domain/labels/gallery'

const maybe = <T>(values: readonly T[]) => fc.constantFrom<T | null>(null, ...values)
const index = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null })
const end = fc.option(
  fc.integer({ min: -40, max: 40 }).map((value) => value / 8),
  { nil: null },
)
const states: fc.Arbitrary<GalleryState> = fc.record({
  filter: fc.constantFrom(...GALLERY_FILTERS),
  label: index,
  peopleGuess: index,
  networkGuess: index,
  people: maybe(CORRECTNESS),
  network: maybe(CORRECTNESS),
  guesses: maybe(GUESSES),
  outcome: maybe(OUTCOMES),
  pair: maybe(PAIRS),
  ranges: fc.dictionary(
    fc.constantFrom(...GALLERY_FIELDS),
    fc.tuple(end, end).filter(([low, high]) => low !== null || high !== null),
  ),
  labels: fc.option(fc.constantFrom('cifar10h', 'a b, c'), { nil: null }),
  shownNetwork: fc.option(fc.constantFrom('run 7', 'resnet_basic_8, hard'), { nil: null }),
  against: fc.option(fc.constant('run 8'), { nil: null }),
  attack: fc.option(fc.constant('FGSM 4/255'), { nil: null }),
  find: fc.constantFrom('', '17', 'cat_s_00'),
  sort: fc.constantFrom(...GALLERY_FIELDS),
  order: fc.constantFrom('ascending', 'descending'),
  plot: fc.constantFrom(...PLOTS),
  image: fc.option(fc.nat(9999), { nil: null }),
})

describe('the address', () => {
  test('says every state, and nothing of what is by default', () => {
    expect(writeState(START)).toEqual({})
    fc.assert(
      fc.property(states, (state) => {
        expect(readState(writeState(state))).toEqual({ ...state, ranges: { ...state.ranges } })
      }),
    )
  })

  test('that means nothing is as by default', () => {
    expect(
      readState({
        filter: 'nonsense',
        sort: ['kl', 'margin'],
        label: '-1',
        kl: '1..2..3',
        margin: '..',
        confidence: 'a..',
        image: null,
      }),
    ).toEqual({ ...START, sort: 'kl' })
    expect(readState({ 'network-entropy': '0.25..' }).ranges).toEqual({ 'network-entropy': [0.25, null] })
  })

  test('chips say each condition and lift it; lifting all leaves none', () => {
    const words = { classes: ['airplane', 'cat'], first: 'A', second: 'B' }
    fc.assert(
      fc.property(states, (state) => {
        const chips = chipsOf(state, words)
        expect(new Set(chips.map(({ key }) => key)).size).toBe(chips.length)
        for (const { key, without } of chips)
          expect(chipsOf({ ...state, ...without }, words).some((chip) => chip.key === key)).toBe(false)
        const left = chipsOf({ ...state, ...WITHOUT_ANY, attack: null }, words)
        expect(left).toEqual([])
      }),
    )
    const texts = chipsOf({ ...START, label: 1, pair: 'first-right', ranges: { kl: [0.5, null] } }, words).map(
      ({ text }) => text,
    )
    expect(chipsOf({ ...START, ranges: HELD_OUT }, words).map(({ text }) => text)).toEqual(['Held out by the network'])
    expect(texts).toEqual(['Label cat', 'A right, B wrong', 'KL divergence from people ≥ 0.500'])
  })
})

const run = (id: number, target: Target, more: Partial<RunInfo['config']> = {}, state = 'done') =>
  ({
    id,
    state,
    result: { heldOut: 5 },
    config: {
      network: 'resnet_basic_8',
      target,
      imageSet: 'set',
      fold: id,
      folds: 10,
      protocol: 'described',
      startFrom: null,
      epochs: 2,
      schedule: { kind: 'constant' },
      ...more,
    },
  }) as unknown as RunInfo

test('networks are groups, single runs and people only; a run alone is found by its number', () => {
  const runs = [
    run(1, 'hard'),
    run(2, 'hard'),
    run(3, 'soft'),
    run(4, 'soft', {}, 'running'),
    run(5, 'soft', { startFrom: 'key' }),
  ]
  const choices = networkChoices(runs, 'set')
  expect(choices.map(({ key }) => key)).toEqual([
    'resnet_basic_8, hard',
    'resnet_basic_8, soft',
    'resnet_basic_8, soft, fine-tuned',
    'run 1',
    'run 2',
    'people',
  ])
  expect(choiceOf(choices, runs, 'run 3')).toMatchObject({ runs: [3], mark: 'soft' })
  expect(choiceOf(choices, runs, 'run 4')).toBeNull()
  const long = [...runs, run(6, 'soft', { epochs: 30 }), run(7, 'soft', { epochs: 30, seed: 9 })]
  const texts = networkChoices(long, 'set').map(({ text }) => text)
  expect(texts).toEqual(
    expect.arrayContaining([
      'resnet_basic_8, hard · 2 runs',
      'resnet_basic_8, soft, 2 ep. · 1 run',
      'resnet_basic_8, soft, 30 ep. · 2 runs',
      'run 7: resnet_basic_8, soft, 30 ep., fold 8 of 10',
    ]),
  )
  expect(networkChoices(runs, 'other').map(({ key }) => key)).toEqual(['people'])
})

describe('fetching ahead', () => {
  test('takes the nearest block first, few at once, and none that was left behind', async () => {
    const asked: number[] = []
    const waiting: (() => void)[] = []
    const load = (start: number) => new Promise<void>((done) => (asked.push(start), waiting.push(done)))
    const ahead = new Ahead({ block: 10, reach: 1, atOnce: 2, load })
    ahead.see(50, 59, 1000)
    expect(asked).toEqual([50, 40])
    // Far away before the third had its turn: it is never asked for.
    ahead.see(900, 909, 1000)
    waiting.splice(0).forEach((done) => done())
    await new Promise((resolve) => setTimeout(resolve))
    expect(asked).toEqual([50, 40, 900, 890])
    waiting.splice(0).forEach((done) => done())
    await new Promise((resolve) => setTimeout(resolve))
    expect(asked).toEqual([50, 40, 900, 890, 910])
    waiting.splice(0).forEach((done) => done())
    await new Promise((resolve) => setTimeout(resolve))
    ahead.see(905, 912, 1000)
    expect(asked.slice(5)).toEqual([920])
    ahead.reset()
    ahead.see(50, 52, 55)
    expect(asked.slice(6)).toEqual([40, 50])
  })

  test('asks again for what failed, when it is seen again', async () => {
    let failed = true
    const asked: number[] = []
    const ahead = new Ahead({
      block: 10,
      reach: 0,
      atOnce: 1,
      load: (start) => (asked.push(start), failed ? Promise.reject(new Error('gone')) : Promise.resolve()),
    })
    ahead.see(0, 5, 10)
    await new Promise((resolve) => setTimeout(resolve))
    expect(asked).toEqual([0])
    failed = false
    ahead.see(0, 5, 10)
    await new Promise((resolve) => setTimeout(resolve))
    ahead.see(0, 5, 10)
    expect(asked).toEqual([0, 0])
  })

  test('distributions are asked for once; an image without a network has none', async () => {
    const asked: number[][] = []
    const bytes = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer)
    const cache = new DistributionCache((indices) => {
      asked.push(indices)
      return Promise.resolve({
        people: bytes(indices.flatMap((i) => [i, 1 - i])),
        network: bytes(indices.flatMap((i) => (i === 3 ? [NaN, NaN] : [0.5, 0.5]))),
        other: null,
      })
    })
    await cache.ask([1, 3])
    await cache.ask([3, 1, 4])
    expect(asked).toEqual([[1, 3], [4]])
    expect(cache.get(3)).toEqual({ people: Float32Array.of(3, -2), network: null, other: null })
    expect(cache.get(4)?.network).toEqual(Float32Array.of(0.5, 0.5))
    const shifted = new Uint8Array([0, ...bytes([2.5])]).subarray(1)
    expect(floatsOf(shifted)).toEqual(Float32Array.of(2.5))
  })
})

test('a line that stays keeps its element, and no more are in use than lines are shown', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 12 }),
      (windows) => {
        let before = new Map<number, number>()
        let most = 0
        for (const [first, count] of windows) {
          const lines = Array.from({ length: count }, (_, at) => first + at)
          const now = assignSlots(before, lines)
          expect([...now.keys()].sort((a, b) => a - b)).toEqual(lines)
          expect(new Set(now.values()).size).toBe(count)
          for (const line of lines) if (before.has(line)) expect(now.get(line)).toBe(before.get(line))
          most = Math.max(most, count)
          expect(Math.max(...now.values())).toBeLessThan(most)
          before = now
        }
      },
    ),
  )
})

describe('what is drawn', () => {
  const shape: CellShape = { picture: 64, bars: 85, row: 6, classes: 2, smooth: false }
  const palette = new Proxy({}, { get: (_, name) => String(name) }) as Palette
  const [blue, amber] = ['network', 'people']

  function drawn(facts: Partial<CellFacts>, compared: ReturnType<typeof seriesOf>) {
    const rects: { fill: string; x: number; y: number; w: number; h: number; stroked: boolean }[] = []
    const context = {
      fillStyle: '',
      strokeStyle: '',
      fillRect(this: Drawing, x: number, y: number, w: number, h: number) {
        rects.push({ fill: this.fillStyle as string, x, y, w, h, stroked: false })
      },
      strokeRect(this: Drawing, x: number, y: number, w: number, h: number) {
        rects.push({ fill: this.strokeStyle as string, x, y, w, h, stroked: true })
      },
      fillText: () => undefined,
      drawImage: () => undefined,
    } as unknown as Drawing
    const all: CellFacts = {
      picture: null,
      people: [1, 0],
      network: null,
      other: null,
      label: 0,
      name: 'cat',
      numbers: { people: '0.00', network: null, other: null },
      ...facts,
    }
    const look: CellLook = { palette, font: '400 12px sans', ...compared }
    drawCell(context, all, look, shape, 0, 0)
    return rects
  }
  const colours = (name: string): [string, string] => [name, `${name}-text`]

  test('bars are as long as probabilities; a second network like the first is an outline', () => {
    const alike = seriesOf({ mark: 'hard' }, { mark: 'hard' }, colours)
    const rects = drawn({ network: [0.25, 0.75], other: [0.5, 0.5] }, alike)
    expect(rects.filter(({ fill, stroked }) => fill === blue && !stroked).map(({ w }) => w)).toEqual([20, 60])
    expect(rects.filter(({ fill, stroked }) => fill === blue && stroked)).toHaveLength(2)
    expect(rects.filter(({ fill }) => fill === amber).map(({ w }) => w)).toEqual([80])
    const apart = seriesOf({ mark: 'hard' }, { mark: 'soft' }, colours)
    expect([apart.network.colour, apart.other.colour, apart.other.outlined]).toEqual(['hard', 'soft', false])
    expect(seriesOf({ mark: 'hard' }, null, colours).network.colour).toBe('network')
  })

  test('pages of a contact sheet hold every image once', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 4 }), (images, lines) => {
        const pages = sheetPages(images, lines, shape)
        expect(pages.reduce((sum, { start, end: last }) => sum + last - start, 0)).toBe(images)
        pages.forEach(({ start, end: last }, at) => {
          expect(start).toBe(at * SHEET.perPage)
          expect(last - start).toBeLessThanOrEqual(SHEET.perPage)
        })
      }),
    )
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three'])
  })

  test('the nearest point within reach is the one pointed at; a box to the end of an axis is open there', () => {
    const x = [0, 10, 11]
    const nearest = (place: { x: number; y: number }) =>
      nearestImage(
        Uint32Array.of(0, 1, 2),
        (i) => x[i] ?? 0,
        () => 0,
        place,
        5,
      )
    expect(nearest({ x: 10.4, y: 1 })).toBe(1)
    expect(nearest({ x: 5.5, y: 3 })).toBeNull()
    expect(rangeBetween(1.5, 0.25, 2)).toEqual([0.25, 1.5])
    expect(rangeBetween(-0.1, 2.5, 2)).toEqual([null, null])
  })
})

test('runs of an image as rows, and the mean per training of distributions, not of numbers', () => {
  const runs = [run(1, 'hard'), run(2, 'hard'), run(3, 'soft')]
  const seen = {
    image: 7,
    label: 0,
    people: [0.8, 0.2],
    runs: [
      { run: 1, probabilities: [1, 0], attacks: [{ name: 'FGSM', outcome: 'fooled' as const, probabilities: [0, 1] }] },
      { run: 2, probabilities: [0, 1], attacks: [] },
      { run: 3, probabilities: [0.8, 0.2], attacks: [] },
      { run: 9, probabilities: [1, 0], attacks: [] },
    ],
  }
  const rows = runRows(seen, runs)
  expect(rows.map(({ run: { id }, guess, fooled }) => [id, guess, fooled])).toEqual([
    [1, 0, 1],
    [2, 1, 0],
    [3, 0, 0],
  ])
  expect(rows[2]?.divergence).toBeCloseTo(0, 12)
  const apart = trainingMeans(seen, [...runs.slice(0, 2), run(3, 'hard', { epochs: 30 })])
  expect(apart.map(({ name, runs: many }) => [name, many])).toEqual([
    ['resnet_basic_8, hard, 2 ep.', 2],
    ['resnet_basic_8, hard, 30 ep.', 1],
  ])
  const [hard, soft] = trainingMeans(seen, runs)
  expect(hard).toMatchObject({ target: 'hard', runs: 2, ofLabel: 0.5 })
  expect(hard?.entropy).toBeCloseTo(Math.LN2, 12)
  expect(soft?.crossEntropy).toBeCloseTo(-(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2)), 12)
})
