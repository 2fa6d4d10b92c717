/** The rows of the image list in Data: what is known of each, which are shown, in which order. */
import { expect, test } from 'vitest'
import { imageRows, shownRows } from '../../src/renderer/views/data/imageRows'

const item = (index: number, label: number, humanEntropy: number | null) => ({
  index,
  label,
  people: humanEntropy === null ? null : [1],
  network: null,
  humanEntropy,
  networkEntropy: null,
})
const items = [item(0, 2, 0.5), item(1, 1, null), item(2, 2, 0), item(3, 1, 0.9)]
const rows = imageRows(
  items,
  [10, 0, 12, 9],
  [
    { image: 1, gainNats: 0.03 },
    { image: 3, gainNats: 0.01 },
  ],
)
const order = (
  ...[found, label, column, descending]: Parameters<typeof shownRows> extends [unknown, ...infer R] ? R : never
) => shownRows(rows, found, label, column, descending).map(({ index }) => index)

test('an image nobody judged has no entropy and stands last either way', () => {
  expect(rows.map(({ entropy, judgments }) => [entropy, judgments])).toEqual([
    [0.5, 10],
    [null, 0],
    [0, 12],
    [0.9, 9],
  ])
  expect(order(null, null, 'entropy', true)).toEqual([3, 0, 2, 1])
  expect(order(null, null, 'entropy', false)).toEqual([2, 0, 3, 1])
})

test('gains reach as far as they are known, the rest comes last', () => {
  expect(order(null, null, 'gain', true)).toEqual([1, 3, 0, 2])
  expect(order(null, null, 'judgments', false)).toEqual([1, 3, 0, 2])
})

test('a search and a class narrow together', () => {
  expect(order(new Set([0, 1, 2]), null, 'index', false)).toEqual([0, 1, 2])
  expect(order(new Set([0, 1, 2]), 2, 'index', true)).toEqual([2, 0])
  expect(order(new Set(), null, 'index', false)).toEqual([])
})

test('without counts nothing is said of judgments or gain', () => {
  const [first] = imageRows(items, null, null)
  expect(first).toMatchObject({ entropy: 0.5, judgments: null, gainNats: null })
})
