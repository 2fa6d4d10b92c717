/** What lies behind label sets, over a real project and against numbers worked out by hand. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { readPath } from '../../../src/formats/read'
import { countsToProbabilities } from '../../../src/domain/labels/statistics'
import type { Imported, LabelSetData } from '../../../src/formats/sets/types'
import { compareLabels } from '../../../src/main/labels/comparison'
import { addToProject } from '../../../src/main/labels/addToProject'
import { agreementOf, imageJudgments, judgedTimes, nextImages } from '../../../src/main/labels/judgments'
import { searchImages } from '../../../src/main/labels/imageSearch'
import { imageSetNamed, labelSetNamed } from '../../../src/main/labels/labelSets'
import { truthOf } from '../../../src/main/study/simulatedTruth'
import { distributionsOf } from '../../../src/main/labels/votesBehind'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import { StudioError } from '../../../src/domain/errors'
import { judgedAmong } from '../../../src/domain/labels/unjudged'
import { NO_SLOT, type SessionColumns } from '../../../src/domain/labels/judgments'
import { shared } from '../../support/shared'
import { someImages, someLabels, temporaryFolder } from '../temporary'

async function projectOf(...items: Imported[]): Promise<ProjectStore> {
  const store = openProject(temporaryFolder())
  onTestFinished(() => store.close())
  await addToProject(store, items)
  return store
}

/** annotator, trial, image (-1 for a check), chosen, reaction time. */
type Row = [number, number, number, number, number]

/** Five people judge four images of `images`; the last of them is excluded. */
function judged(images = 20, session: SessionColumns | null = null, name = 'judged'): LabelSetData {
  const rows: Row[] = [
    [0, 0, 0, 0, 810],
    [0, 1, 1, 1, 905],
    [0, 2, -1, 3, 500],
    [1, 0, 0, 0, 620],
    [1, 1, 1, 2, 1210],
    [2, 0, 1, 1, 700],
    [2, 1, 0, 1, 1500],
    [3, 0, 2, 2, 640],
    [4, 0, 0, 9, 80],
    [4, 1, 1, 9, 75],
  ]
  const counts = new Uint32Array(images * 10)
  for (const [annotator, , image, chosen] of rows)
    if (image >= 0 && annotator !== 4) counts[image * 10 + chosen] = (counts[image * 10 + chosen] ?? 0) + 1
  const column = (at: 0 | 1 | 2 | 3 | 4) => rows.map((row) => row[at])
  return {
    ...someLabels(images, name, 'some-images'),
    format: 'cifar10h-raw',
    counts,
    probabilities: countsToProbabilities(counts, 10),
    judgments: {
      count: rows.length,
      annotator: Int32Array.from(column(0)),
      trial: Int32Array.from(column(1)),
      image: Int32Array.from(column(2)),
      truth: Uint8Array.from(rows, ([, , image]) => Math.max(0, image) % 10),
      chosen: Uint8Array.from(column(3)),
      isCheck: Uint8Array.from(rows, ([, , image]) => Number(image < 0)),
      reactionTimeMs: Float64Array.from(column(4)),
      elapsedMs: Float64Array.from(column(4)),
      file: Int32Array.from(rows, ([, , image]) => image + 1),
      files: ['check.png', 'tabby_cat_s_000001.png', 'coupe_s_000002.png', 'sparrow_s_000003.png'],
      session,
    },
    annotators: {
      code: ['ann', 'ben', 'cy', 'di', 'ed'],
      checks: Int32Array.of(1, 0, 0, 0, 0),
      checksCorrect: Int32Array.of(1, 0, 0, 0, 0),
      excluded: Uint8Array.of(0, 0, 0, 0, 1),
      layout: null,
    },
  }
}

const refusal = (act: () => unknown): StudioError => {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(StudioError)
    return error as StudioError
  }
  throw new Error('it was not refused')
}

describe('one image', () => {
  test('every judgment behind it, in the order of the source, excluded ones said; checks are of no image', async () => {
    const store = await projectOf(someImages(), judged())
    const image = imageJudgments(store, { labelSet: 'judged', image: 0 })
    expect(image).toMatchObject({ image: 0, label: 0, counts: [2, 1, 0, 0, 0, 0, 0, 0, 0, 0] })
    expect(image.entropyNats).toBeCloseTo(-(2 / 3) * Math.log(2 / 3) - (1 / 3) * Math.log(1 / 3), 12)
    expect(image.judgments).toEqual([
      { annotator: 'ann', excluded: false, trial: 0, chosen: 0, reactionTimeMs: 810, slot: null, answeredAt: null },
      { annotator: 'ben', excluded: false, trial: 0, chosen: 0, reactionTimeMs: 620, slot: null, answeredAt: null },
      { annotator: 'cy', excluded: false, trial: 1, chosen: 1, reactionTimeMs: 1500, slot: null, answeredAt: null },
      { annotator: 'ed', excluded: true, trial: 0, chosen: 9, reactionTimeMs: 80, slot: null, answeredAt: null },
    ])
    // Its set has no file names: the one it was shown under stands in.
    expect(image.fileName).toBe('tabby_cat_s_000001.png')
  })

  test('an interval per class holds the share that was found; without a judgment it is wide', async () => {
    const store = await projectOf(someImages(), judged())
    const { intervals, probabilities } = imageJudgments(store, { labelSet: 'judged', image: 0 })
    expect(intervals).toHaveLength(10)
    intervals?.forEach(([low, high]) => expect(0 <= low && low < high && high <= 1).toBe(true))
    expect(intervals?.[0]?.[0]).toBeLessThan(probabilities[0] ?? 0)
    expect(intervals?.[0]?.[1]).toBeGreaterThan(intervals?.[5]?.[1] ?? 1)
    const none = imageJudgments(store, { labelSet: 'judged', image: 7 })
    expect(none.judgments).toEqual([])
    expect(none.probabilities).toEqual(Array<number>(10).fill(0.1))
    // The prior alone, 1/10 per class: each share is Beta(0.1, 0.9), whose 97.5% point SciPy gives.
    expect(none.intervals?.[4]?.[1]).toBeCloseTo(0.822692588, 8)
  })

  test('slots and moments of this program’s own sessions, unknown ones as null', async () => {
    const at = Date.UTC(2026, 0, 2, 3, 4, 5)
    const session = {
      slot: Uint8Array.from({ length: 10 }, (_, row) => (row === 3 ? NO_SLOT : row)),
      onsetMs: new Float64Array(10),
      answeredAt: Float64Array.from({ length: 10 }, (_, row) => (row === 0 ? at : 0)),
      focusLosses: new Uint16Array(10),
    }
    const store = await projectOf(someImages(), judged(20, session))
    const { judgments } = imageJudgments(store, { labelSet: 'judged', image: 0 })
    expect(judgments.map(({ slot, answeredAt }) => [slot, answeredAt])).toEqual([
      [0, '2026-01-02T03:04:05.000Z'],
      [null, null],
      [6, null],
      [8, null],
    ])
  })

  test('probabilities alone have neither counts nor intervals; names and labels of the set are used', async () => {
    const images = {
      ...someImages(),
      fileNames: Array.from({ length: 20 }, (_, i) => `picture-${String(i).padStart(2, '0')}.png`),
    }
    images.labels[4] = 255
    const store = await projectOf(images, { ...someLabels(), counts: null })
    const found = imageJudgments(store, { labelSet: 'some-labels', image: 4 })
    expect(found).toMatchObject({
      fileName: 'picture-04.png',
      label: null,
      counts: null,
      intervals: null,
      judgments: [],
    })
  })

  test('an image outside the set and a set that is not there are refused by name', async () => {
    const store = await projectOf(someImages(), judged())
    expect(refusal(() => imageJudgments(store, { labelSet: 'judged', image: 20 })).message).toMatch(
      /20 is outside judged/,
    )
    expect(refusal(() => imageJudgments(store, { labelSet: 'none', image: 0 })).kind).toBe('not-found')
  })
})

describe('searching', () => {
  const search = (store: ProjectStore, text: string, limit = 1000) =>
    searchImages(store, { imageSet: 'some-images', text, limit })
  const named = () => ({
    ...someImages(),
    fileNames: Array.from({ length: 20 }, (_, i) => (i % 5 === 0 ? `Tabby_Cat_${i + 100}.PNG` : `dog_${i}.png`)),
  })

  test.each([
    ['17', [17]],
    [' 3 ', [3]],
    ['3-6', [3, 4, 5, 6]],
    ['6 – 3', [3, 4, 5, 6]],
    ['18-400', [18, 19]],
    ['0', [0]],
    ['tabby_cat', [0, 5, 10, 15]],
    ['CAT_1', [0, 5, 10, 15]],
    // No image 105, but a file of that number.
    ['105', [5]],
    ['nothing like it', []],
    ['400-500', []],
    ['-3', []],
    ['  ', []],
  ])('%j finds %j', async (text, images) => {
    const found = search(await projectOf(named()), text)
    expect(found.found.map(({ image }) => image)).toEqual(images)
    expect(found.total).toBe(images.length)
  })

  test('says how many there are beyond the first it gives, with their names', async () => {
    const store = await projectOf(named())
    expect(search(store, 'DOG', 2)).toEqual({
      total: 16,
      found: [
        { image: 1, fileName: 'dog_1.png' },
        { image: 2, fileName: 'dog_2.png' },
      ],
    })
    expect(search(store, '0-4', 1)).toEqual({ total: 5, found: [{ image: 0, fileName: 'Tabby_Cat_100.PNG' }] })
  })

  test('a set without names is searched by those its pictures were judged under', async () => {
    const store = await projectOf(someImages())
    expect(search(store, 'sparrow')).toEqual({ total: 0, found: [] })
    const with_ = await projectOf(someImages(), judged())
    expect(search(with_, 'SPARROW')).toEqual({ total: 1, found: [{ image: 2, fileName: 'sparrow_s_000003.png' }] })
    expect(search(with_, 'check.png').total).toBe(0)
  })

  test('an unknown image set is refused', async () => {
    expect(
      refusal(() => searchImages(openProject(temporaryFolder()), { imageSet: 'x', text: '1', limit: 1 })).kind,
    ).toBe('not-found')
  })
})

describe('comparing', () => {
  /** Ten judgments an image over the given classes: [[8, 2], [5, 5], ...]. */
  const labels = (name: string, rows: number[][], imageSet = 'some-images'): LabelSetData => {
    const counts = new Uint32Array(rows.length * 10)
    rows.forEach((row, i) => row.forEach((n, c) => (counts[i * 10 + c] = n)))
    return { ...someLabels(rows.length, name, imageSet), counts, probabilities: countsToProbabilities(counts, 10) }
  }

  test('distances, first choices and entropies by hand, the most different first', async () => {
    // Distances: |.8-.4|+|.2-.6| over 2 = .4; 0; 1; |.5-.6|... = .1.
    const a = labels('a', [[8, 2], [10], [10], [5, 5]])
    const b = labels('b', [[4, 6], [10], [0, 0, 10], [6, 4]])
    const store = await projectOf(someImages(4), a, b)
    const found = compareLabels(store, { first: 'a', second: 'b', limit: 3 })
    expect(found.images).toBe(4)
    expect(found.meanTotalVariation).toBeCloseTo((0.4 + 0 + 1 + 0.1) / 4, 12)
    // Image 0 goes from class 0 to 1, image 2 from 0 to 2; image 3 ties for 0 and 1 in `a`, and `b` says 0.
    expect(found.firstChoiceDiffers).toBe(2)
    expect(found.differences.map(({ image, label }) => [image, label])).toEqual([
      [2, 2],
      [0, 0],
      [3, 3],
    ])
    const [, second] = found.differences
    const h = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p)
    expect(second?.first.slice(0, 2)).toEqual([0.8, 0.2])
    expect(second?.second.slice(0, 2)).toEqual([0.4, 0.6])
    expect(second?.entropyDifferenceNats).toBeCloseTo(h(0.4) - h(0.8), 12)
    const x = [h(0.8), 0, 0, Math.LN2]
    const y = [h(0.4), 0, 0, h(0.6)]
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const cov = (p: number[], q: number[]) => mean(p.map((value, i) => value * (q[i] ?? 0))) - mean(p) * mean(q)
    expect(found.entropyCorrelation).toBeCloseTo(cov(x, y) / Math.sqrt(cov(x, x) * cov(y, y)), 10)
  })

  test('a set compared with itself differs nowhere', async () => {
    const store = await projectOf(someImages(), someLabels())
    const found = compareLabels(store, { first: 'some-labels', second: 'some-labels', limit: 5 })
    expect(found).toMatchObject({ images: 20, meanTotalVariation: 0, firstChoiceDiffers: 0 })
    // Every image has the same entropy: nothing to correlate.
    expect(found.entropyCorrelation).toBeNull()
    expect(found.differences.map(({ image }) => image)).toEqual([0, 1, 2, 3, 4])
  })

  test('images that one of the two did not judge are left out', async () => {
    const store = await projectOf(someImages(3), labels('a', [[10], [10], [10]]), labels('b', [[10], [0], [0, 10]]))
    const found = compareLabels(store, { first: 'a', second: 'b', limit: 10 })
    expect(found).toMatchObject({ images: 2, meanTotalVariation: 0.5 })
    expect(found.differences.map(({ image }) => image)).toEqual([2, 0])
  })

  test('sets of other images are refused in a sentence that names both', async () => {
    const store = await projectOf(
      someImages(20, 'one'),
      someImages(20, 'two', 1),
      someLabels(20, 'a', 'one'),
      someLabels(20, 'b', 'two'),
    )
    const { message, kind } = refusal(() => compareLabels(store, { first: 'a', second: 'b', limit: 1 }))
    expect(kind).toBe('bad-input')
    expect(message).toMatch(/a labels the images of one, b those of two/)
  })

  test('sets that wait for the same images with other numbers of them are refused too', async () => {
    const store = await projectOf(someLabels(20, 'a', 'later'), someLabels(21, 'b', 'later'))
    expect(refusal(() => compareLabels(store, { first: 'a', second: 'b', limit: 1 })).message).toMatch(
      /20 images.*21 images/,
    )
  })
})

describe('agreement and what to judge next', () => {
  test('worked out of counts, and refused in a clear sentence without them', async () => {
    const store = await projectOf(someImages(), someLabels(), { ...someLabels(20, 'shares'), counts: null })
    const found = agreementOf(store, 'some-labels')
    expect(found).toMatchObject({ images: 20, judgments: 200 })
    // Eight and two of ten: 29 of 45 pairs agree on every image; by chance a tenth would, every class being as
    // frequent.
    expect(found.kappa.value).toBeCloseTo((29 / 45 - 0.1) / 0.9, 10)
    expect(found.alpha.value).toBeCloseTo(1 - (1 - 29 / 45) / (1 - 10 * (20 / 200) * (19 / 199)), 10)
    for (const ask of [() => agreementOf(store, 'shares'), () => nextImages(store, { labelSet: 'shares', limit: 1 })]) {
      expect(refusal(ask).message).toMatch(/shares holds probabilities without counts/)
      expect(refusal(ask).where.hint).toBeTruthy()
    }
    expect(judgedTimes(store, 'shares')).toBeNull()
  })

  test('the same set is worked out once; another project’s set of the same number is another', async () => {
    const [store, other] = [
      await projectOf(someImages(), someLabels()),
      await projectOf(someImages(), someLabels(20, 'some-labels', null, 10)),
    ]
    expect(agreementOf(store, 'some-labels')).toBe(agreementOf(store, 'some-labels'))
    expect(agreementOf(other, 'some-labels').kappa.value).toBe(1)
    expect(agreementOf(store, 'some-labels').kappa.value).toBeLessThan(1)
  })

  test('images without a judgment come first, much judged and clear ones last', async () => {
    const store = await projectOf(someImages(), judged())
    expect(judgedTimes(store, 'judged')).toEqual([3, 3, 1, ...Array<number>(17).fill(0)])
    const next = nextImages(store, { labelSet: 'judged', limit: 20 })
    expect(next).toHaveLength(20)
    expect(
      next
        .slice(0, 17)
        .map(({ image }) => image)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 17 }, (_, i) => i + 3))
    const gains = next.map(({ gainNats }) => gainNats)
    expect(gains).toEqual([...gains].sort((a, b) => b - a))
    expect(nextImages(store, { labelSet: 'judged', limit: 2 })).toEqual(next.slice(0, 2))
  })

  test('images without a judgment have no distribution to train on, and a simulation sees its stated matrix there', async () => {
    const store = await projectOf(someImages(), judged())
    const distributions = distributionsOf(store, labelSetNamed(store, 'judged'))
    expect([...judgedAmong(distributions, 10)]).toEqual([0, 1, 2])
    const { probabilities, source } = truthOf(store, imageSetNamed(store, 'some-images'))
    expect(source).toMatch(/^judged; for 17 images that nobody judged a confusion matrix/)
    expect(probabilities.subarray(0, 30)).toEqual(distributions.subarray(0, 30))
    expect([...probabilities.subarray(30, 40)].filter((p) => p > 0.89)).toHaveLength(1)
  })
})

const images = shared('data', 'cifar10', 'cifar-10-binary.tar.gz')
const counts = shared('data', 'cifar10h', 'cifar10h-counts.npy')
test.runIf(images && counts)(
  'image 2405 of CIFAR-10H: published as a cat, a frog to 51 people',
  async () => {
    const store = await projectOf(...(await readPath(images ?? '')), ...(await readPath(counts ?? '')))
    const [set] = store.labelSets.list()
    const found = imageJudgments(store, { labelSet: set?.name ?? '', image: 2405 })
    expect(found.label).toBe(3)
    expect(found.counts?.[6]).toBe(51)
    expect(
      searchImages(store, { imageSet: set?.imageSet ?? '', text: '2405', limit: 5 }).found.map(({ image }) => image),
    ).toEqual([2405])
    const agreed = agreementOf(store, set?.name ?? '')
    expect(agreed).toMatchObject({ images: 10_000, judgments: 511_000 })
    expect(agreed.perClass).toHaveLength(10)
    expect(nextImages(store, { labelSet: set?.name ?? '', limit: 10_000 })).toHaveLength(10_000)
  },
  120_000,
)
