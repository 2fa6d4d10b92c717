/** A preset: planned before anything starts, and of what is finished only the rest is queued. */
import { describe, expect, it } from 'vitest'
import type { Output } from '../../../../src/contract'
import { StudioError } from '../../../../src/domain/errors'
import type { ExperimentInfo, RunsEstimate } from '../../../../src/domain/runs/info'
import { useRuns } from '../../../../src/renderer/stores/runs'
import PresetForm from '../../../../src/renderer/views/train/PresetForm.vue'
import { aConfig } from '../../../support/mounted/examples'
import {
  all,
  button,
  check,
  choose,
  maybe,
  optionsOf,
  select,
  settled,
  show,
  submit,
  textOf,
  the,
  until,
} from '../../../support/mounted/page'
import { answer, asked, pending } from '../../../support/mounted/program'

type Plan = Output<'experiments.plan'>
const plan = (runs: number): Plan => ({
  configs: Array.from({ length: runs }, (_, seed) => aConfig({ seed })),
  estimate: '',
})
const estimate = (done: number[]): RunsEstimate => ({
  runs: 4,
  done,
  waiting: [],
  diskBytes: 0,
  freeBytes: null,
  seconds: 60,
  device: 'cpu',
  speeds: { measured: [], typical: [], unknown: [] },
})
async function open(done: number[] = []) {
  answer('experiments.plan', () => plan(4))
  answer('runs.estimate', () => estimate(done))
  const wrapper = show(PresetForm)
  await settled()
  return wrapper
}
const start = () => button(/^(Start|Gather)/)
const preset = (name: RegExp) => the<HTMLInputElement>('radio', name)
const estimated = () =>
  until(() => expect(document.querySelector('.estimate')?.getAttribute('aria-busy')).toBe('false'))

describe('PresetForm', () => {
  it('plans what is chosen, and starts nothing by that', async () => {
    await open()
    expect(asked('experiments.plan')).toEqual([{ preset: 'quick', device: 'auto', families: [] }])
    await check(preset(/^Smoke/))
    expect(asked('experiments.plan').at(-1)).toEqual({ preset: 'smoke', device: 'auto', families: [] })
    expect(textOf(start())).toBe('Start 4 runs')
    expect(asked('experiments.start')).toEqual([])
  })

  it('confines only the presets of several families to one, and forgets it with them', async () => {
    await open()
    expect(maybe('combobox', 'Networks')).toBeUndefined()
    await check(preset(/^Paper/))
    expect(optionsOf(select('Networks'))).toHaveLength(9)
    await choose(select('Networks'), 'wrn')
    expect(asked('experiments.plan').at(-1)).toEqual({ preset: 'paper', device: 'auto', families: ['wrn'] })
    await check(preset(/^Quick/))
    expect(asked('experiments.plan').at(-1)).toEqual({ preset: 'quick', device: 'auto', families: [] })
  })

  it('takes finished runs as they are', async () => {
    await open([0, 1, 2])
    await estimated()
    expect(textOf(start())).toBe('Start 1 run')
  })

  it('only gathers where all are finished', async () => {
    await open([0, 1, 2, 3])
    await estimated()
    expect(textOf(start())).toBe('Gather the finished runs')
    expect(start().disabled).toBe(false)
  })

  it('waits for the plan, and takes none that was overtaken', async () => {
    await open()
    const slow = pending<Plan>()
    answer('experiments.plan', ({ preset: asks }) => (asks === 'paper' ? slow.promise : plan(2)))
    await check(preset(/^Paper/))
    expect(start().disabled).toBe(true)
    await check(preset(/^Smoke/))
    expect(textOf(start())).toBe('Start 2 runs')
    slow.resolve(plan(900))
    await settled()
    expect(textOf(start())).toBe('Start 2 runs')
  })

  it('starts what was planned', async () => {
    answer('experiments.start', () => ({ id: 1 }) as ExperimentInfo)
    answer('runs.list', () => [])
    const wrapper = await open()
    await submit()
    expect(asked('experiments.start')).toEqual([{ preset: 'quick', device: 'auto', families: [] }])
    expect(wrapper.emitted('done')).toHaveLength(1)
    expect(useRuns().experiments.map(({ id }) => id)).toEqual([1])
  })

  it('says why nothing can be planned', async () => {
    answer('experiments.plan', () => {
      throw new StudioError('conflict', 'The project has no labels.')
    })
    show(PresetForm)
    await settled()
    expect(all('alert').map(textOf)[0]).toContain('The project has no labels.')
    expect(start().disabled).toBe(true)
  })

  it('says why it could not be started, and can be tried again', async () => {
    answer('experiments.start', () => {
      throw new StudioError('conflict', 'Another experiment is under way.')
    })
    const wrapper = await open()
    await submit()
    expect(textOf(the('alert'))).toContain('Another experiment is under way.')
    expect(wrapper.emitted('done')).toBeUndefined()
    expect(start().disabled).toBe(false)
  })
})
