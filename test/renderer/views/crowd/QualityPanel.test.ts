/** Watching and deciding: what the charts and the table are given, and the way from a row to a decision or an erasure. */
import { nextTick, ref } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import CheckScoreChart from '../../../../src/renderer/charts/CheckScoreChart.vue'
import ReactionAgreementChart from '../../../../src/renderer/charts/ReactionAgreementChart.vue'
import QualityPanel from '../../../../src/renderer/views/crowd/QualityPanel.vue'
import type { Person } from '../../../../src/renderer/views/crowd/people'
import { aPerson, aStudy } from '../../../support/mounted/examples'
import {
  all,
  check,
  click,
  input,
  maybe,
  nameOf,
  press,
  settled,
  show,
  submit,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900)
})

async function open(people: Person[]) {
  const refresh = vi.fn()
  const threshold = ref(0.75)
  const data = {
    ...{ people: ref(people), participants: ref([]), quality: ref(null), ledger: ref([]), erasures: ref([]) },
    ...{ threshold, refresh, lookAt: (share: number) => (threshold.value = share) },
  }
  const charts = ['CheckScoreChart', 'ReactionAgreementChart']
  const wrapper = show(QualityPanel, { study: aStudy(), data, address: null }, {}, charts)
  await settled()
  await nextTick()
  return { wrapper, refresh, threshold }
}
const PEOPLE = [
  aPerson({ number: 1, code: 'P0001' }, { checkScore: 0.9 }),
  aPerson({ number: 2, code: 'P0002' }, { checkScore: 0.8, medianReactionTimeMs: 2000 }),
  aPerson({ number: 3, code: 'P0003', excluded: true }, { checkScore: 0.5, excluded: true }),
  aPerson({ number: 4, code: 'P0004' }, { checkScore: null, agreement: null }),
  aPerson({ number: 5, code: 'P0005', state: 'invited' }),
]
const codes = () => all('button', /^P\d+:/).map(textOf)
const verdict = (code: string) =>
  textOf(
    all('button', new RegExp(`^${code}:`))[0]
      ?.closest('tr')
      ?.querySelector('td.verdict'),
  )

describe('QualityPanel', () => {
  it('gives the charts those who have what they show', async () => {
    const { wrapper } = await open(PEOPLE)
    expect(wrapper.findComponent(CheckScoreChart).props('scores')).toEqual([0.9, 0.8, 0.5])
    expect(wrapper.findComponent(ReactionAgreementChart).props('people')).toMatchObject([
      { code: 'P0001', seconds: 1.2, excluded: false },
      { code: 'P0002', seconds: 2, excluded: false },
      { code: 'P0003', excluded: true },
    ])
  })

  it('shows at once what another threshold would do, and to whom', async () => {
    const { wrapper, threshold } = await open(PEOPLE)
    expect(verdict('P0002')).toBe('kept')
    await type(the<HTMLInputElement>('slider'), '0.85')
    expect(threshold.value).toBe(0.85)
    expect(verdict('P0001')).toBe('kept')
    expect(verdict('P0002')).toMatch(/^kept ?→ excluded$/)
    expect(verdict('P0003')).toBe('excluded')
    expect(wrapper.findComponent(ReactionAgreementChart).props('people')).toMatchObject([
      { excluded: false },
      { excluded: true },
      { excluded: true },
    ])
  })

  it('sorts the participants by what their column says, those without it last', async () => {
    await open(PEOPLE)
    expect(codes()).toEqual(['P0001', 'P0002', 'P0003', 'P0004', 'P0005'])
    await press('Checks')
    expect(codes()).toEqual(['P0003', 'P0002', 'P0001', 'P0004', 'P0005'])
    expect(textOf(document.querySelector('.section-head .quiet'))).toBe('5, 1 of them excluded')
  })

  it('opens whom a row names, and reads everything again once a decision is recorded', async () => {
    answer('studies.decide', () => PEOPLE[1]!.info)
    const { refresh } = await open(PEOPLE)
    await click(all('button', /^P0002:/)[0])
    expect(nameOf(the('dialog'))).toBe('P0002')
    await check(the<HTMLInputElement>('radio', /^Exclude/))
    await type(all<HTMLInputElement>('textbox', 'Reason').at(-1)!, 'guessed')
    await submit(the('dialog').querySelector('form'))
    expect(asked('studies.decide')).toMatchObject([{ participant: 2, verdict: 'exclude' }])
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  it('leads from the participant to erasing them, one dialog at a time', async () => {
    answer('studies.erase', () => ({
      ...{ answers: 1, practiceAnswers: 0, recalculated: [], outdated: [], backups: 0, clean: true, exports: [] },
    }))
    const { refresh } = await open(PEOPLE)
    await click(all('button', /^P0002:/)[0])
    await press('Erase…')
    await settled()
    expect(all('dialog').map(nameOf)).toEqual(['Erase P0002?'])
    await type(input('Decided by'), 'Dr. A')
    await submit(the('dialog').querySelector('form'))
    expect(asked('studies.erase')).toMatchObject([{ participant: 2 }])
    expect(refresh).toHaveBeenCalledTimes(1)
    expect(maybe('alert')).toBeUndefined()
  })
})
