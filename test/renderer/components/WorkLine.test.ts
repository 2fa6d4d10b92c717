/** The one line of what is running now: which of all work it speaks of, and where it leads. */
import { RouterLinkStub } from '@vue/test-utils'
import { nextTick } from 'vue'
import { describe, expect, it } from 'vitest'
import type { JobInfo } from '../../../src/contract'
import WorkLine from '../../../src/renderer/components/WorkLine.vue'
import { useJobs } from '../../../src/renderer/stores/jobs'
import { useRuns } from '../../../src/renderer/stores/runs'
import type { RunInfo } from '../../../src/domain/runs/info'
import { aJob, aRun } from '../../support/mounted/examples'
import { show, textOf } from '../../support/mounted/page'

function open(jobs: JobInfo[], runs: RunInfo[]) {
  useJobs().jobs = jobs
  useRuns().runs = runs
  const wrapper = show(WorkLine)
  const line = () => wrapper.findComponent(RouterLinkStub)
  return {
    wrapper,
    exists: () => line().exists(),
    to: () => line().props('to') as unknown,
    text: () => [...document.querySelectorAll('a > .label, a > .quiet')].map(textOf),
    share: () => document.querySelector<HTMLElement>('.bar')?.style.width,
  }
}
const RUNNING = {
  state: 'running',
  progress: {
    step: 30,
    steps: 120,
    epoch: 3,
    epochs: 10,
    activity: 'training',
    imagesPerSecond: null,
    secondsLeft: null,
  },
} as const

describe('WorkLine', () => {
  it('is not there while nothing runs', () => {
    expect(open([aJob({ state: 'done' })], [aRun(1, { state: 'done' })]).exists()).toBe(false)
  })

  it('speaks of a job before runs, and leads to where it is shown in full', () => {
    const progress = { label: 'Reading', done: 1, total: 4, secondsLeft: 30 }
    const line = open([aJob({ kind: 'aggregate', progress })], [aRun(1, RUNNING)])
    expect(line.to()).toBe('/data')
    expect(line.text()).toEqual(['Reading', '30 s left'])
    expect(line.share()).toBe('25%')
  })

  it('speaks of the run and of how many wait', () => {
    const line = open([], [aRun(1, RUNNING), aRun(2), aRun(3)])
    expect(line.to()).toBe('/train')
    expect(line.text()[0]).toMatch(/^resnet_basic_8 soft, fold 1 of 10$/)
    expect(line.text()[1]).toBe('2 more')
    expect(line.share()).toBe('25%')
  })

  it('counts the runs where several are at work', () => {
    const line = open([], [aRun(1, RUNNING), aRun(2, RUNNING), aRun(3)])
    expect(line.text()[1]).toBe('2 running, 1 more')
  })

  it('says how many wait where none is at work', () => {
    const line = open([], [aRun(1), aRun(2)])
    expect(line.text()).toEqual(['2 runs queued'])
    expect(line.share()).toBe('0%')
  })

  it('goes when the work is done', async () => {
    const line = open([aJob()], [])
    expect(line.text()).toEqual(['Starting'])
    useJobs().jobs = []
    await nextTick()
    expect(line.exists()).toBe(false)
  })
})
