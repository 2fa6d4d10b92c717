/** Clearing unopened sessions: which, how many, and what came of it. */
import { ref } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import type { ParticipantInfo } from '../../../../src/domain/study'
import ClearDialog from '../../../../src/renderer/views/crowd/ClearDialog.vue'
import { aParticipant, aStudy } from '../../../support/mounted/examples'
import {
  button,
  check,
  checkbox,
  input,
  maybe,
  showOpened,
  submit,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

const BY_LINK = { service: 'link', participant: '', study: '', session: '' } as const
const unopened = (number: number, change: Partial<ParticipantInfo> = {}) =>
  aParticipant({ number, state: 'invited', ...change })

async function open(participants: ParticipantInfo[]) {
  const refresh = vi.fn()
  const wrapper = await showOpened(ClearDialog, {
    study: aStudy(),
    data: { participants: ref(participants), refresh },
  })
  return { wrapper, refresh }
}
const clearButton = () => button(/^Clear/)

describe('ClearDialog', () => {
  it('counts sessions by their origin, and those that began in neither', async () => {
    const { refresh } = await open([
      unopened(1, { external: BY_LINK }),
      unopened(2, { external: BY_LINK }),
      unopened(3),
      aParticipant({ number: 4, state: 'running' }),
      unopened(5, { kind: 'simulated' }),
      unopened(6, { verdict: 'exclude' }),
    ])
    expect(checkbox(/^2 sessions made by the recruitment link/).checked).toBe(true)
    expect(checkbox(/^1 session made by invitation/).checked).toBe(false)
    expect(textOf(clearButton())).toBe('Clear 2 sessions')
    // The counts may be old: they are fetched anew when it opens.
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  it('sends what is chosen with its reason, and says what went and what stayed', async () => {
    answer('studies.clearUnopened', () => ({ recruited: 1, invited: 1, recent: 1 }))
    const { refresh } = await open([unopened(1, { external: BY_LINK }), unopened(2)])
    await check(checkbox(/by invitation/))
    expect(textOf(clearButton())).toBe('Clear 2 sessions')
    await type(input('Reason'), ' moved away ')
    await submit()
    expect(asked('studies.clearUnopened')).toEqual([{ study: 7, recruited: true, invited: true, reason: 'moved away' }])
    expect(textOf(the('status'))).toMatch(/^2 sessions removed\. 1 session made within the last minute stayed/)
    expect(refresh).toHaveBeenCalledTimes(2)
  })

  it('offers nothing where nothing is unopened', async () => {
    await open([aParticipant()])
    expect(checkbox(/recruitment link/).disabled).toBe(true)
    expect(checkbox(/by invitation/).disabled).toBe(true)
    expect(textOf(clearButton())).toBe('Clear')
    expect(clearButton().disabled).toBe(true)
  })

  it('is disabled with nothing chosen', async () => {
    await open([unopened(1, { external: BY_LINK })])
    await check(checkbox(/recruitment link/))
    expect(clearButton().disabled).toBe(true)
  })

  it('shows why not, and stays', async () => {
    answer('studies.clearUnopened', () => {
      throw new StudioError('conflict', 'The study is closed.')
    })
    await open([unopened(1, { external: BY_LINK })])
    await submit()
    expect(textOf(the('alert'))).toContain('The study is closed.')
    expect(maybe('status')).toBeUndefined()
    expect(clearButton().disabled).toBe(false)
  })
})
