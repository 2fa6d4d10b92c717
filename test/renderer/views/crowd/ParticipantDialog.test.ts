/** One participant looked at: the facts, the link while it is of use, and a decision that needs its reason. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import type { ParticipantInfo } from '../../../../src/domain/study'
import ParticipantDialog from '../../../../src/renderer/views/crowd/ParticipantDialog.vue'
import { aPerson } from '../../../support/mounted/examples'
import {
  button,
  check,
  descriptionOf,
  input,
  maybe,
  nameOf,
  press,
  showOpened,
  submit,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

const open = (change: Partial<ParticipantInfo> = {}, address: string | null = 'http://door:4000') =>
  showOpened(ParticipantDialog, { study: 7, person: aPerson(change, {}), address })
const radio = (name: RegExp) => the<HTMLInputElement>('radio', name)
const facts = () =>
  Object.fromEntries(
    [...the('dialog').querySelectorAll('dl > div')].map((line) => [
      textOf(line.querySelector('dt')),
      textOf(line.querySelector('dd')),
    ]),
  )
const record = () => button('Record the decision')

describe('ParticipantDialog', () => {
  it('says where they are and how well they do', async () => {
    await open()
    expect(nameOf(the('dialog'))).toBe('P0003')
    expect(facts()).toMatchObject({
      Stage: 'trials, 40 of 210',
      Checks: '75% of 4',
      Agreement: '90.0%',
      'Median time': '1.20 s',
      Link: 'http://door:4000/study.html#token-3',
    })
    expect(facts()).not.toHaveProperty('Recruited by')
  })

  it('says which service sent them', async () => {
    await open({ external: { service: 'prolific', participant: 'abc', study: 's', session: 't' } })
    expect(facts()['Recruited by']).toBe('prolific, abc')
  })

  it.each<[string, Partial<ParticipantInfo>, string | null]>([
    ['no address reaches the program', {}, null],
    ['they have finished', { state: 'finished' }, 'http://door:4000'],
    ['they are simulated', { kind: 'simulated', simulated: 'careful' }, 'http://door:4000'],
  ])('shows no link where %s', async (_, change, address) => {
    await open(change, address)
    expect(facts()).not.toHaveProperty('Link')
  })

  it('records nothing until the decision differs from the one in force', async () => {
    await open({ verdict: 'exclude' })
    expect(radio(/^Exclude/).checked).toBe(true)
    expect(record().disabled).toBe(true)
    await check(radio(/^Keep/))
    expect(record().disabled).toBe(false)
    await check(radio(/^Exclude/))
    expect(record().disabled).toBe(true)
  })

  it('asks for the reason, beside its field', async () => {
    await open()
    await check(radio(/^Exclude/))
    await submit()
    expect(asked('studies.decide')).toEqual([])
    expect(descriptionOf(input('Reason'))).toContain('Say why: it is kept with the decision.')
    await type(input('Reason'), 'x')
    expect(descriptionOf(input('Reason'))).not.toContain('Say why')
  })

  it('sends the decision, tells its parent, and closes', async () => {
    answer('studies.decide', () => null as never)
    const wrapper = await open({ verdict: 'exclude' })
    await check(radio(/rule/))
    await type(input('Reason'), ' spoke to them ')
    await submit()
    expect(asked('studies.decide')).toEqual([{ study: 7, participant: 3, verdict: null, reason: 'spoke to them' }])
    expect(wrapper.emitted('decided')).toHaveLength(1)
    expect(wrapper.emitted('update:open')?.at(-1)).toEqual([false])
  })

  it('stays open with a refusal', async () => {
    answer('studies.decide', () => {
      throw new StudioError('not-found', 'They were erased.')
    })
    const wrapper = await open()
    await check(radio(/^Keep/))
    await type(input('Reason'), 'x')
    await submit()
    expect(textOf(the('alert'))).toContain('They were erased.')
    expect(wrapper.emitted('decided')).toBeUndefined()
    expect(maybe('dialog')).toBeDefined()
  })

  it('leads to erasing without recording anything', async () => {
    const wrapper = await open()
    await press('Erase…')
    expect(wrapper.emitted('erase')).toHaveLength(1)
    expect(asked('studies.decide')).toEqual([])
  })
})
