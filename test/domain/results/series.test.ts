/** Which configuration speaks where a project holds several of a kind. */
import { describe, expect, it } from 'vitest'
import { comparisons } from '../../../src/domain/results/pairs'
import { paperFigures } from '../../../src/domain/paper/paperFigures'
import { finishedRuns } from '../../../src/domain/results/runValues'
import { seriesOf } from '../../../src/domain/results/series'
import { finished, quickRuns } from './fixture'
import { expectEvery } from '../../support/every'

const quick = quickRuns()
/** Four short runs of the same network beside one finished pair of the preset. */
const trial = quick
  .slice(0, 4)
  .map(({ config }, i) => finished({ ...config, epochs: 2, trainImages: 400, schedule: { kind: 'constant' } }, 101 + i))
const fold = quick[0]?.config.fold
const pair = quick.filter(({ config }) => config.fold === fold)

describe('of several configurations', () => {
  it('the one that was trained most speaks, however many short runs there are', () => {
    const series = seriesOf(comparisons([...trial, ...pair]))
    expect(series.map(({ target }) => target).sort()).toEqual(['hard', 'soft'])
    for (const { target, runs, leftOut } of series) {
      const wanted = pair.filter(({ config }) => config.target === target)
      expect(runs.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
      expectEvery(leftOut, ({ id }) => id > 100)
    }
  })

  it('the figures say which runs speak and which are left out', () => {
    const figures = paperFigures({
      runs: finishedRuns([...trial, ...pair]),
      people: null,
      predictions: [],
      ensembles: [],
    })
    const notes = figures.find(({ id }) => id === 'figure-3')?.notes.join(' ') ?? ''
    expect(notes).toMatch(
      /of several configurations the one that was trained most, \d+ epochs \(run \d+\); left out: runs 10\d, 10\d/,
    )
    const alone = paperFigures({ runs: finishedRuns(pair), people: null, predictions: [], ensembles: [] })
    expect(alone.flatMap((figure) => figure.notes).join(' ')).not.toContain('left out')
  })
})
