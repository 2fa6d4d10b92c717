/** What runs would take: how sure it is, what the disk holds, and measuring this machine. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../../src/domain/errors'
import type { RunsEstimate } from '../../../../../src/domain/runs/info'
import { useJobs } from '../../../../../src/renderer/stores/jobs'
import { useRuns } from '../../../../../src/renderer/stores/runs'
import EstimateLine from '../../../../../src/renderer/views/train/builder/EstimateLine.vue'
import { aConfig, aJob, aRun } from '../../../../support/mounted/examples'
import { button, maybe, press, settled, show, textOf, the } from '../../../../support/mounted/page'
import { answer, asked, tell } from '../../../../support/mounted/program'

const speeds = (change: Partial<RunsEstimate['speeds']> = {}) => ({ measured: [], typical: [], unknown: [], ...change })
function open(change: Partial<RunsEstimate> = {}, props: Record<string, unknown> = {}) {
  useJobs().subscribe()
  return show(EstimateLine, {
    estimate: {
      runs: 4,
      done: [],
      waiting: [],
      diskBytes: 2e9,
      freeBytes: 1e12,
      seconds: 3600,
      device: 'cpu',
      speeds: speeds({ measured: ['resnet_basic_8'] }),
      ...change,
    },
    configs: [aConfig(), aConfig({ fold: 1 }), aConfig({ network: 'wrn_10_2', batch: 64 })],
    stale: false,
    ...props,
  })
}
const said = () => textOf(document.querySelector('.estimate'))

describe('EstimateLine', () => {
  it('says what it takes, by speeds measured here', () => {
    open()
    expect(said()).toContain('about 1 h 0 min on this machine (cpu) · 2.0 GB of disk')
    expect(said()).toContain('speeds measured on this machine')
    expect(said()).not.toContain('The disk has')
  })

  it('is rough where a speed is typical only, and unknown where one is', async () => {
    const wrapper = open({ speeds: speeds({ typical: ['wrn_10_2'] }) })
    expect(said()).toMatch(/very roughly/)
    wrapper.unmount()
    open({ seconds: null, speeds: speeds({ unknown: ['a', 'b', 'c', 'd'] }) })
    expect(said()).toContain('nobody has measured a, b and 2 more on this machine’s cpu')
  })

  it('says that the disk is too small', async () => {
    const wrapper = open({ freeBytes: 1e9 })
    expect(said()).toContain('The disk has 1.0 GB free.')
    wrapper.unmount()
    open({ freeBytes: null })
    expect(said()).not.toContain('The disk has')
  })

  it('counts what is done or waits', () => {
    open({ done: [0], waiting: [1, 2] })
    expect(said()).toMatch(/^1 of 4 runs done in this project already · 2 waiting or running ·/)
  })

  it('measures the networks whose speed is guessed, each with its batch once', async () => {
    answer('runs.trial', () => aJob({ kind: 'trial' }))
    open({ speeds: speeds({ measured: ['wrn_10_2'], typical: ['resnet_basic_8'] }) })
    await press('Measure on this machine')
    expect(asked('runs.trial')).toEqual([{ work: [{ network: 'resnet_basic_8', batch: 128 }], device: 'auto' }])
  })

  it('measures again what was measured', async () => {
    answer('runs.trial', () => aJob({ kind: 'trial' }))
    open({ speeds: speeds({ measured: ['wrn_10_2', 'resnet_basic_8'] }) })
    await press('Measure again')
    expect(asked('runs.trial')).toMatchObject([{ work: [{ network: 'resnet_basic_8' }, { network: 'wrn_10_2' }] }])
  })

  it('waits with measuring until nothing runs', () => {
    useRuns().runs = [aRun(1, { state: 'running' })]
    open()
    expect(button('Measure again').disabled).toBe(true)
    expect(said()).toContain('1 run at work')
  })

  it('asks for a better estimate with each network that was measured, and can be stopped', async () => {
    answer('jobs.cancel', () => null)
    const wrapper = open()
    const job = aJob({ id: 'trial', kind: 'trial' })
    tell('job.changed', { ...job, progress: { label: 'Measuring', done: 1, total: 2, secondsLeft: null } })
    await settled()
    expect(wrapper.emitted('measured')).toHaveLength(1)
    expect(the('progressbar').getAttribute('aria-valuenow')).toBe('50')
    await press('Stop measuring')
    expect(asked('jobs.cancel')).toEqual([{ id: 'trial' }])
    tell('job.changed', { ...job, state: 'cancelled' })
    await settled()
    expect(maybe('progressbar')).toBeUndefined()
    expect(said()).toContain('Stopped; what was measured before is kept.')
  })

  it('says why it could not be measured', async () => {
    answer('runs.trial', () => {
      throw new StudioError('conflict', 'A run has started.')
    })
    open()
    await press('Measure again')
    expect(textOf(the('alert'))).toContain('A run has started.')
  })

  it('is busy while it is of choices that have changed', () => {
    open({}, { stale: true })
    expect(document.querySelector('.estimate')?.getAttribute('aria-busy')).toBe('true')
  })
})
