/** One labelling of one's own: how far it is, what its button does, and making distributions of it. */
import { describe, expect, it } from 'vitest'
import { useJobs } from '../../../../src/renderer/stores/jobs'
import PersonalRow from '../../../../src/renderer/views/label/PersonalRow.vue'
import { aJob, aStudy } from '../../../support/mounted/examples'
import { button, press, settled, show, textOf, the } from '../../../support/mounted/page'
import { answer, asked, tell } from '../../../support/mounted/program'

let last = 500
const open = (judgments: number, images = 4) => {
  const study = aStudy({ id: ++last, kind: 'personal', judgments })
  return { study, wrapper: show(PersonalRow, { study, images }) }
}
const publish = () => button('Make distributions of Pilot')

describe('PersonalRow', () => {
  it.each([
    [0, 'Begin'],
    [1, 'Go on'],
    [4, 'Look through'],
  ])('with %i of 4 labelled: %s', async (judgments, verb) => {
    const { wrapper } = open(judgments)
    expect(the('progressbar').getAttribute('aria-valuenow')).toBe(String(judgments))
    expect(the('progressbar').getAttribute('aria-valuemax')).toBe('4')
    await press(`${verb}: Pilot`)
    expect(wrapper.emitted('open')).toHaveLength(1)
  })

  it('makes no distributions of nothing', () => {
    open(0)
    expect(publish().disabled).toBe(true)
  })

  it('makes distributions, busy until they are made, then says which', async () => {
    useJobs().subscribe()
    const job = aJob({ id: 'publish', kind: 'publish' })
    answer('studies.publish', () => job)
    const { study } = open(2)
    await press('Make distributions of Pilot')
    expect(asked('studies.publish')).toEqual([{ study: study.id }])
    expect(publish().disabled).toBe(true)
    const made = { path: '', format: 'study', kind: 'labels' as const, name: 'Pilot 1', count: 2, report: [] }
    tell('job.changed', { ...job, state: 'done', added: [made] })
    await settled()
    expect(publish().disabled).toBe(false)
    expect(document.body.textContent).toContain('Pilot 1 is made.')
  })

  it('says why they could not be made', async () => {
    answer('studies.publish', () => {
      throw new Error('The disk is full.')
    })
    open(2)
    await press('Make distributions of Pilot')
    expect(textOf(the('alert'))).toContain('The disk is full.')
    expect(publish().disabled).toBe(false)
  })
})
