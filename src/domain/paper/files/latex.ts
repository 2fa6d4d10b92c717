/**
 * A figure as LaTeX: its picture where the PNG lies beside the file, and its tables with booktabs' rules, to be \input
 * into a document. Everything that is not markup is escaped; only characters that any LaTeX since 2018 knows are left.
 */
import type { PaperRow, PaperTable } from '..'
import { fixed } from '../../text/numbers'
import { cellText, leavesOf, READING, sourcesOf } from '../cells'
import { bareSentence, imageCredit, type FigureContext, type LaidOut } from './context'

const SIGNS: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  // After the end of a table's line they would be arguments of it.
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '\u2212': '$-$',
  '\u2013': '--',
  '\u2014': '---',
  '\u2018': '`',
  '\u2019': "'",
  '\u201c': '``',
  '\u201d': "''",
  '\u2026': '\\ldots{}',
  '\u00b1': '$\\pm$',
  '\u00d7': '$\\times$',
  '\u03b5': '$\\varepsilon$',
  '\u03b4': '$\\delta$',
  '\u221e': '$\\infty$',
  '\u2264': '$\\leq$',
  '\u2265': '$\\geq$',
  '\u2260': '$\\neq$',
  '\u00a0': '~',
  '\n': ' ',
}

const PRINTED = /[\x20-\x7e\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f]/

/**
 * Beyond ASCII and what is named above, letters of Latin scripts stay; what no font is sure to have is a question mark.
 */
export function escapeLatex(words: string): string {
  return Array.from(words, (sign) => SIGNS[sign] ?? (PRINTED.test(sign) ? sign : '?')).join('')
}

/** A small second line under a number. */
const stacked = ({ main, under }: { main: string; under: string }): string =>
  under === ''
    ? escapeLatex(main)
    : `\\begin{tabular}[t]{@{}r@{}}${escapeLatex(main)}\\\\[-2pt] {\\tiny ${escapeLatex(under)}}\\end{tabular}`

function tabular(table: PaperTable, rows: readonly PaperRow[]): string[] {
  const leaves = leavesOf(table)
  const spans = table.columns
    .map(({ words, protocols, paper }) => ({ words, width: protocols.length + (paper ? 1 : 0) }))
    .filter(({ width }) => width > 0)
  let from = 2
  const rules = spans.map(({ width }) => {
    const rule = `\\cmidrule(lr){${from}-${from + width - 1}}`
    from += width
    return rule
  })
  return [
    `\\begin{tabular}{l${'r'.repeat(leaves.length)}}`,
    '\\toprule',
    ` & ${spans.map(({ words, width }) => `\\multicolumn{${width}}{c}{${escapeLatex(words)}}`).join(' & ')} \\\\`,
    rules.join(' '),
    `${escapeLatex(table.first)} & ${leaves.map(({ of }) => escapeLatex(of)).join(' & ')} \\\\`,
    '\\midrule',
    ...table.lines.map(
      ({ label, cells }) =>
        `${escapeLatex(label)} & ${leaves.map(({ at, of }) => stacked(cellText(rows[cells[at] ?? -1], of))).join(' & ')} \\\\`,
    ),
    '\\bottomrule',
    '\\end{tabular}',
  ]
}

/** As wide as it is, or made to fit the line. */
const fitting = (body: string[]): string[] => [
  '\\resizebox{\\ifdim\\width>\\linewidth \\linewidth\\else\\width\\fi}{!}{%',
  ...body,
  '}',
]

const float = (kind: 'table' | 'figure', body: string[], caption: string, label: string): string[] => [
  `\\begin{${kind}}[htbp]`,
  '\\centering',
  '\\small',
  ...body,
  `\\caption{${caption}}`,
  `\\label{${label}}`,
  `\\end{${kind}}`,
  '',
]

function imageTable(
  list: { title: string; images: NonNullable<LaidOut['images']>[number]['images'] },
  classes: readonly string[],
): string[] {
  const most = (shares: number[]) =>
    shares
      .map((share, c) => ({ share, name: classes[c] ?? String(c) }))
      .sort((a, b) => b.share - a.share)
      .filter(({ share }) => share >= 0.005)
      .slice(0, 3)
      .map(({ share, name }) => `${name} ${fixed(share, 3)}`)
      .join(', ')
  return [
    '\\begin{tabular}{rlrll}',
    '\\toprule',
    'Image & First choice & Divergence & People & Networks \\\\',
    '\\midrule',
    ...list.images.map(
      ({ image, top, divergence, people, networks }) =>
        `${image} & ${escapeLatex(classes[top] ?? String(top))} & ${escapeLatex(fixed(divergence, 3))} & ${escapeLatex(most(people))} & ${escapeLatex(most(networks))} \\\\`,
    ),
    '\\bottomrule',
    '\\end{tabular}',
  ]
}

/** "Under FGSM (after Table 2 of the paper)": LaTeX numbers its floats itself. */
function captionOf(title: string): string {
  const [number, ...rest] = title.split(': ')
  const words = rest.join(': ')
  return words === '' ? title : `${words.charAt(0).toUpperCase()}${words.slice(1)} (after ${number} of the paper)`
}

export function figureLatex(figure: LaidOut, context: FigureContext): string {
  const { id, title: whole, about, rows, tables, images = [], notes, missing, bare } = figure
  const title = captionOf(whole)
  const comment = [
    '% ' + escapeLatex(`${whole}. ${context.made}.`),
    '% Needs \\usepackage{booktabs} and \\usepackage{graphicx}; UTF-8 and \\usepackage[T1]{fontenc}.',
    '',
  ]
  if (bare)
    return [...comment, `\\paragraph{${escapeLatex(title)}} ${escapeLatex(bareSentence(figure))}`, ''].join('\n')
  const sources = sourcesOf(rows)
  const drawn = images.length > 0 || figure.panels.length > 0
  const said = [about, ...(images.length > 0 ? [imageCredit(context)] : [])].map(escapeLatex).join(' ')
  const picture = drawn
    ? float(
        'figure',
        [`\\IfFileExists{${id}.png}{\\includegraphics[width=\\linewidth]{${id}.png}}{\\fbox{${id}.png}}`],
        `${escapeLatex(title)}. ${said}`,
        `fig:${id}`,
      )
    : []
  const captions = (name: string, i: number) =>
    escapeLatex([title, name].filter((part) => part !== '').join('. ')) +
    (i === 0 ? `. ${escapeLatex(drawn ? READING : `${about} ${READING}`)}` : '.')
  const tablesOf = tables.flatMap((table, i) =>
    float('table', fitting(tabular(table, rows)), captions(table.title, i), `tab:${id}-${i + 1}`),
  )
  const lists = images
    .filter((list) => list.images.length > 0)
    .flatMap((list, i) =>
      float(
        'table',
        fitting(imageTable(list, context.classes)),
        `${escapeLatex(title)}. ${escapeLatex(list.title)}.`,
        `tab:${id}-${i + 1}`,
      ),
    )
  const paragraphs = [
    ...notes,
    ...(sources.length > 0 ? [`Paper, protocol released: ${sources.join('; ')}.`] : []),
    ...(missing.length > 0 ? [`Not measured: ${missing.join(' ')}`] : []),
  ]
  const closing = paragraphs.length > 0 ? ['{\\footnotesize', paragraphs.map(escapeLatex).join('\n\n'), '\n}', ''] : []
  return [...comment, ...picture, ...tablesOf, ...lists, ...closing].join('\n')
}
