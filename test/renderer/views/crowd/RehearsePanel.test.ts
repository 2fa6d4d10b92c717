/** Simulated annotators: a mix that must make 100%, numbers that must fit, and the two ways to send them. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import { useJobs } from '../../../../src/renderer/stores/jobs'
import RehearsePanel from '../../../../src/renderer/views/crowd/RehearsePanel.vue'
import { aJob, aStudy } from '../../../support/mounted/examples'
import {
  button,
  descriptionOf,
  input,
  press,
  settled,
  show,
  submit,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked, tell } from '../../../support/mounted/program'

let last = 100
/** Jobs are remembered by study while the window lives: each test has its own. */
const open = () => {
  const study = aStudy({ id: ++last })
  return { id: study.id, wrapper: show(RehearsePanel, { study, address: 'http://door:4000' }) }
}
const annotators = () => input('Annotators')
const sum = () => document.getElementById('mix-sum')
const rehearse = () => press(/^Rehearse/)

describe('RehearsePanel', () => {
  it('sends the mix as shares that make 1', async () => {
    answer('studies.simulate', () => aJob({ kind: 'simulate' }))
    const { id } = open()
    await type(input('Careful'), '70')
    await type(input('Hurried'), '10.5')
    await type(input('One position'), '9.5')
    await type(input('Random'), '10')
    expect(textOf(sum())).toBe('Together 100%.')
    await type(annotators(), '40')
    await type(input('Seed'), '3')
    await submit()
    expect(asked('studies.simulate')).toEqual([
      {
        study: id,
        participants: 40,
        seed: 3,
        mix: { careful: 0.7, hurried: 0.105, onePosition: 0.095, random: 0.1 },
      },
    ])
  })

  it('says what the shares make while they do not make 100%, and sends nothing', async () => {
    open()
    await type(input('Careful'), '50')
    expect(textOf(sum())).toMatch(/^The shares make [\d.]+%, not 100%\.$/)
    expect(sum()?.getAttribute('aria-live')).toBe('polite')
    expect(input('Careful').getAttribute('aria-invalid')).toBe('true')
    await submit()
    await rehearse()
    expect(asked('studies.simulate')).toEqual([])
    expect(asked('studies.rehearse')).toEqual([])
  })

  it.each(['0', '20001', '2.5', ''])('takes no %s annotators', async (number) => {
    open()
    await type(annotators(), number)
    expect(descriptionOf(annotators())).toBe('A whole number from 1 to 20,000.')
    await submit()
    expect(asked('studies.simulate')).toEqual([])
  })

  it('takes no broken seed', async () => {
    open()
    await type(input('Seed'), '-1')
    expect(descriptionOf(input('Seed'))).toBe('A whole number, 0 or more.')
    await submit()
    expect(asked('studies.simulate')).toEqual([])
  })

  it('limits only those that take the way of participants to 20', async () => {
    answer('studies.rehearse', () => aJob({ kind: 'rehearse' }))
    const { id } = open()
    await type(annotators(), '21')
    expect(descriptionOf(annotators())).toBe('')
    await rehearse()
    expect(descriptionOf(annotators())).toMatch(/at most 20\.$/)
    expect(asked('studies.rehearse')).toEqual([])
    await type(annotators(), '20')
    await rehearse()
    expect(asked('studies.rehearse')).toMatchObject([{ study: id, participants: 20 }])
  })

  it('is busy while it runs, then leads to the quality', async () => {
    useJobs().subscribe()
    const job = aJob({ id: 'simulation', kind: 'simulate' })
    answer('studies.simulate', () => job)
    const { wrapper } = open()
    await submit()
    expect(button(/^Simulate/).disabled).toBe(true)
    tell('job.changed', { ...job, state: 'done' })
    await settled()
    expect(button(/^Simulate/).disabled).toBe(false)
    await press('Look at their quality')
    expect(wrapper.emitted('watch')).toHaveLength(1)
  })

  it('shows why it could not start', async () => {
    answer('studies.rehearse', () => {
      throw new StudioError('conflict', 'No door is open.')
    })
    open()
    await type(annotators(), '5')
    await rehearse()
    expect(textOf(the('alert'))).toContain('No door is open.')
    expect(button(/^Rehearse/).disabled).toBe(false)
  })
})
