/** A comparison as a table that leaves the window: every digit in CSV, as it is read in Markdown. Pure. */
import type { ComparedMeasure } from '../../domain/runs/comparison'
import { fixed } from '../../domain/text/numbers'
import { measureWords, showDifference, showMeasure, type MeasureWords } from './measures'
import { toCsv, toMarkdown } from './save'
import type { Cell } from '../../domain/text/csv'

/** Which side is better at the measure: decided where the interval leaves zero on one side. */
export function verdict({ interval }: Pick<ComparedMeasure, 'interval'>, { better }: MeasureWords): 'A' | 'B' | null {
  if (!interval || better === 0 || (interval[0] <= 0 && interval[1] >= 0)) return null
  return interval[0] > 0 === better > 0 ? 'B' : 'A'
}

const HEAD = ['images', 'measure', 'A', 'B', 'B - A', 'low', 'high', 'p', 'pairs', 'better']

export const comparisonCsv = (measures: readonly ComparedMeasure[]): string =>
  toCsv(
    HEAD,
    measures.map((each): Cell[] => {
      const { dataset, measure, first, second, difference, interval, p, values } = each
      return [
        dataset,
        measure,
        first,
        second,
        difference,
        interval?.[0] ?? null,
        interval?.[1] ?? null,
        p,
        values.length,
        verdict(each, measureWords(measure)),
      ]
    }),
  )

export const comparisonMarkdown = (measures: readonly ComparedMeasure[]): string =>
  toMarkdown(
    ['Images', 'Measure', 'A', 'B', 'B − A', '95% interval', 'p', 'Pairs', 'Better'],
    measures.map((each): Cell[] => {
      const words = measureWords(each.measure)
      return [
        each.dataset,
        words.name,
        showMeasure(words, each.first),
        showMeasure(words, each.second),
        showDifference(words, each.difference),
        intervalInWords(each, words),
        fixed(each.p),
        each.values.length,
        verdict(each, words) ?? '',
      ]
    }),
  )

export const intervalInWords = ({ interval }: Pick<ComparedMeasure, 'interval'>, words: MeasureWords): string =>
  interval ? `${showDifference(words, interval[0])} to ${showDifference(words, interval[1])}` : '–'

/** Every pair's two values. */
export const pairsCsv = (measures: readonly ComparedMeasure[]): string =>
  toCsv(
    ['images', 'measure', 'fold', 'seed', 'A', 'B'],
    measures.flatMap(({ dataset, measure, values }) =>
      values.map(({ fold, seed, first, second }): Cell[] => [dataset, measure, fold, seed, first, second]),
    ),
  )
