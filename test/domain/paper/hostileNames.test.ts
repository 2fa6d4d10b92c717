/** Figures as files say names of classes, networks and sets as they are, and never as markup. */
import MarkdownIt from 'markdown-it'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figureText, laidOut, type FigureContext } from '../../../src/domain/paper/files'
import { buildReport } from '../../../src/domain/report/report'
import { escapeMarkdown } from '../../../src/domain/text/markdown'
import type { PaperFigure } from '../../../src/domain/paper'
import { toMarkdown } from '../../../src/renderer/lib/save'
import { paperInput } from './paperInput'

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[click](javascript:alert(1))',
  '![x](http://evil.example/x.png)',
  '`code` **bold** _it_ ~~gone~~',
  'a | b',
  'first\n# heading\r\r- item',
  '&lt;b&gt; &copy; &#60;',
  '\\| <b>',
  '- item',
  '1. item',
  '---',
  'http://evil.example www.evil.example',
  '<!-- comment',
]
/** The strictest a reader can be: HTML is passed on, addresses become links. */
const reader = new MarkdownIt({ html: true, linkify: true })
const inText = (html: string) =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')

describe('words as Markdown', () => {
  it.each(HOSTILE)('%j is only itself', (words) => {
    const html = reader.render(`| a |\n| --- |\n| ${escapeMarkdown(words)} |\n`)
    expect(html.match(/<(?!\/?(?:table|thead|tbody|tr|th|td)>)[^>]*>/g)).toBeNull()
    const [, cell = ''] = /<td>(.*)<\/td>/.exec(html) ?? []
    expect(inText(cell)).toBe(words.replace(/\s+/g, ' '))
    expect(reader.render(`${escapeMarkdown(words)}\n`)).toMatch(/^<p>[^<]*<\/p>\n$/)
  })

  it('any words make one paragraph and one cell', () => {
    const unit = fc.constantFrom(...Array.from('<>&|`*_[]()!#-+=~\\:/$.1 aw"\'\n\r\t'))
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1 }), (words) => {
        const text = escapeMarkdown(words)
        if (text === '') return
        expect(reader.render(`${text}\n`)).toMatch(/^<p>[^<]*<\/p>\n$/)
        expect(reader.render(`- ${text}\n`)).toMatch(/^<ul>\n<li>[^<]*<\/li>\n<\/ul>\n$/)
        expect(reader.render(toMarkdown(['a', 'b'], [[words, 1]])).match(/<td>/g)).toHaveLength(2)
      }),
      { numRuns: 1_000 },
    )
  })

  it('numbers stay as they are read', () => {
    for (const number of ['-0.5', '0.123', '12', '1e-7', '−0.2 (0.1)']) expect(escapeMarkdown(number)).toBe(number)
  })
})

describe('figures of hostile names', () => {
  const figures = (buildReport(paperInput()).paper ?? []).map((figure): PaperFigure => {
    const rows = figure.rows.map((row, i) => ({ ...row, network: `${row.network} ${HOSTILE[i % HOSTILE.length]}` }))
    return { ...figure, rows, title: `Table <b>x</b>: ${HOSTILE[0]}`, notes: [...HOSTILE] }
  })
  const context: FigureContext = {
    classes: Array.from({ length: 10 }, (_, c) => HOSTILE[c] ?? `c${c}`),
    picture: () => null,
    images: { name: '<i>set</i>', licence: '<b>free</b>', citation: 'see [x](javascript:1)' },
    made: 'Second Guess <u>',
  }

  it.each(figures.map((figure) => [figure.id, figure] as const))('%s is inert', (_, figure) => {
    const html = reader.render(figureText(laidOut(figure), 'md', context))
    const tags = new Set(
      (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/ style="text-align:(?:left|right)"/, '')),
    )
    for (const tag of tags) expect(tag).toMatch(/^<\/?(?:h2|h3|p|ul|li|table|thead|tbody|tr|th|td)>$/)
    const svg = figureText(laidOut(figure), 'svg', context)
    expect(svg).not.toMatch(/<(?:script|img|b|i|u|a)\b/)
    const tex = figureText(laidOut(figure), 'tex', context)
    // TeX's own comparison of widths has the one sign that is not escaped.
    expect(tex.replaceAll('\\ifdim\\width>\\linewidth', '')).not.toMatch(/(?<!\\)[<>]|\\input|\\write/)
    expect(figureText(laidOut(figure), 'csv', context)).not.toMatch(/(?:^|,)"?[=@]/m)
  })
})
