/** The charts of Figures 2, 3 and 4 as numbers: hard against soft, ours under each protocol and the paper's own. */
import { PROTOCOLS } from '../runs/config'
import type { PanelSeries, PaperCurve, PaperFigure, PaperPanel, PaperRow } from '.'
import type { Side } from '../runs/config'
import { PAPER_SETS, paperSet, type PaperSet } from '../published/dataSets'
import { groupBy } from '../results/pairs'
import { nearestPublished } from '../published/published'
import { familyOf } from '../runs/recipes'
import { measureWords } from '../measures/text'

const SIDES: readonly Side[] = ['hard', 'soft']
const OF = [...PROTOCOLS, 'paper'] as const

/** Two lines a name, so that six fit. */
const SET_NAMES: Record<PaperSet, string> = {
  cifar10: 'CIFAR-10\nmixed',
  'cifar10-train': 'CIFAR-10\n50,000',
  'cifar10.1-v6': 'CIFAR-10.1\nv6',
  'cifar10.1-v4': 'CIFAR-10.1\nv4',
  cinic10: 'CINIC-10',
  'imagenet-far': 'ImageNet\nFar',
}

const isMean = ({ network }: PaperRow) => network.startsWith('mean over')
const isOurs = ({ cells }: PaperRow) => cells.described !== null || cells.released !== null

/** "resnet\npreact", "mean\nof 8". */
const networkName = (network: string): string =>
  network.startsWith('mean over')
    ? `mean\nof ${/\d+/.exec(network)?.[0] ?? ''}`
    : (familyOf(network) ?? network).replace('_', '\n')

/** One series a side and maker, from what each place's rows say; makers that have nothing are left out. */
function seriesOf(places: readonly PaperRow[][]): PanelSeries[] {
  return OF.flatMap((of) =>
    SIDES.flatMap((side): PanelSeries[] => {
      const points = places.flatMap((rows, at) => {
        const row = rows.find(({ target }) => target === side)
        if (of === 'paper')
          return row && row.published !== null ? [{ at, value: row.published, interval: null, n: 1 }] : []
        const cell = row?.cells[of]
        return cell ? [{ at, value: cell.value, interval: cell.interval, n: cell.n }] : []
      })
      return points.length > 0 ? [{ side, of, points }] : []
    }),
  )
}

/** The mean over networks, or the one network there is. */
function leading(rows: readonly PaperRow[]): string | null {
  const own = rows.filter(isOurs)
  return (own.find(isMean) ?? own[0])?.network ?? null
}

/** By data set, in the paper's order; a single set is no figure. */
function setPanel(rows: readonly PaperRow[], network: string, measure: string): PaperPanel[] {
  const own = rows.filter((row) => row.network === network && row.measure === measure)
  const sets = PAPER_SETS.filter((set) => own.some(({ dataset }) => paperSet(dataset) === set))
  if (sets.length < 2 || !own.some(isOurs)) return []
  const { name, unit } = measureWords(measure)
  const series = seriesOf(sets.map((set) => own.filter(({ dataset }) => paperSet(dataset) === set)))
  return [
    { title: `${name}, ${network}`, unit, names: sets.map((set) => SET_NAMES[set]), axis: '', joined: true, series },
  ]
}

function networkPanel(rows: readonly PaperRow[], measure: string): PaperPanel[] {
  const own = rows.filter((row) => row.measure === measure)
  if (!own.some(isOurs)) return []
  const groups = [...groupBy(own, ({ network }) => network)]
  const { name, unit } = measureWords(measure)
  return [
    {
      title: name,
      unit,
      names: groups.map(([network]) => networkName(network)),
      axis: '',
      joined: false,
      series: seriesOf(groups.map(([, its]) => its)),
    },
  ]
}

function measurePanel(
  rows: readonly PaperRow[],
  title: string,
  unit: PaperPanel['unit'],
  named: Record<string, string>,
): PaperPanel[] {
  const network = leading(rows.filter(({ measure }) => measure in named))
  const own = rows.filter((row) => row.network === network && row.measure in named)
  const measures = Object.keys(named).filter((measure) => own.some((row) => row.measure === measure))
  if (measures.length === 0 || network === null) return []
  const series = seriesOf(measures.map((measure) => own.filter((row) => row.measure === measure)))
  return [
    {
      title: `${title}, ${network}`,
      unit,
      names: measures.map((measure) => named[measure] ?? measure),
      axis: '',
      joined: false,
      series,
    },
  ]
}

const known = ({ values }: PaperCurve) => values.filter((value) => value !== null).length

function stepPanels(curves: readonly PaperCurve[]): PaperPanel[] {
  const ours = curves.filter(({ of }) => of !== 'paper')
  return [...groupBy(ours, ({ network }) => network)].flatMap(([network, its]) => {
    const paper = curves.filter((each) => each.of === 'paper' && each.network === nearestPublished(network))
    return (['crossEntropyToLabels', 'accuracy'] as const).flatMap((measure): PaperPanel[] => {
      const own = its.filter((each) => each.measure === measure)
      // Accuracy known only before and after would be a line through nothing.
      if (Math.max(0, ...own.map(known)) < 3) return []
      const series = [...own, ...paper.filter((each) => each.measure === measure)].map((curve): PanelSeries => ({
        side: curve.target === 'hard' ? 'hard' : 'soft',
        of: curve.of,
        points: curve.values.flatMap((value, at) =>
          value === null ? [] : [{ at, value, interval: null, n: curve.n }],
        ),
      }))
      return [
        {
          title: `${measure === 'accuracy' ? 'Accuracy' : 'Loss'}, ${network}`,
          unit: measureWords(measure).unit,
          names: null,
          axis: 'iteration of PGD',
          joined: true,
          series,
        },
      ]
    })
  })
}

export function panelsOf({ id, rows, curves = [] }: Pick<PaperFigure, 'id' | 'rows' | 'curves'>): PaperPanel[] {
  switch (id) {
    case 'figure-2': {
      const network = leading(rows.filter(({ measure }) => !measure.startsWith('secondBest')))
      const second = rows.some((row) => row.measure === 'secondBestAccuracyReleased' && row.published !== null)
        ? 'secondBestAccuracyReleased'
        : 'secondBestAccuracy'
      return [
        ...(network === null
          ? []
          : [...setPanel(rows, network, 'accuracy'), ...setPanel(rows, network, 'crossEntropyToLabels')]),
        ...networkPanel(rows, second),
      ]
    }
    case 'figure-3':
      return [
        ...measurePanel(rows, 'A: mean confidence', 'share', {
          confidenceWhenRight: 'when\nright',
          confidenceWhenWrong: 'when\nwrong',
        }),
        ...measurePanel(rows, 'B: agreement with people', 'plain', {
          overlapWithPeople: 'overlap',
          distributionPearson: 'correlation,\nclasses',
          entropyPearson: 'entropies,\nPearson',
          entropySpearman: 'entropies,\nSpearman',
        }),
      ]
    case 'figure-4':
      return stepPanels(curves)
    default:
      return []
  }
}
