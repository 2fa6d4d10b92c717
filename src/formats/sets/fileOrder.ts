/** Orders of pictures by their paths, folder by folder: as computers sort (1, 10, 2) and as people do (1, 2, 10). */
import type { Order } from '../../domain/importChoices'

/** Characters by their code units, as `Array.sort` and Python's `sorted` (beyond rare characters) compare them. */
const lexical = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const runs = (text: string): string[] => text.match(/\d+|\D+/g) ?? []
const isDigits = (text: string): boolean => /^\d/.test(text)

/**
 * As `lexical`, but runs of digits count as numbers of any length; equal numbers of other length are told apart last.
 */
function natural(a: string, b: string): number {
  const [one, other] = [runs(a), runs(b)]
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    const [x = '', y = ''] = [one[i], other[i]]
    const order = isDigits(x) && isDigits(y) ? byNumber(x, y) : lexical(x, y)
    if (order !== 0) return order
  }
  return one.length - other.length || lexical(a, b)
}

function byNumber(x: string, y: string): number {
  const [a, b] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')]
  return a.length - b.length || lexical(a, b)
}

/** Indices of paths in an order: entry k is the index of the path that comes k-th. */
export function orderOf(paths: readonly string[], order: Order): Int32Array {
  const compare = order === 'natural' ? natural : lexical
  const parts = paths.map((path) => path.split('/'))
  const byParts = (a: number, b: number): number => {
    const [one = [], other = []] = [parts[a], parts[b]]
    for (let i = 0; i < Math.min(one.length, other.length); i++) {
      const found = compare(one[i] ?? '', other[i] ?? '')
      if (found !== 0) return found
    }
    return one.length - other.length || a - b
  }
  return Int32Array.from(paths.keys()).sort(byParts)
}
