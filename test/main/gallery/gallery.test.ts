/** The gallery's answers against the same worked out plainly, image by image, from the files of the runs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import {
  galleryImage,
  galleryItems,
  galleryPoints,
  gallerySearch,
  queryGallery,
} from '../../../src/main/gallery/service'
import { aggregateLabels } from '../../../src/main/labels/aggregation'
import { stats } from '../../../src/main/labels/labelSets'
import { addToProject } from '../../../src/main/labels/addToProject'
import { attackTitle } from '../../../src/domain/attacks/words'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import { writeAttackPredictions, writeCleanPredictions, writePredictions } from '../../../src/main/storage/runFiles'
import type { GalleryItem, GalleryQuery } from '../../../src/contract'
import type { AttackResult } from '../../../src/domain/attacks/config'
import type { RunConfig } from '../../../src/domain/runs/config'
import {
  countUnjudged,
  GALLERY_FIELDS,
  GALLERY_FILTERS,
  mediansOf,
  OUTCOMES,
  PAIRS,
  QUADRANTS,
  type GalleryField,
} from '../../../src/domain/labels/gallery'
import { expectEvery } from '../../support/every'
import { someImages, someLabels } from '../temporary'

const IMAGES = 20
const CLASSES = 10
const attack = (epsilon: number) =>
  ({
    attack: 'fgsm',
    epsilon,
    stepSize: 1,
    steps: 1,
    randomStart: false,
    images: null,
    on: 'held-out',
    loss: 'cross-entropy',
    momentum: 0,
    towards: null,
    augmented: false,
    normalisation: 'cifar10',
    blackBoxQueries: 0,
  }) as unknown as AttackResult

/** Deterministic distributions that are right, wrong, sure and unsure by turns. */
function prediction(run: number, image: number, attacked: boolean): number[] {
  const raw = Array.from({ length: CLASSES }, (_, c) => 1 + ((image * 7 + c * 13 + run * 5) % 11))
  raw[(image * 3 + run + (attacked && image % 3 === 0 ? 1 : 0)) % CLASSES]! += 40
  if (image % 2 === 0) raw[image % CLASSES]! += 60 - (attacked ? 4 * image : 0)
  const clipped = raw.map((value) => Math.max(0.5, value))
  const sum = clipped.reduce((total, value) => total + value, 0)
  return Array.from(Float32Array.from(clipped, (value) => value / sum))
}

const HELD_OUT = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [5, 6, 7, 8, 9, 10, 11, 12],
  [0, 2, 4, 6, 8, 10, 12, 14, 16],
]
/** Of run 0, and more than it held out of run 1: an attack on all images. */
const ATTACKED: (number[] | null)[] = [[1, 2, 3, 6, 9], [0, 1, 6, 7, 12, 15], null]

/** From sure to undecided, and wrong about every sixth image. */
function labels() {
  const set = someLabels(IMAGES)
  for (let i = 0; i < IMAGES; i++) {
    const row = Array.from({ length: CLASSES }, () => 0)
    row[(i + (i % 6 === 5 ? 2 : 0)) % CLASSES] = 10 - (i % 5)
    row[(i + 1) % CLASSES] = i % 5
    row.forEach((count, c) => {
      if (set.counts) set.counts[i * CLASSES + c] = count
      set.probabilities[i * CLASSES + c] = count / 10
    })
  }
  return set
}

let store: ProjectStore
let ids: number[]

beforeAll(async () => {
  store = openProject(mkdtempSync(join(tmpdir(), 'second-guess-test-')))
  await addToProject(store, [someImages(), labels()])
  const configs = HELD_OUT.map(
    (_, r) => ({ imageSet: 'some-images', labelSet: 'some-labels', fold: r, attacks: [] }) as unknown as RunConfig,
  )
  ids = store.runs.insert(configs, null)
  ids.forEach((id, r) => {
    const heldOut = HELD_OUT[r] ?? []
    const attacked = ATTACKED[r] ?? null
    const result = { measures: {}, heldOut: heldOut.length, attacks: attacked ? [attack(4)] : [] }
    const flat = (images: readonly number[], under: boolean) =>
      Float32Array.from(images.flatMap((image) => prediction(r, image, under)))
    writePredictions(store.runFolder(id), {
      result,
      predictions: flat(heldOut, false),
      heldOut: Int32Array.from(heldOut),
    })
    if (attacked) writeAttackPredictions(store.runFolder(id), 1, flat(attacked, true), Int32Array.from(attacked))
    store.runs.change(id, { state: 'done', result, finishedAt: '2026-01-01' })
  })
})

afterAll(() => {
  store.close()
  rmSync(store.folder, { recursive: true, force: true })
})

const query = (more: Partial<GalleryQuery> = {}): GalleryQuery => ({
  labelSet: 'some-labels',
  runs: ids.slice(0, 2),
  against: ids.slice(2),
  attack: attackTitle(attack(4)),
  sort: 'index',
  order: 'ascending',
  filter: 'all',
  classIndex: null,
  offset: 0,
  limit: 100,
  ...more,
})
const indices = async (more: Partial<GalleryQuery>) =>
  (await queryGallery(store, query(more))).items.map(({ index }) => index)

// ---------------------------------------------------------------- the same, plainly

const top = (row: readonly number[]) => row.indexOf(Math.max(...row))
const entropy = (row: readonly number[]) => row.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0)
const mean = (rows: number[][]) =>
  rows.length === 0
    ? null
    : (rows[0]?.map((_, c) => rows.reduce((sum, row) => sum + (row[c] ?? 0), 0) / rows.length) ?? null)

/** Of runs `from` to before `to`: what each that held the image out said of it. */
const said = (image: number, from: number, to: number) =>
  HELD_OUT.flatMap((heldOut, r) =>
    r >= from && r < to && heldOut.includes(image) ? [prediction(r, image, false)] : [],
  )
function underAttack(image: number) {
  const runs = [0, 1].filter((r) => HELD_OUT[r]?.includes(image) && ATTACKED[r]?.includes(image))
  const before = mean(runs.map((r) => prediction(r, image, false)))
  const after = mean(runs.map((r) => prediction(r, image, true)))
  return before && after ? { before, after } : null
}

function plain(item: GalleryItem) {
  const { index, label } = item
  const people = item.people ?? []
  const own = said(index, 0, 2)
  const network = mean(own)
  const other = mean(said(index, 2, 3))
  const crossEntropy = (q: number[] | null) =>
    q ? people.reduce((sum, p, c) => (p > 0 ? sum - p * Math.log(q[c] ?? 0) : sum), 0) : null
  const middle = network && people.map((p, c) => (p + (network[c] ?? 0)) / 2)
  const sorted = network && [...network].sort((a, b) => b - a)
  const attacked = underAttack(index)
  const [first, second] = [crossEntropy(network), crossEntropy(other)]
  const fields: Record<GalleryField, number | null> = {
    index,
    'human-entropy': entropy(people),
    'network-entropy': network && entropy(network),
    divergence: network && entropy(middle ?? []) - (entropy(people) + entropy(network)) / 2,
    kl: first === null ? null : first - entropy(people),
    'cross-entropy': first,
    confidence: sorted?.[0] ?? null,
    margin: sorted ? (sorted[0] ?? 0) - (sorted[1] ?? 0) : null,
    accuracy: network && own.filter((row) => top(row) === label).length / own.length,
    'attack-change': attacked && (attacked.after[label] ?? 0) - (attacked.before[label] ?? 0),
    'other-entropy': other && entropy(other),
    'other-cross-entropy': second,
    difference: first === null || second === null ? null : first - second,
  }
  const outcome =
    attacked && (top(attacked.before) !== label ? 'wrong' : top(attacked.after) === label ? 'held' : 'fooled')
  return { index, label, people, network, other, fields, outcome }
}
const everything = async () => (await queryGallery(store, query())).items.map(plain)

describe('sorts and ranges of every field', () => {
  test.each(GALLERY_FIELDS)('%s', async (field) => {
    const all = await everything()
    const there = all.filter(({ fields }) => fields[field] !== null)
    expect(there.length).toBeGreaterThan(3)
    const valueOf = (index: number) => all[index]?.fields[field] ?? NaN
    for (const order of ['ascending', 'descending'] as const) {
      const found = await indices({ sort: field, order })
      expect(found).toHaveLength(IMAGES)
      const values = found.slice(0, there.length).map(valueOf)
      values.slice(1).forEach((value, at) => {
        const step = (value - (values[at] ?? NaN)) * (order === 'ascending' ? 1 : -1)
        expect(step).toBeGreaterThan(-1e-6)
      })
      // Images without the number come last, in the order of the set.
      const rest = found.slice(there.length)
      expect(rest).toEqual([...rest].sort((a, b) => a - b))
      for (const index of rest) expect(valueOf(index)).toBeNaN()
    }
    const values = there.map(({ fields }) => fields[field] ?? 0).sort((a, b) => a - b)
    const [low = 0, high = 0] = [values[Math.floor(values.length / 4)], values[Math.floor((3 * values.length) / 4)]]
    const least = low - 1e-5
    const most = high + 1e-5
    const inside = there.filter(({ fields }) => (fields[field] ?? 0) >= least && (fields[field] ?? 0) <= most)
    expect(await indices({ where: { ranges: { [field]: [least, most] } } })).toEqual(inside.map(({ index }) => index))
    expect(await indices({ where: { ranges: { [field]: [least, null] } } })).toEqual(
      there.filter(({ fields }) => (fields[field] ?? 0) >= least).map(({ index }) => index),
    )
  })
})

describe('conditions', () => {
  test('of guesses, correctness, attack and comparison keep what they say', async () => {
    const all = await everything()
    const kept = (test: (image: (typeof all)[number]) => boolean) => all.filter(test).map(({ index }) => index)
    expect(await indices({ where: { networkGuess: 3 } })).toEqual(
      kept(({ network }) => network !== null && top(network) === 3),
    )
    expect(await indices({ where: { peopleGuess: 3 } })).toEqual(kept(({ people }) => top(people) === 3))
    for (const right of ['right', 'wrong'] as const) {
      const fits = (row: readonly number[] | null, label: number) =>
        row !== null && (top(row) === label) === (right === 'right')
      expect(await indices({ where: { network: right } })).toEqual(kept(({ network, label }) => fits(network, label)))
      expect(await indices({ where: { people: right } })).toEqual(kept(({ people, label }) => fits(people, label)))
    }
    expect(await indices({ where: { guesses: 'differ' } })).toEqual(
      kept(({ network, people }) => network !== null && top(network) !== top(people)),
    )
    for (const outcome of OUTCOMES) {
      const found = await indices({ where: { outcome } })
      expect(found).toEqual(kept((image) => image.outcome === outcome))
      expect(found.length, outcome).toBeGreaterThan(0)
    }
    expect(await indices({ where: { pair: 'first-right' } })).toEqual(
      kept(
        ({ network, other, label }) =>
          network !== null && other !== null && top(network) === label && top(other) !== label,
      ),
    )
    expect(await indices({ text: '3-5' })).toEqual([3, 4, 5])
  })

  test('partition the images', async () => {
    const [all, withNetwork, attacked, both] = await everything().then((images) => [
      images.map(({ index }) => index),
      images.filter(({ network }) => network).map(({ index }) => index),
      images.filter(({ outcome }) => outcome).map(({ index }) => index),
      images.filter(({ network, other }) => network && other).map(({ index }) => index),
    ])
    const parts: [number[] | undefined, Partial<GalleryQuery>[]][] = [
      [withNetwork, QUADRANTS.map((filter) => ({ filter }))],
      [withNetwork, [{ where: { network: 'right' } }, { where: { network: 'wrong' } }]],
      [withNetwork, [{ where: { guesses: 'agree' } }, { where: { guesses: 'differ' } }]],
      [all, [{ where: { people: 'right' } }, { where: { people: 'wrong' } }]],
      [all, Array.from({ length: CLASSES }, (_, label) => ({ classIndex: label }))],
      [all, Array.from({ length: CLASSES }, (_, peopleGuess) => ({ where: { peopleGuess } }))],
      [attacked, OUTCOMES.map((outcome) => ({ where: { outcome } }))],
      [both, PAIRS.map((pair) => ({ where: { pair } }))],
    ]
    for (const [whole, questions] of parts) {
      const found = (await Promise.all(questions.map(indices))).flat()
      expect([...found].sort((a, b) => a - b)).toEqual(whole)
    }
  })

  test('combined keep what each of them keeps, and pages are parts of one list', async () => {
    const conditions = fc.record({
      filter: fc.constantFrom(...GALLERY_FILTERS),
      network: fc.constantFrom('right', 'wrong', null),
      outcome: fc.constantFrom(...OUTCOMES, null, null),
      least: fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: null }),
      sort: fc.constantFrom(...GALLERY_FIELDS),
      limit: fc.integer({ min: 1, max: 7 }),
    })
    await fc.assert(
      fc.asyncProperty(conditions, async ({ filter, network, outcome, least, sort, limit }) => {
        const ranges: { ranges?: { 'network-entropy': [number, null] } } =
          least === null ? {} : { ranges: { 'network-entropy': [least, null] } }
        const all = { filter, sort, where: { network, outcome, ...ranges } } satisfies Partial<GalleryQuery>
        const together = await indices(all)
        const each = await Promise.all(
          [{ filter }, { where: { network } }, { where: { outcome } }, { where: ranges }].map(indices),
        )
        expect([...together].sort((a, b) => a - b)).toEqual(
          each[0]?.filter((index) => each.every((list) => list.includes(index))),
        )
        const pages: number[] = []
        for (let offset = 0; offset < IMAGES; offset += limit) pages.push(...(await indices({ ...all, offset, limit })))
        expect(pages).toEqual(together)
      }),
      { numRuns: 40 },
    )
  })
})

describe('images that nobody judged', () => {
  const UNJUDGED = [2, 6, 11]
  const NAME = 'sparse-labels'
  beforeAll(async () => {
    const set = { ...labels(), name: NAME }
    for (const image of UNJUDGED) {
      set.counts?.fill(0, image * CLASSES, (image + 1) * CLASSES)
      set.probabilities.fill(1 / CLASSES, image * CLASSES, (image + 1) * CLASSES)
    }
    // Judged once: sure, and not unanimous.
    set.counts?.fill(0, 0, CLASSES)
    set.counts?.set([1], 0)
    set.probabilities.fill(0, 0, CLASSES)
    set.probabilities.set([1], 0)
    await addToProject(store, [set])
  })
  const sparse = async (more: Partial<GalleryQuery> = {}) => indices({ labelSet: NAME, ...more })
  const judged = Array.from({ length: IMAGES }, (_, image) => image).filter((image) => !UNJUDGED.includes(image))

  test.each([NAME, `${NAME}-majority`])(
    'have no numbers of people in %s, and are last in orders by them',
    async (name) => {
      if (name !== NAME) await aggregateLabels(store, NAME, 'majority')
      const { items } = await queryGallery(store, query({ labelSet: name }))
      for (const { index, people, humanEntropy } of items) {
        expect(people === null, String(index)).toBe(UNJUDGED.includes(index))
        expect(humanEntropy === null, String(index)).toBe(UNJUDGED.includes(index))
      }
      for (const sort of ['human-entropy', 'divergence', 'kl', 'cross-entropy'] as const)
        for (const order of ['ascending', 'descending'] as const) {
          const without = (await indices({ labelSet: name, sort, order })).slice(sort === 'human-entropy' ? -3 : -1)
          expectEvery(without, (image) => UNJUDGED.includes(image) || !HELD_OUT.slice(0, 2).flat().includes(image))
        }
      expect(await indices({ labelSet: name, where: { ranges: { 'human-entropy': [0, null] } } })).toEqual(judged)
      for (const question of [
        { people: 'right' },
        { people: 'wrong' },
        { guesses: 'agree' },
        { guesses: 'differ' },
      ] as const)
        for (const image of await indices({ labelSet: name, where: question })) expect(UNJUDGED).not.toContain(image)
      const one = await galleryImage(store, { labelSet: name, image: 6 })
      expect(one.people).toBeNull()
      expect(one.runs.length).toBeGreaterThan(0)
    },
  )

  test('count in no median and no quadrant, but with the network they have', async () => {
    const { runs } = query()
    const points = await galleryPoints(store, { labelSet: NAME, runs, attack: null })
    const human = new Float32Array(points.humanEntropy.slice().buffer)
    const columns = {
      images: IMAGES,
      label: points.label,
      peopleGuess: points.peopleGuess,
      humanEntropy: human,
      network: null,
      other: null,
      attack: null,
    }
    expect(countUnjudged(columns)).toBe(UNJUDGED.length)
    const known = judged.map((image) => human[image] ?? NaN).sort((a, b) => a - b)
    expect(mediansOf(columns).human).toBe(known[known.length >> 1])
    const held = new Set(HELD_OUT.slice(0, 2).flat())
    const quadrants = (await Promise.all(QUADRANTS.map((filter) => sparse({ filter })))).flat()
    expect(quadrants.sort((a, b) => a - b)).toEqual(judged.filter((image) => held.has(image)))
    // The network's own numbers do not need people.
    expect(await sparse({ where: { ranges: { 'network-entropy': [0, null] } } })).toEqual(
      [...held].sort((a, b) => a - b),
    )
  })

  test('are no reason to call an image that was judged once unanimous', () => {
    const { images, unanimousImages } = stats(store, NAME)
    const { counts } = labels()
    const rows = judged
      .filter((image) => image !== 0)
      .map((image) => Array.from(counts?.subarray(image * CLASSES, (image + 1) * CLASSES) ?? []))
    expect(images).toBe(IMAGES)
    expect(unanimousImages).toBe(rows.filter((row) => row.filter((n) => n > 0).length === 1).length)
  })
})

describe('columns and details', () => {
  test('points, items and one image say the same as the pages', async () => {
    const all = await everything()
    const { runs, against = [], labelSet } = query()
    const points = await galleryPoints(store, { labelSet, runs, attack: attackTitle(attack(4)) })
    const entropies = new Float32Array(points.network?.entropy.slice().buffer ?? new ArrayBuffer(0))
    all.forEach(({ index, fields, outcome, label }) => {
      const there = entropies[index] ?? NaN
      if (fields['network-entropy'] === null) expect(there).toBeNaN()
      else expect(there).toBeCloseTo(fields['network-entropy'], 5)
      expect(points.label[index]).toBe(label)
      expect(OUTCOMES[(points.attack?.outcome[index] ?? 0) - 1] ?? null).toBe(outcome)
    })
    expect(points.attacks).toEqual([{ name: attackTitle(attack(4)), runs: 2 }])

    const items = await galleryItems(store, { labelSet, runs, against, indices: [19, 6] })
    const other = new Float32Array(items.other?.slice().buffer ?? new ArrayBuffer(0))
    expect(other[0]).toBeNaN()
    expect(Array.from(other.subarray(CLASSES))).toEqual(prediction(2, 6, false))
    await expect(galleryItems(store, { labelSet, runs, against, indices: [IMAGES] })).rejects.toThrow(/outside/)

    const six = await galleryImage(store, { labelSet, image: 6 })
    expect(six.runs.map(({ run }) => run)).toEqual(ids)
    expect(six.runs.map(({ attacks }) => attacks.length)).toEqual([1, 1, 0])
    expect(six.runs[1]?.probabilities).toEqual(prediction(1, 6, false))
    expect(six.runs[1]?.attacks[0]?.probabilities).toEqual(prediction(1, 6, true))
    expect((await galleryImage(store, { labelSet, image: 19 })).runs).toEqual([])
    const { found } = gallerySearch(store, { imageSet: 'some-images', text: '17' })
    expect(Array.from(new Uint32Array(found.slice().buffer))).toEqual([17])
  })

  test('what is kept follows the runs: another attack is there, a run that is gone is not', async () => {
    const { labelSet } = query()
    const runs = ids.slice(0, 1)
    const before = await galleryPoints(store, { labelSet, runs, attack: null })
    expect(before.attacks).toHaveLength(1)
    writeAttackPredictions(
      store.runFolder(runs[0] ?? 0),
      2,
      Float32Array.from(prediction(0, 4, true)),
      Int32Array.of(4),
    )
    store.runs.addAttack(runs[0] ?? 0, attack(8))
    expect((await galleryPoints(store, { labelSet, runs, attack: null })).attacks).toHaveLength(2)
    const points = await galleryPoints(store, { labelSet, runs, attack: attackTitle(attack(8)) })
    expect([...(points.attack?.outcome ?? [])].filter((code) => code > 0)).toHaveLength(1)
    // What the network said of the image as it was attacked decides, not of the image as it lies in the set.
    const label = store.imageSets.labels(store.imageSets.list()[0]?.id ?? 0)[4] ?? 0
    const said = (c: number) => Float32Array.from({ length: 10 }, (_, at) => Number(at === c))
    for (const [n, seen, outcome] of [
      [3, (label + 1) % 10, 'wrong'],
      [4, label, 'fooled'],
    ] as const) {
      const [run, made] = [runs[0] ?? 0, attack(8 + n)]
      writeAttackPredictions(store.runFolder(run), n, said((label + 2) % 10), Int32Array.of(4))
      writeCleanPredictions(store.runFolder(run), n, said(seen), 1)
      store.runs.addAttack(run, made)
      const column = (await galleryPoints(store, { labelSet, runs, attack: attackTitle(made) })).attack?.outcome[4] ?? 0
      expect(OUTCOMES[column - 1]).toBe(outcome)
      const four = (await galleryImage(store, { labelSet, image: 4 })).runs.find((each) => each.run === run)
      expect(four?.attacks.find(({ name }) => name === attackTitle(made))?.outcome).toBe(outcome)
    }
    await expect(galleryPoints(store, { labelSet, runs, attack: 'PGD 1/255' })).rejects.toThrow(/under PGD 1\/255/)

    const [gone = 0] = store.runs.insert([{ imageSet: 'some-images', attacks: [] } as unknown as RunConfig], null)
    store.runs.remove(gone)
    await expect(galleryPoints(store, { labelSet, runs: [gone], attack: null })).rejects.toThrow(/no run/)
  })
})
