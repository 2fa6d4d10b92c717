/** What a text in the palette finds: words in any order, slips forgiven, recent ones first, and fast among thousands. */
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/renderer/commands/command'
import { prepare, recentFirst, search } from '../../src/renderer/commands/search'

const command = (id: string, title: string, kind: Command['kind'] = 'Action', words = ''): Command => ({ id, title, kind, words, act: () => undefined }) // prettier-ignore
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

  it('answers among 10,000 within a frame or two', () => {
    const many = prepare(Array.from({ length: 10_000 }, (_, at) => command(`run ${at}`, `Run ${at}: resnet_basic_${at % 50}, ${at % 2 ? 'soft' : 'hard'}, fold ${at % 10}, seed ${at % 7}`, 'Run'))) // prettier-ignore
    for (const text of ['r', 'run', 'soft resnet 49', 'seed fold hard run']) search(many, text, [])
    const before = process.cpuUsage().user
    for (const text of ['run', 'soft resnet 49', 'fold hard run 1234']) expect(search(many, text, []).length).toBeGreaterThan(0) // prettier-ignore
    // Processor time of this process for three searches; a generous bound for a busy machine.
    expect((process.cpuUsage().user - before) / 1000).toBeLessThan(600)
  })
})
