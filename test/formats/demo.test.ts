import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/formats/read'
import { createDemo } from '../../src/formats/demo'
import { DEMO_CLASSES } from '../../src/formats/demo/drawings'
import { digestImages, digestLabels } from '../../src/formats/sets/digest'
import { aggregate } from '../../src/domain/study/exclusion'
import { SeededRandom } from '../../src/domain/random'
import { temporaryFolder } from '../support/temporary'
import { exportedAlone } from './exporting'

const folder = temporaryFolder()
const N = 2000
const demo = createDemo(7, N)
const { images, labels, truth } = demo
const counts = labels.counts ?? new Uint32Array(0)

describe('demo set', () => {
  it('is the same from the same seed and another from another', () => {
    const again = createDemo(7, N)
    expect(digestImages(again.images)).toBe(digestImages(images))
    expect(digestLabels(again.labels)).toBe(digestLabels(labels))
    expect(digestImages(createDemo(8, N).images)).not.toBe(digestImages(images))
  })

  it('never changes: runs made with it name its digest', () => {
    const small = createDemo(0, 100)
    expect([digestImages(small.images), digestLabels(small.labels)]).toEqual([
      '03637ed58f13f5c7dca0df9ba5670f24b584925ddd8beeb96c925a087cbfdc28',
      'f9c04b30d0dab226f64131572d0361f50e01516e86b8589c3a8fef390027b82b',
    ])
  })

  it('has ten balanced classes of pictures in colour', () => {
    expect(images).toMatchObject({ name: 'demo', count: N, height: 32, width: 32, channels: 3, classes: DEMO_CLASSES })
    expect(new Set(DEMO_CLASSES).size).toBe(10)
    const members = new Array<number>(10).fill(0)
    for (const label of images.labels) members[label] = (members[label] ?? 0) + 1
    for (const n of members) expect(n).toBeGreaterThan(N / 10 / 1.5)
    expect(new Set(images.pixels).size).toBeGreaterThan(250)
  })

  it('is judged by about 51 people a picture, some of them excluded by the checks', () => {
    const { judgments, annotators } = labels
    if (!judgments || !annotators) throw new Error('no judgments')
    const excluded = annotators.excluded.reduce((sum, flag) => sum + flag, 0)
    expect(excluded).toBeGreaterThan(0)
    expect(excluded / annotators.code.length).toBeLessThan(0.05)
    expect(aggregate(judgments, annotators.excluded, N, 10).counts).toEqual(counts)
    const total = counts.reduce((sum, n) => sum + n, 0)
    expect(total / N).toBeGreaterThan(49)
    expect(total / N).toBeLessThan(53)
    // Nobody judges a picture twice.
    const seen = new Set<number>()
    for (let j = 0; j < judgments.count; j++) {
      if (judgments.isCheck[j]) continue
      const key = (judgments.annotator[j] ?? 0) * N + (judgments.image[j] ?? 0)
      expect(seen.has(key)).toBe(false)
      seen.add(key)
    }
  })

  it('has a truth that the judgments are draws from', () => {
    // Pearson's statistic over all cells: its expectation is the number of free cells, its deviation sqrt(2 cells).
    let statistic = 0
    let cells = 0
    for (let i = 0; i < N; i++) {
      const row = counts.subarray(i * 10, i * 10 + 10)
      const p = truth.subarray(i * 10, i * 10 + 10)
      expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10)
      const n = row.reduce((sum, value) => sum + value, 0)
      p.forEach((value, c) => {
        statistic += ((row[c] ?? 0) - n * value) ** 2 / (n * value)
      })
      cells += 9
    }
    // Cells with tiny expectations are skewed, so the bound is generous; a truth off by 2% in the mean breaks it.
    expect(Math.abs(statistic / cells - 1)).toBeLessThan(0.1)
    // And per class over all pictures: sums of a hundred thousand draws.
    for (let c = 0; c < 10; c++) {
      let expected = 0
      let observed = 0
      for (let i = 0; i < N; i++) {
        const n = counts.subarray(i * 10, i * 10 + 10).reduce((sum, value) => sum + value, 0)
        expected += n * (truth[i * 10 + c] ?? 0)
        observed += counts[i * 10 + c] ?? 0
      }
      expect(Math.abs(observed - expected) / Math.sqrt(expected)).toBeLessThan(4)
    }
  })

  it('is mostly clear and partly ambiguous, and its labels are single draws', () => {
    let clear = 0
    let ambiguous = 0
    let agreeing = 0
    let expected = 0
    for (let i = 0; i < N; i++) {
      const p = truth.subarray(i * 10, i * 10 + 10)
      const top = Math.max(...p)
      if (top > 0.9) clear++
      if (top < 0.85) ambiguous++
      if (p[images.labels[i] ?? 0] === top) agreeing++
      expected += top
    }
    expect(clear / N).toBeGreaterThan(0.5)
    expect(ambiguous / N).toBeGreaterThan(0.2)
    expect(ambiguous / N).toBeLessThan(0.45)
    expect(Math.abs(agreeing - expected) / Math.sqrt(N * 0.1)).toBeLessThan(4)
  })

  it('survives the raw format', async () => {
    const out = `${folder.path}/demo.csv`
    expect(await exportedAlone('cifar10h-raw', out, labels)).toBe(labels.judgments?.count)
    const [again] = await readPath(out)
    if (again?.kind !== 'labels') throw new Error('no labels')
    expect(again).toMatchObject({ images: N, imageSet: null })
    expect(again.counts).toEqual(counts)
    expect(again.annotators).toEqual(labels.annotators)
  })

  it('works at the smallest size, reports progress, and can be cancelled', () => {
    const seen: number[] = []
    createDemo(1, 100, { onProgress: ({ done }) => seen.push(done) })
    expect(seen).toEqual([0, 100])
    expect(() => createDemo(1, 100, { signal: AbortSignal.abort() })).toThrow('Cancelled')
  })
})

describe('seeded random numbers', () => {
  it('are uniform, normal and categorical in their moments', () => {
    const random = new SeededRandom(3)
    const n = 200_000
    let sum = 0
    let squares = 0
    let normal = 0
    let normalSquares = 0
    const drawn = [0, 0, 0]
    for (let i = 0; i < n; i++) {
      const u = random.uniform()
      sum += u
      squares += u * u
      const z = random.normal()
      normal += z
      normalSquares += z * z
      const c = random.category([0.2, 0, 0.8])
      drawn[c] = (drawn[c] ?? 0) + 1
    }
    expect(sum / n).toBeCloseTo(0.5, 2)
    expect(squares / n).toBeCloseTo(1 / 3, 2)
    expect(normal / n).toBeCloseTo(0, 1)
    expect(normalSquares / n).toBeCloseTo(1, 1)
    expect(drawn[1]).toBe(0)
    expect((drawn[0] ?? 0) / n).toBeCloseTo(0.2, 2)
  })

  it('are independent by seed and stream', () => {
    const first = (seed: number, stream?: number): number => new SeededRandom(seed, stream).uint32()
    expect(new Set([first(0), first(1), first(0, 1), first(2 ** 40), first(0)]).size).toBe(4)
  })
})
