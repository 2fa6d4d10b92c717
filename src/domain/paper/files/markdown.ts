/** A figure as Markdown: its tables as a reader sees them, what is shown, and where the paper's numbers stand. */
import type { PaperRow, PaperTable } from '..'
import { escapeMarkdown as text } from '../../text/markdown'
import { fixed } from '../../text/numbers'
import { cellText, leavesOf, READING, sourcesOf, type Leaf } from '../cells'
import { bareSentence, imageCredit, type FigureContext, type LaidOut } from './context'

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const head = ({ column, of }: Leaf) => text([column.words, of].filter((part) => part !== '').join(', '))

function tableLines({ title, first, lines, ...table }: PaperTable, rows: readonly PaperRow[]): string[] {
  const leaves = leavesOf({ title, first, lines, ...table })
  const cell = ({ main, under }: { main: string; under: string }, of: Leaf['of']) =>
    text(under === '' ? main : of === 'paper' ? `${main} [${under}]` : `${main} ${under}`)
  return [
    ...(title === '' ? [] : [`### ${text(title)}`, '']),
    line([text(first), ...leaves.map(head)]),
    line(['---', ...leaves.map(() => '---:')]),
    ...lines.map(({ label, cells }) =>
      line([text(label), ...leaves.map(({ at, of }) => cell(cellText(rows[cells[at] ?? -1], of), of))]),
    ),
    '',
  ]
}

export function figureMarkdown(figure: LaidOut, context: FigureContext): string {
  const { title, about, rows, tables, images = [], notes, missing, bare } = figure
  if (bare) return [`## ${text(title)}`, '', text(bareSentence(figure)), ''].join('\n')
  const sources = sourcesOf(rows)
  const lists = images
    .filter((list) => list.images.length > 0)
    .flatMap((list) => [
      `### ${text(list.title)}`,
      '',
      line(['Image', 'First choice', 'Divergence, nats', ...context.classes.map(text)]),
      line(['---:', '---', '---:', ...context.classes.map(() => '---:')]),
      ...list.images.map(({ image, top, divergence, people, networks }) =>
        line([
          String(image),
          text(context.classes[top] ?? String(top)),
          fixed(divergence, 3),
          ...people.map((share, c) => `${fixed(share, 3)} / ${fixed(networks[c] ?? 0, 3)}`),
        ]),
      ),
      '',
    ])
  return [
    `## ${text(title)}`,
    '',
    text(about),
    '',
    ...tables.flatMap((table) => tableLines(table, rows)),
    ...lists,
    ...(lists.length > 0 ? ['In each class: share of people / networks.', '', text(imageCredit(context)), ''] : []),
    ...(tables.length > 0 ? [text(READING), ''] : []),
    ...notes.flatMap((note) => [`- ${text(note)}`]),
    ...(notes.length > 0 ? [''] : []),
    ...(sources.length > 0 ? [text(`Paper, protocol released: ${sources.join('; ')}.`), ''] : []),
    ...(missing.length > 0 ? [text(`Not measured: ${missing.join(' ')}`), ''] : []),
    text(`${context.made}.`),
    '',
  ].join('\n')
}
