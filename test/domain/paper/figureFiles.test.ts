/**
 * Figures as files: every number is the report's, in every format; LaTeX and SVG are well formed whatever names bring.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { figureText, laidOut, TEXT_FORMATS, type FigureContext } from '../../../src/domain/paper/files'
import { cellText, leavesOf } from '../../../src/domain/paper/cells'
import { escapeLatex } from '../../../src/domain/paper/files/latex'
import { dataUri, encodePng } from '../../../src/domain/charts/png'
import { panelInWords } from '../../../src/domain/charts/draw'
import { buildReport } from '../../../src/domain/report/report'
import { meanOrNull } from '../../../src/domain/averages'
import { CIFAR10_CLASSES } from '../../../src/domain/labels/sets'
import type { PaperFigure } from '../../../src/domain/paper'
import { quickRuns } from '../results/fixture'
import { paperInput, predictionsOf } from './paperInput'

const input = paperInput()
const report = buildReport(input)
const figures = (report.paper ?? []).map(laidOut)
const context: FigureContext = {
  classes: CIFAR10_CLASSES,
  picture: (image) => dataUri(encodePng(new Uint8Array(32 * 32 * 3).fill(image % 256), 32, 32, 3)),
  images: { name: 'cifar10-test', licence: null, citation: 'Krizhevsky 2009.' },
  made: 'Second Guess 0.1.0, 100 finished runs',
}
const text = (id: string, format: (typeof TEXT_FORMATS)[number], from = figures) => {
  const found = from.find((each) => each.id === id)
  if (!found) throw new Error(`no ${id}`)
  return figureText(found, format, context)
}
const tables = figures.filter(({ id }) => id !== 'figure-1')

// For looking at: SECOND_GUESS_LOOK names a folder to write the files to.
const look = process.env['SECOND_GUESS_LOOK']
if (look) {
  mkdirSync(look, { recursive: true })
  for (const each of figures)
    for (const format of TEXT_FORMATS)
      writeFileSync(path.join(look, `${each.id}.${format}`), figureText(each, format, context))
}

/** Tags in the order they open and close, attributes quoted; throws where it is not XML. */
function checkXml(xml: string) {
  const open: string[] = []
  const rest = xml
    .replace(/^<\?xml [^>]*\?>\n/, '')
    .replace(
      /<(\/?)([a-z]+)((?: [a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>/g,
      (_, closing, name: string, _attributes, selfClosing) => {
        if (closing) expect(open.pop()).toBe(name)
        else if (!selfClosing) open.push(name)
        return ''
      },
    )
  expect(open).toEqual([])
  expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/)
}

const unescaped = (xml: string) =>
  xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
const texts = (svg: string) =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words]) => unescaped(words ?? ''))

describe('every number of a file is the report’s', () => {
  it('CSV has each cell with all its digits, and each step of each curve', () => {
    for (const { id, rows, curves = [] } of tables) {
      const lines = Papa.parse<Record<string, string>>(text(id, 'csv'), { header: true, skipEmptyLines: true }).data
      const cells = rows.flatMap((row) =>
        (['described', 'released'] as const).flatMap((protocol) => {
          const cell = row.cells[protocol]
          return cell ? [{ row, protocol, cell }] : []
        }),
      )
      const ours = lines.filter(({ step, protocol }) => step === '' && protocol !== 'paper')
      expect(ours).toHaveLength(cells.length)
      cells.forEach(({ row, protocol, cell }, i) => {
        const line = ours[i]
        const { measure, dataset } = cell.at ?? row
        expect(line).toMatchObject({ figure: id, network: row.network, measure, dataset, protocol })
        expect(Number(line?.['value'])).toBe(cell.value)
        expect(line?.['interval_low']).toBe(cell.interval === null ? '' : String(cell.interval[0]))
        expect(line?.['interval_high']).toBe(cell.interval === null ? '' : String(cell.interval[1]))
        expect(line?.['n']).toBe(String(cell.n))
        expect(line?.['published']).toBe(row.published === null ? '' : String(row.published))
        expect(line?.['difference']).toBe(cell.difference === null ? '' : String(cell.difference))
      })
      const steps = curves.flatMap(({ values }) => values.filter((value) => value !== null))
      expect(lines.filter(({ step }) => step !== '').map(({ value }) => Number(value))).toEqual(steps)
    }
  })

  it('and a cell of one network is the mean of its rows in report.json', () => {
    const row = figures
      .find(({ id }) => id === 'figure-3')
      ?.rows.find((each) => each.target === 'soft' && each.measure === 'confidenceWhenWrong')
    const own = report.rows.filter(
      (each) =>
        each.network === row?.network &&
        each.target === 'soft' &&
        each.measure === 'confidenceWhenWrong' &&
        each.protocol === 'described' &&
        each.stage === 'from-scratch',
    )
    expect(own.length).toBe(3)
    expect(row?.cells.described?.value).toBeCloseTo(meanOrNull(own.map(({ value }) => value)) ?? NaN, 12)
  })

  it('an attacked cell says which attack it is of, on which images', () => {
    const attacked = figures.find(({ id }) => id === 'table-2')?.rows ?? []
    const own = attacked.flatMap((row) =>
      (['described', 'released'] as const).flatMap((protocol) =>
        row.cells[protocol]
          ? [
              {
                row,
                protocol,
                cell: row.cells[protocol],
                ...(row.cells[protocol].at ?? { dataset: row.dataset, measure: row.measure }),
              },
            ]
          : [],
      ),
    )
    expect(new Set(own.map(({ measure }) => measure)).size).toBeGreaterThan(2)
    for (const { row, protocol, cell, dataset, measure } of own.filter(({ row }) => !row.network.startsWith('mean'))) {
      const values = report.rows.filter(
        (each) =>
          each.network === row.network &&
          each.target === row.target &&
          each.stage === row.stage &&
          each.protocol === protocol &&
          each.dataset === dataset &&
          each.measure === measure,
      )
      expect(values.length, `${protocol} ${dataset} ${measure}`).toBeGreaterThanOrEqual(cell.n)
    }
  })

  it('Figure 1’s CSV has every share of every image', () => {
    const lines = Papa.parse<Record<string, string>>(text('figure-1', 'csv'), {
      header: true,
      skipEmptyLines: true,
    }).data
    const shares = figures[0]?.images?.flatMap(({ images }) =>
      images.flatMap(({ people, networks }) => people.map((share, c) => [share, networks[c]])),
    )
    expect(lines.map(({ people, networks }) => [Number(people), Number(networks)])).toEqual(shares)
  })

  it.each(['md', 'tex', 'svg'] as const)('%s says each table as it is read', (format) => {
    for (const figure of tables) {
      const written = text(figure.id, format)
      const said = format === 'svg' ? texts(written) : [written]
      for (const table of format === 'svg' && figure.panels.length > 0 ? [] : figure.tables)
        for (const { label, cells } of table.lines) {
          const numbers = leavesOf(table)
            .flatMap(({ at, of }) => {
              const { main, under } = cellText(figure.rows[cells[at] ?? -1], of)
              return [main, under]
            })
            .filter((each) => each !== '')
          expect(numbers.length).toBeGreaterThan(0)
          if (format === 'svg') for (const number of [label, ...numbers]) expect(said).toContain(number)
          else {
            const as = (words: string) =>
              format === 'tex'
                ? escapeLatex(words)
                : words.replace(/[\\`*[\]<>#|~]|(?<![a-z0-9])_|_(?![a-z0-9])/gi, (sign) => `\\${sign}`)
            const line = written
              .split('\n')
              .filter((each) => each.startsWith(format === 'tex' ? `${as(label)} & ` : `| ${as(label)} |`))
            expect(line.some((each) => numbers.every((number) => each.includes(as(number))))).toBe(true)
          }
        }
    }
  })

  it('SVG panels say every point of theirs', () => {
    for (const id of ['figure-2', 'figure-3', 'figure-4']) {
      const svg = unescaped(text(id, 'svg'))
      const figure = figures.find((each) => each.id === id)
      expect(figure?.panels.length).toBeGreaterThan(1)
      for (const panel of figure?.panels ?? []) expect(svg).toContain(`aria-label="${panelInWords(panel)}"`)
    }
  })

  it('panels hold the cells of their rows', () => {
    const figure = figures.find(({ id }) => id === 'figure-2')
    const panel = figure?.panels.find(({ title }) => title === 'Accuracy, mean over 2 networks')
    expect(panel?.names?.[0]).toBe('CIFAR-10\nmixed')
    const ours = panel?.series.find(({ side, of }) => side === 'soft' && of === 'described')
    const row = figure?.rows.find(
      (each) =>
        each.network === 'mean over 2 networks' &&
        each.target === 'soft' &&
        each.measure === 'accuracy' &&
        each.dataset === 'cifar10.1-v4',
    )
    expect(ours?.points.find(({ at }) => panel?.names?.[at] === 'CIFAR-10.1\nv4')?.value).toBe(
      row?.cells.described?.value,
    )
    expect(panel?.series.map(({ of }) => of)).toEqual([
      'described',
      'described',
      'released',
      'released',
      'paper',
      'paper',
    ])
  })
})

describe('SVG', () => {
  it.each(figures.map(({ id }) => id))('of %s is XML that stands alone, its text text', (id) => {
    const svg = text(id, 'svg')
    checkXml(svg)
    expect(svg).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox=/,
    )
    expect(svg).not.toMatch(/ class=|<style|<script|var\(|NaN|undefined|href="(?!data:image\/png)/)
    expect(svg).toContain('font-family="Inter, ')
    expect(texts(svg)).toContain(figures.find((each) => each.id === id)?.title)
  })

  it('holds Figure 1’s images, and whose they are', () => {
    const svg = text('figure-1', 'svg')
    expect(svg.match(/<image /g)).toHaveLength(48)
    expect(texts(svg).join(' ')).toContain('Images: cifar10-test. Krizhevsky 2009. Licence: none stated.')
  })
})

describe('LaTeX', () => {
  /** What a compiler would stumble over: braces, environments, cells of a line, signs that mean something. */
  function checkLatex(tex: string) {
    // Lines that are comments, and the sign that keeps a line's end from being a space.
    const body = tex
      .split('\n')
      .filter((line) => !line.startsWith('%'))
      .join('\n')
      .replace(/\{%$/gm, '{')
    const plain = body.replace(/\\[\\{}$&#_%]/g, '')
    let depth = 0
    for (const sign of plain) {
      depth += sign === '{' ? 1 : sign === '}' ? -1 : 0
      expect(depth).toBeGreaterThanOrEqual(0)
    }
    expect(depth).toBe(0)
    const open: string[] = []
    for (const [, what, name] of body.matchAll(/\\(begin|end)\{(\w+)\}/g))
      if (what === 'begin') open.push(name ?? '')
      else expect(open.pop()).toBe(name)
    expect(open).toEqual([])
    expect((plain.match(/\$/g) ?? []).length % 2).toBe(0)
    expect(plain).not.toMatch(/[#%^]/)
    expect(plain.replace(/\$[^$]*\$/g, '').replace(/\\(?:label|includegraphics|IfFileExists)\S*/g, '')).not.toContain(
      '_',
    )
    // Each table's lines have as many cells as its columns.
    for (const [, columns = '', lines = ''] of body.matchAll(
      /^\\begin\{tabular\}\{([lr]+)\}\n\\toprule\n([\s\S]*?)\n\\bottomrule/gm,
    )) {
      const cells = lines.split('\n').filter((line) => line.endsWith(' \\\\'))
      expect(cells.length).toBeGreaterThan(1)
      for (const line of cells) {
        const spanned = [...line.matchAll(/\\multicolumn\{(\d+)\}/g)].reduce((sum, [, n]) => sum + Number(n) - 1, 0)
        expect(line.replaceAll('\\&', '').split('&').length + spanned).toBe(columns.length)
      }
    }
    // A line that begins with a bracket or an asterisk would be an argument of the one before.
    expect(body).not.toMatch(/\\\\\s*\n[[*]/)
    // eslint-disable-next-line no-control-regex -- what is not ASCII, but for letters of Latin scripts
    expect(body).not.toMatch(/[^\x00-\x7f\u00c0-\u017f]/)
  }

  it.each(figures.map(({ id }) => id))('of %s is well formed', (id) => {
    const tex = text(id, 'tex')
    checkLatex(tex)
    if (id !== 'figure-1')
      for (const rule of ['\\toprule', '\\midrule', '\\bottomrule', '\\cmidrule(lr)']) expect(tex).toContain(rule)
    expect(tex).not.toContain('\\hline')
  })

  it('escapes what names bring', () => {
    expect(escapeLatex('50% of $x_1 & {y}\\z #3 ~^<a|b>"')).toBe(
      '50\\% of \\$x\\_1 \\& \\{y\\}\\textbackslash{}z \\#3 \\textasciitilde{}\\textasciicircum{}\\textless{}a\\textbar{}b\\textgreater{}\\textquotedbl{}',
    )
    expect(escapeLatex('−0.1 ± ε’ – “x” Łódź 猫')).toBe("$-$0.1 $\\pm$ $\\varepsilon$' -- ``x'' Łódź ?")
    expect(escapeLatex('[1] *')).toBe('{[}1{]} {*}')
    const evil = '\\input{|x} [a] 100% _&#^~$ <b>猫</b>'
    const named = figures.map((figure) =>
      laidOut({
        ...figure,
        rows: figure.rows.map((row) => ({ ...row, network: evil, label: evil, source: `${evil}, ${evil}` })),
        notes: [evil],
        missing: [evil],
      }),
    )
    for (const { id } of named) {
      checkLatex(text(id, 'tex', named))
      checkXml(text(id, 'svg', named))
    }
  })
})

describe('of a plain experiment, and of none', () => {
  it('each figure is written, those not measured with what they need', () => {
    const runs = quickRuns()
    const plain = (
      buildReport({ ...input, runs, predictions: runs.map(predictionsOf), setPredictions: [] }).paper ?? []
    ).map(laidOut)
    expect(plain.filter(({ bare }) => bare).map(({ id }) => id)).toEqual(['table-1'])
    for (const { id } of plain)
      for (const format of TEXT_FORMATS) expect(text(id, format, plain).length).toBeGreaterThan(50)
    for (const format of ['md', 'tex', 'svg'] as const)
      expect(text('table-1', format, plain).replaceAll(/<[^>]*>/g, '')).toContain('Not measured by these runs')
    checkXml(text('figure-4', 'svg', plain))
  })

  it('a figure of nothing is no picture of nothing', () => {
    const nothing: PaperFigure = {
      id: 'figure-1',
      title: 'Figure 1',
      about: '',
      rows: [],
      images: [],
      notes: [],
      missing: ['Runs.'],
    }
    checkXml(figureText(laidOut(nothing), 'svg', context))
  })
})
