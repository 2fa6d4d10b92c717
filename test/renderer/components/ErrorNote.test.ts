/** An error beside its cause: announced, with where and what to do, and copied whole. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ErrorData } from '../../../src/domain/errors'
import ErrorNote from '../../../src/renderer/components/ErrorNote.vue'
import { maybe, press, settled, show, textOf, the } from '../../support/mounted/page'

const error: ErrorData = {
  kind: 'bad-file',
  message: 'A row is too short.',
  file: 'labels.csv',
  place: 'row 17',
  hint: 'Export it again.',
  details: 'Error: at line 3',
}

describe('ErrorNote', () => {
  const copied = vi.fn<(text: string) => Promise<void>>()
  beforeEach(() => {
    copied.mockReset().mockResolvedValue()
    vi.stubGlobal('navigator', { clipboard: { writeText: copied } })
  })
  afterEach(() => void vi.unstubAllGlobals())

  it('announces what happened, to what, and what to do next', () => {
    show(ErrorNote, { error })
    const note = the('alert')
    expect([...note.querySelectorAll('p')].map(textOf)).toEqual([
      'A row is too short.',
      'labels.csv, row 17',
      'Export it again.',
    ])
  })

  it('leaves out what is not known', () => {
    show(ErrorNote, { error: { kind: 'internal', message: 'Lost.' } })
    expect([...the('alert').querySelectorAll('p')].map(textOf)).toEqual(['Lost.'])
    expect(document.querySelector('details')).toBe(null)
  })

  it('folds details away, where keys can scroll them', () => {
    show(ErrorNote, { error })
    expect(document.querySelector('details')?.open).toBe(false)
    expect(document.querySelector('pre')?.tabIndex).toBe(0)
  })

  it('copies everything, and says for a moment that it did', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    show(ErrorNote, { error })
    await press('Copy the error')
    expect(maybe('button', 'Copied')).toBeDefined()
    expect(copied.mock.calls).toEqual([
      ['bad-file: A row is too short.\nlabels.csv, row 17\nExport it again.\nError: at line 3'],
    ])
    vi.runAllTimers()
    vi.useRealTimers()
    await settled()
    expect(maybe('button', 'Copied')).toBeUndefined()
  })

  it('copies by selection where the page may not write the clipboard', async () => {
    copied.mockRejectedValue(new Error('not allowed'))
    const chosen: string[] = []
    Object.defineProperty(document, 'execCommand', {
      configurable: true,
      value: () => chosen.push(document.querySelector('textarea')?.value ?? '') > 0,
    })
    show(ErrorNote, { error })
    await press('Copy the error')
    expect(chosen[0]).toContain('bad-file: A row is too short.')
    expect(maybe('button', 'Copied')).toBeDefined()
    expect(document.querySelector('textarea')).toBe(null)
  })
})
