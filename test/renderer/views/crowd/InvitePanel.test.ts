/** Inviting: how many, whether the pages are ready to be read, and where links can be seen. */
import { ref } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import type { DoorInfo } from '../../../../src/contract'
import { StudioError } from '../../../../src/domain/errors'
import type { ParticipantInfo, StudyInfo } from '../../../../src/domain/study'
import InvitePanel from '../../../../src/renderer/views/crowd/InvitePanel.vue'
import { aParticipant, aStudy } from '../../../support/mounted/examples'
import {
  button,
  descriptionOf,
  input,
  maybe,
  modelOf,
  press,
  settled,
  show,
  submit,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

const DOOR: DoorInfo = { address: 'http://door:4000', network: true, canOpen: true, lasting: true }
function open(study: Partial<StudyInfo> = {}, door: Partial<DoorInfo> = {}, participants: ParticipantInfo[] = []) {
  const refresh = vi.fn()
  const wrapper = show(InvitePanel, {
    study: aStudy(study),
    data: { participants: ref(participants), refresh },
    doorError: null,
    door: { ...DOOR, ...door },
  })
  return { wrapper, refresh }
}
const form = () => button(/^Invit/).closest('form')

describe('InvitePanel', () => {
  it('invites as many as are asked for', async () => {
    answer('studies.invite', () => [])
    const { refresh } = open()
    await type(input('People to invite'), '25')
    await submit(form())
    expect(asked('studies.invite')).toEqual([{ study: 7, count: 25 }])
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  it.each(['0', '1001', '2.5', ''])('does not invite “%s”', async (text) => {
    open()
    await type(input('People to invite'), text)
    await submit(form())
    expect(asked('studies.invite')).toEqual([])
    expect(descriptionOf(input('People to invite'))).toBe('A whole number from 1 to 1,000.')
  })

  it('warns of pages that are not filled in, and leads to them', async () => {
    const { wrapper } = open({ pages: { consent: 'By [name].', instructions: 'Look.', debrief: '[thanks]' } })
    expect(textOf(document.querySelector('[role=note]'))).toMatch(/2 .*\[name\]/)
    await press('Fill in the pages')
    expect(wrapper.emitted('settings')).toHaveLength(1)
  })

  it('does not invite into a closed study', () => {
    open({ state: 'closed' })
    expect(button(/^Invit/).disabled).toBe(true)
    expect(document.body.textContent).toContain('The study is closed')
  })

  it('shows the links of people, not of simulated annotators, where an address reaches the program', async () => {
    const people = [aParticipant(), aParticipant({ number: 4, code: 'P0004', kind: 'simulated', token: 'token-4' })]
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
    open({}, {}, people)
    await settled()
    expect(document.body.textContent).toContain('token-3')
    expect(document.body.textContent).not.toContain('token-4')
  })

  it('shows no links while no address reaches the program', () => {
    open({}, { address: null }, [aParticipant()])
    expect(document.body.textContent).not.toContain('token-3')
    expect(document.body.textContent).toContain('see their links')
  })

  it('shows why nobody was invited', async () => {
    answer('studies.invite', () => {
      throw new StudioError('conflict', 'The study is full.')
    })
    open()
    await submit(form())
    expect(textOf(the('alert'))).toContain('The study is full.')
    expect(button('Invite').disabled).toBe(false)
  })

  it('opens the program to the network only when that is chosen', async () => {
    answer('studies.openDoor', () => DOOR)
    const { wrapper } = open({}, { address: null, network: false })
    const first = the<HTMLInputElement>('radio', /^This machine only/)
    expect(first.checked).toBe(true)
    the<HTMLInputElement>('radio', /^The network/).click()
    await submit(first.closest('form'))
    expect(asked('studies.openDoor')).toEqual([{ host: '0.0.0.0' }])
    expect(modelOf(wrapper, 'door')).toEqual(DOOR)
    expect(maybe('radio')).toBeUndefined()
  })

  it('says that traffic is not encrypted, and that an address will change', () => {
    open({}, { address: 'http://192.168.1.2:4000', lasting: false })
    expect(document.body.textContent).toContain('not encrypted')
    expect(document.body.textContent).toContain('changes at the next start')
  })

  it('says neither of an address with HTTPS that stays', () => {
    open({}, { address: 'https://study.example' })
    expect(document.body.textContent).not.toContain('not encrypted')
    expect(document.body.textContent).not.toContain('changes at the next start')
  })
})
