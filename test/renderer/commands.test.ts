/**
 * What a text in the palette finds: words in any order, slips forgiven, recent ones first. How fast: search.bench.ts.
 */
import { describe, expect, it } from 'vitest'
import { prepare, recentFirst, search } from '../../src/renderer/commands/search'
import { command, manyRuns } from './manyCommands'

const few = prepare([
  command('train', 'Train', 'Place'),
  command('figures', 'Figures', 'Place'),
  command('reproduce', 'Reproduce the figures', 'Action', 'paper'),
  command('run 12', 'Run 12: resnet_basic_8, soft, fold 3 of 10, seed 0', 'Run'),
  command('run 2', 'Run 2: resnet_basic_8, hard, fold 3 of 10, seed 0', 'Run'),
  command('measures', 'What the measures mean'),
])
const ids = (text: string, recent: string[] = []) => search(few, text, recent).map(({ id }) => id)

describe('the search of the palette', () => {
  it('takes words in any order, and words that are not in the title', () => {
    expect(ids('figures reproduce')[0]).toBe('reproduce')
    expect(ids('paper')).toEqual(['reproduce'])
    expect(ids('soft 8 basic')).toEqual(['run 12'])
  })

  it('forgives one slip a word', () => {
    expect(ids('figrues')[0]).toBe('figures')
    expect(ids('tran')[0]).toBe('train')
    expect(ids('zebra')).toEqual([])
  })

  it('puts the name that begins with the text first, and all in their order without one', () => {
    expect(ids('fig')[0]).toBe('figures')
    expect(ids('run 12')[0]).toBe('run 12')
    expect(ids('  ')).toEqual(['train', 'figures', 'reproduce', 'run 12', 'run 2', 'measures'])
  })

  it('puts recent ones first where they match', () => {
    expect(ids('figures', ['reproduce', 'train'])).toEqual(['reproduce', 'figures'])
    expect(recentFirst(few.commands, ['measures', 'gone']).map(({ id }) => id)[0]).toBe('measures')
  })

  it('finds among 10,000 each that has all the words, and none that lacks one', () => {
    const many = manyRuns()
    const found = new Set(search(many, 'soft resnet_basic_49', []).map(({ title }) => title))
    const titles = many.commands.map(({ title }) => title)
    const wanted = titles.filter((title) => title.includes('resnet_basic_49,') && title.includes('soft'))
    expect(wanted).toHaveLength(100)
    expect(wanted.filter((title) => !found.has(title))).toEqual([])
    expect([...found].filter((title) => !title.includes('soft'))).toEqual([])
  })
})
