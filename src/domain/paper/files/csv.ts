/** A figure's numbers as CSV (RFC 4180), unrounded: a line a number of ours, with the paper's beside it. */
import Papa from 'papaparse'
import { neutralizeCell } from '../../text/csv'
import { PROTOCOLS } from '../../runs/config'
import type { PaperFigure, PaperRow } from '..'
import type { FigureContext } from './context'

type Cell = string | number | null

const HEAD = [
  'figure',
  'network',
  'stage',
  'target',
  'label',
  'dataset',
  'measure',
  'protocol',
  'step',
  'value',
  'interval_low',
  'interval_high',
  'n',
  'published',
  'difference',
  'source',
]
const IMAGE_HEAD = [
  'figure',
  'list',
  'place',
  'image',
  'first_choice',
  'divergence_nats',
  'class',
  'people',
  'networks',
]

const csv = (fields: string[], data: Cell[][]): string =>
  `${Papa.unparse({ fields, data: data.map((row) => row.map(neutralizeCell)) }, { newline: '\r\n' })}\r\n`

function linesOf(id: string, row: PaperRow): Cell[][] {
  const { network, stage, target, label, dataset, measure, cells, published, source } = row
  const about = [id, network, stage, target, label, dataset, measure]
  const where = (at: { dataset: string; measure: string } | undefined) =>
    at ? [id, network, stage, target, label, at.dataset, at.measure] : about
  const ours = PROTOCOLS.flatMap((protocol): Cell[][] => {
    const cell = cells[protocol]
    return cell
      ? [
          [
            ...where(cell.at),
            protocol,
            null,
            cell.value,
            cell.interval?.[0] ?? null,
            cell.interval?.[1] ?? null,
            cell.n,
            published,
            cell.difference,
            source,
          ],
        ]
      : []
  })
  return ours.length > 0 || published === null
    ? ours
    : [[...about, 'paper', null, null, null, null, null, published, null, source]]
}

export function figureCsv(figure: PaperFigure, { classes }: Pick<FigureContext, 'classes'>): string {
  const { id, rows, curves = [], images } = figure
  if (id === 'figure-1')
    return csv(
      IMAGE_HEAD,
      (images ?? []).flatMap(({ title, images: list }) =>
        list.flatMap(({ image, top, divergence, people, networks }, place) =>
          people.map((share, c): Cell[] => [
            id,
            title,
            place + 1,
            image,
            classes[top] ?? top,
            divergence,
            classes[c] ?? c,
            share,
            networks[c] ?? null,
          ]),
        ),
      ),
    )
  // A curve of the paper's own stands under the stage it was made at.
  const steps = curves.flatMap(({ network, target, of, measure, values, n }) =>
    values.flatMap((value, step): Cell[][] =>
      value === null
        ? []
        : [[id, network, null, target, null, null, `pgd-${measure}`, of, step, value, null, null, n, null, null, null]],
    ),
  )
  return csv(HEAD, [...rows.flatMap((row) => linesOf(id, row)), ...steps])
}
