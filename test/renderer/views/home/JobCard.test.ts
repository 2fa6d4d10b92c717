/** One job on the Home screen: while it runs, when it is done, and when it failed. */
import { describe, expect, it } from 'vitest'
import type { JobInfo } from '../../../../src/contract'
import { useJobs } from '../../../../src/renderer/stores/jobs'
import { useUndo } from '../../../../src/renderer/stores/undo'
import JobCard from '../../../../src/renderer/views/home/JobCard.vue'
import { aJob } from '../../../support/mounted/examples'
import { maybe, press, show, textOf, the } from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

const open = (change: Partial<JobInfo> = {}) => show(JobCard, { job: aJob(change) })
const head = () => textOf(document.querySelector('header'))
const body = () => textOf(document.querySelector('article'))

describe('JobCard', () => {
  it('shows how far it is, and cancels it', async () => {
    answer('jobs.cancel', () => null)
    open({ progress: { label: 'Reading', done: 1, total: 2, secondsLeft: null } })
    expect(the('progressbar').getAttribute('aria-valuenow')).toBe('50')
    await press('Cancel')
    expect(asked('jobs.cancel')).toEqual([{ id: 'job-1' }])
    expect(maybe('button', 'Remove from this list')).toBeUndefined()
  })

  it('says what it added, and how', () => {
    open({
      state: 'done',
      added: [
        { path: '/a', kind: 'images', name: 'pilot', count: 1200, format: 'png', report: ['1,200 read'] },
        { path: '/b', kind: 'labels', name: 'people', count: 900, format: 'csv', report: [] },
      ],
    })
    expect([...document.querySelectorAll('article > ul > li > p')].map(textOf)).toEqual([
      'pilot · 1,200 images · png',
      'people · labels of 900 images · csv',
    ])
    expect(textOf(document.querySelector('summary'))).toBe('What the import did')
    expect(document.querySelectorAll('details')).toHaveLength(1)
  })

  it('is taken off the list, and brought back', async () => {
    const jobs = useJobs()
    jobs.jobs = [aJob({ state: 'done' })]
    open({ state: 'done' })
    await press('Remove from this list')
    expect(jobs.shown).toEqual([])
    await useUndo().takeBack()
    expect(jobs.shown).toHaveLength(1)
  })

  it('says why it failed', () => {
    open({ state: 'failed', error: { kind: 'bad-file', message: 'Not an image.' } })
    expect(textOf(the('alert'))).toContain('Not an image.')
    expect(head()).toContain('failed')
  })

  it('is no failure where a person stopped it, in whichever way that is told', () => {
    open({ state: 'failed', error: { kind: 'cancelled', message: 'Cancelled.' } })
    expect(maybe('alert')).toBeUndefined()
    expect(head()).toContain('cancelled, nothing was changed')
  })

  it('says of attacks that what was finished is kept', () => {
    open({ kind: 'attack', state: 'cancelled' })
    expect(head()).toMatch(/^Attacks ?stopped; what was finished is kept/)
  })

  it('asks what the import could not decide', () => {
    open({
      state: 'failed',
      asked: { paths: ['/a'], choices: {} },
      error: { kind: 'bad-file', message: 'Which order?', choice: 'order' },
    })
    expect(maybe('button', /natural/)).toBeDefined()
    expect(textOf(the('alert'))).toContain('Which order?')
  })

  it('says what came of work that adds nothing', () => {
    open({ kind: 'simulate', state: 'done', said: ['30 annotators answered.', 'It took 2 s.'] })
    expect(body()).toContain('30 annotators answered.')
    expect(body()).toContain('It took 2 s.')
  })
})
