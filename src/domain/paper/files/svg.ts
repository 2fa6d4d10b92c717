/**
 * A figure or table as one SVG document that stands alone: light ground, text as text, looks as attributes, fonts named
 * with what takes their place, images within it. What it shows is in `title` and `desc` too.
 */
import type { PaperRow, PaperTable } from '..'
import { FRAME } from '../../charts/chart'
import { el, Markup, type Child } from '../../charts/markup'
import { cellText, leavesOf, READING, sourcesOf } from '../cells'
import { bareSentence, imageCredit, type FigureContext, type LaidOut } from './context'
import { drawPanel, legendOf, panelInWords } from '../../charts/draw'
import { imageHeight, imageInWords, imageParts } from '../../charts/imagePictures'
import { FONT, GROUND, inked } from '../../charts/ink'

const MARGIN = 24
const WIDTH = 1056
const INNER = WIDTH - 2 * MARGIN
const SIZE = 12
/** A letter of Inter is about so wide for its size, a wide one more: columns are laid out with room to spare. */
const LETTER = 0.58

const textWidth = (text: string, size = SIZE) => text.length * size * LETTER
const at = (x: number, y: number, ...children: Child[]) => el('g', { transform: `translate(${x} ${y})` }, ...children)
const text = (name: string, x: number, y: number, words: string, anchor?: 'end' | 'middle') =>
  el('text', { class: name, x, y, 'text-anchor': anchor }, words)

/** Something drawn, and how much room it takes. */
interface Block {
  height: number
  width?: number
  drawn: Child
}

function wrapped(words: string, name = 'quiet', width = INNER): Block {
  const most = Math.floor(width / (SIZE * 0.52))
  const lines = words.split(' ').reduce<string[]>((all, word) => {
    const last = all.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most) all[all.length - 1] = `${last} ${word}`
    else all.push(word)
    return all
  }, [])
  return { height: lines.length * 16 + 8, drawn: lines.map((line, i) => text(name, 0, 12 + 16 * i, line)) }
}

function legend(figure: LaidOut): Block {
  let x = 0
  const drawn = legendOf(figure.panels).map(({ kind, text: words }) => {
    const here = x
    x += 36 + textWidth(words) + 20
    const side = kind.endsWith('soft') ? 'soft' : 'hard'
    const shape = kind.startsWith('paper')
      ? null
      : side === 'hard'
        ? el('rect', { class: kind === 'hard' ? 'fill-hard' : 'hollow hard', x: 10, y: 4, width: 8, height: 8 })
        : el('circle', { class: kind === 'soft' ? 'fill-soft' : 'hollow soft', cx: 14, cy: 8, r: 4 })
    return at(
      here,
      0,
      el('line', { class: `line ${kind}`, x1: 0, x2: 28, y1: 8, y2: 8 }),
      shape,
      text('tick', 36, 12, words),
    )
  })
  return { height: 28, drawn }
}

/** Panels side by side, as many as fit. */
function panels({ panels: all }: LaidOut): Block {
  // Figure 2's three stand in one row, as in the paper.
  const columns = all.length === 3 ? 3 : Math.floor(INNER / FRAME.width)
  const cell = { width: Math.max(INNER / columns, FRAME.width + 16), height: FRAME.height + 32 }
  return {
    width: columns * cell.width,
    height: Math.ceil(all.length / columns) * cell.height,
    drawn: all.map((panel, i) =>
      at(
        (i % columns) * cell.width,
        Math.floor(i / columns) * cell.height,
        text('head', 0, 13, panel.title),
        at(0, 20, placed(drawPanel(panel))),
      ),
    ),
  }
}

/** A picture inside another: what it says goes on saying it. */
const placed = ({ html }: Markup): Markup =>
  new Markup(
    html.replace(/^<svg [^>]*?aria-label="([^"]*)">/, '<g role="img" aria-label="$1">').replace(/<\/svg>$/, '</g>'),
  )

function images({ images: lists = [] }: LaidOut, { classes, picture }: FigureContext): Block[] {
  const columns = 4
  const step = INNER / columns
  const shown = lists.filter((list) => list.images.length > 0)
  const key: Block = {
    height: 28,
    drawn: (['people', 'network'] as const).map((kind, i) =>
      at(
        120 * i,
        0,
        el('rect', { class: `fill-${kind}`, x: 0, y: 5, width: 20, height: 5 }),
        text('tick', 28, 12, kind === 'people' ? 'people' : 'networks on hard labels'),
      ),
    ),
  }
  return [
    key,
    ...shown.map((list): Block => {
      const tallest = Math.max(...list.images.map(imageHeight)) + 18
      return {
        height: 26 + Math.ceil(list.images.length / columns) * tallest,
        drawn: [
          text('head', 0, 13, list.title),
          list.images.map((image, i) =>
            at(
              (i % columns) * step,
              26 + Math.floor(i / columns) * tallest,
              el(
                'g',
                { role: 'img', 'aria-label': imageInWords(image, classes) },
                ...imageParts(image, classes, picture(image.image)),
              ),
            ),
          ),
        ],
      }
    }),
  ]
}

function table(found: PaperTable, rows: readonly PaperRow[]): Block {
  const leaves = leavesOf(found)
  const cells = found.lines.map((line) => leaves.map((leaf) => cellText(rows[line.cells[leaf.at] ?? -1], leaf.of)))
  const first = Math.max(...[found.first, ...found.lines.map(({ label }) => label)].map((each) => textWidth(each))) + 16
  const widths = leaves.map(
    ({ of }, i) =>
      Math.max(
        textWidth(of),
        ...cells.map((line) => Math.max(textWidth(line[i]?.main ?? ''), textWidth(line[i]?.under ?? '', 10))),
      ) + 18,
  )
  // A column's name may be longer than what stands under it.
  found.columns.forEach(({ words }, column) => {
    const own = leaves.flatMap(({ at: place }, i) => (place === column ? [i] : []))
    const lack = textWidth(words) * 1.08 + 24 - own.reduce((sum, i) => sum + (widths[i] ?? 0), 0)
    if (lack > 0) for (const i of own) widths[i] = (widths[i] ?? 0) + lack / own.length
  })
  const ends = widths.map((_, i) => first + widths.slice(0, i + 1).reduce((a, b) => a + b, 0))
  const width = ends.at(-1) ?? first
  const top = found.title === '' ? 0 : 24
  const line = (name: string, y: number, from = 0, to = width) =>
    el('line', { class: name, x1: from, x2: to, y1: y, y2: y })
  const heads = found.columns.flatMap(({ words, side }, column) => {
    const own = leaves.flatMap(({ at: place }, i) => (place === column ? [i] : []))
    const [from, to] = [own[0], own.at(-1)].map((i, end) =>
      i === undefined ? null : (ends[i] ?? 0) - (end === 0 ? (widths[i] ?? 0) : 0),
    )
    if (from === null || from === undefined || to === null || to === undefined) return []
    return [
      text(side === null ? 'column' : `head ${side}`, (from + 10 + to) / 2, top + 16, words, 'middle'),
      line('thin', top + 23, from + 10, to),
    ]
  })
  const tall = cells.some((each) => each.some(({ under }) => under !== '')) ? 34 : 22
  const body = top + 50
  return {
    width,
    height: body + tall * found.lines.length + 24,
    drawn: [
      found.title !== '' && text('head', 0, 13, found.title),
      line('rule', top),
      heads,
      text('quiet', 0, top + 40, found.first),
      leaves.map(({ of }, i) => text('quiet', ends[i] ?? 0, top + 40, of, 'end')),
      line('thin', body - 2),
      found.lines.map(({ label }, row) => [
        text('word', 0, body + tall * row + 15, label),
        leaves.map(({ column: { side } }, i) => {
          const { main, under } = cells[row]?.[i] ?? { main: '', under: '' }
          const y = body + tall * row
          return [
            main !== '' && text(side === null ? 'number' : `number ${side}`, ends[i] ?? 0, y + 15, main, 'end'),
            under !== '' && text('under', ends[i] ?? 0, y + 28, under, 'end'),
          ]
        }),
      ]),
      line('rule', body + tall * found.lines.length),
    ],
  }
}

export function figureSvg(figure: LaidOut, context: FigureContext): string {
  const { id, title, about, rows, tables, notes, missing, bare } = figure
  const pictured = (figure.images ?? []).length > 0
  const drawn = figure.panels.length > 0 || pictured
  const sources = sourcesOf(rows)
  const blocks: Block[] = [
    { height: 32, drawn: text('title', 0, 16, title) },
    ...(bare
      ? [wrapped(bareSentence(figure))]
      : [
          wrapped(about),
          ...(figure.panels.length > 0 ? [legend(figure), panels(figure)] : []),
          ...(pictured ? images(figure, context) : []),
          // What is drawn is a picture; a table is its numbers.
          ...(drawn ? [] : [...tables.map((each) => table(each, rows)), wrapped(READING)]),
          ...(pictured ? [wrapped(imageCredit(context))] : []),
          ...notes.map((note) => wrapped(note)),
          ...(sources.length > 0 ? [wrapped(`Paper, protocol released: ${sources.join('; ')}.`)] : []),
          ...(missing.length > 0 ? [wrapped(`Not measured: ${missing.join(' ')}`)] : []),
        ]),
    wrapped(`${context.made}.`),
  ]
  const width = Math.max(WIDTH, ...blocks.map((block) => Math.ceil(block.width ?? 0) + 2 * MARGIN))
  let y = MARGIN
  const stacked = blocks.map((block) => {
    const here = at(MARGIN, y, block.drawn)
    y += block.height
    return here
  })
  const height = Math.ceil(y + MARGIN - 8)
  const words = figure.panels.length > 0 ? figure.panels.map(panelInWords).join(' ') : about
  const body = inked(
    el(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: 'img',
        'aria-labelledby': `${id}-title ${id}-desc`,
        'font-family': FONT,
        'font-size': SIZE,
      },
      el('title', { id: `${id}-title` }, title),
      el('desc', { id: `${id}-desc` }, bare ? bareSentence(figure) : words),
      el('rect', { x: 0, y: 0, width, height, fill: GROUND }),
      ...stacked,
    ),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body.html}\n`
}
