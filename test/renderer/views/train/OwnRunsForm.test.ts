/** Runs of one's own: how many the choices come to, what they take, and which of them are queued. */
import { describe, expect, it } from 'vitest'
import type { Input } from '../../../../src/contract'
import { StudioError } from '../../../../src/domain/errors'
import type { RunInfo, RunsEstimate } from '../../../../src/domain/runs/info'
import { useProject } from '../../../../src/renderer/stores/project'
import { useRuns } from '../../../../src/renderer/stores/runs'
import OwnRunsForm from '../../../../src/renderer/views/train/OwnRunsForm.vue'
import { aLabelSet, anImageSet, aProject, aRun } from '../../../support/mounted/examples'
import {
  button,
  check,
  checkbox,
  choose,
  descriptionOf,
  input,
  maybe,
  select,
  settled,
  show,
  submit,
  textOf,
  the,
  type,
  until,
} from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

const network = (id: string) => ({ id, family: 'resnet_basic', parameters: 1000, tensors: 1, multiplyAdds: 1 })
const estimated = (change: Partial<RunsEstimate> = {}): RunsEstimate => ({
  runs: 4,
  done: [],
  waiting: [],
  diskBytes: 1e6,
  freeBytes: null,
  seconds: 60,
  device: 'cpu',
  speeds: { measured: ['resnet_basic_8'], typical: [], unknown: [] },
  ...change,
})
/** A finished run with a prediction for each image of the set. */
const TEACHER: Partial<RunInfo> = {
  state: 'done',
  result: {
    measures: {},
    heldOut: 100,
    attacks: [],
    sets: [{ imageSet: 'demo', labelSet: null, images: 1000, measures: {} }],
  },
}
const OTHER = anImageSet({ id: 2, name: 'other' })
const SMALL = anImageSet({ id: 3, name: 'small', height: 8, width: 8 })

async function open(estimate: Partial<RunsEstimate> = {}, done: RunInfo[] = []) {
  useProject().project = aProject({
    imageSets: [anImageSet(), OTHER, SMALL],
    labelSets: [
      aLabelSet({ id: 1, name: 'people' }),
      aLabelSet({ id: 2, name: 'other people', imageSet: 'other' }),
      aLabelSet({ id: 3, name: 'wawa', format: 'aggregate' }),
    ],
  })
  useRuns().runs = done
  useRuns().networks = [network('wrn_28_10'), network('resnet_basic_8')]
  answer('runs.estimate', () => estimated(estimate))
  answer('runs.queue', ({ configs }) => configs.map((config, at) => aRun(100 + at, { config: config as never })))
  const wrapper = show(OwnRunsForm)
  await choose(select('Labels'), 'people')
  return wrapper
}
const boxOf = (value: string) => document.querySelector<HTMLInputElement>(`input[value="${value}"]`)!
const product = () => textOf(document.querySelector('footer [aria-live]'))
const queue = () => button(/^Queue \d+ runs?$/)
/** The estimate comes a moment after the last change. */
const known = () => until(() => expect(document.querySelector('.estimate')?.getAttribute('aria-busy')).toBe('false'))
const queued = () => asked('runs.queue')[0]?.configs as Input<'runs.queue'>['configs']

describe('OwnRunsForm', () => {
  it('begins with the network that trains fastest and the newest labels people gave', async () => {
    useProject().project = aProject({
      imageSets: [anImageSet()],
      labelSets: [aLabelSet({ id: 1, name: 'people' }), aLabelSet({ id: 2, name: 'wawa', format: 'aggregate' })],
    })
    useRuns().networks = [network('wrn_28_10'), network('resnet_basic_8')]
    show(OwnRunsForm)
    await settled()
    expect(product()).toBe('1 network × 2 targets × 2 folds × 1 seed = 4 runs')
    expect(checkbox(/^resnet_basic_8/).checked).toBe(true)
    expect(select('Labels').selectedOptions[0]?.textContent.trim()).toBe('people')
  })

  it('multiplies the choices, and queues each combination', async () => {
    const wrapper = await open()
    await check(checkbox(/wrn_28_10/))
    await type(input('Seeds'), '2')
    await type(input('from seed'), '5')
    expect(product()).toBe('2 networks × 2 targets × 2 folds × 2 seeds = 16 runs')
    expect(document.querySelector('footer p')?.getAttribute('aria-live')).toBe('polite')
    await submit()
    expect(queued()).toHaveLength(16)
    expect(new Set(queued().map(({ seed }) => seed))).toEqual(new Set([5, 6]))
    expect(new Set(queued().map(({ fold }) => fold))).toEqual(new Set([0, 1]))
    expect(wrapper.emitted('done')).toHaveLength(1)
  })

  it('does not queue again what is done or waits, unless it is asked to', async () => {
    await open({ done: [0], waiting: [3] })
    await known()
    expect(textOf(queue())).toBe('Queue 2 runs')
    await check(checkbox('Queue the 2 runs done or waiting again'))
    expect(textOf(queue())).toBe('Queue 4 runs')
    await check(checkbox('Queue the 2 runs done or waiting again'))
    await submit()
    expect(queued().map(({ fold, target }) => [fold, target])).toEqual([
      [0, 'soft'],
      [1, 'hard'],
    ])
  })

  it('has nothing to queue where all is done', async () => {
    await open({ done: [0, 1, 2, 3] })
    await known()
    expect(textOf(queue())).toBe('Queue 0 runs')
    expect(queue().disabled).toBe(true)
    await submit()
    expect(asked('runs.queue')).toEqual([])
  })

  it('asks what other choices take once they have changed, and goes by the last answer', async () => {
    await open({ done: [0, 1, 2, 3] })
    await known()
    await type(input('Epochs'), '20')
    // What was done was something else.
    expect(textOf(queue())).toBe('Queue 4 runs')
    expect(document.querySelector('.estimate')?.getAttribute('aria-busy')).toBe('true')
    const before = asked('runs.estimate').length
    await until(() => expect(asked('runs.estimate')).toHaveLength(before + 1))
  })

  it('cannot be sent with nothing chosen', async () => {
    await open()
    await check(checkbox(/^resnet_basic_8/))
    expect(product()).toContain('= 0 runs')
    expect(queue().disabled).toBe(true)
    await submit()
    expect(asked('runs.queue')).toEqual([])
  })

  it('says how many are too many, without making them all', async () => {
    await open()
    await type(input('Seeds'), '20000')
    expect(product()).toBe('1 network × 2 targets × 2 folds × 20,000 seeds → more than 5,000 runs')
    expect(textOf(document.querySelector('footer'))).toContain('At most 5,000 runs at once.')
    expect(button('Queue runs').disabled).toBe(true)
    await submit()
    expect(asked('runs.queue')).toEqual([])
  })

  it('says which choice the program would refuse', async () => {
    await open()
    await type(input('Epochs'), '0')
    expect(textOf(document.querySelector('footer .danger'))).not.toBe('')
    expect(queue().disabled).toBe(true)
  })

  it('says that fewer images than a batch are trained on', async () => {
    await open()
    await type(input('Train on, images'), '100')
    expect(descriptionOf(input('Train on, images'))).toBe('less than a batch')
    await type(input('Batch'), '50')
    expect(descriptionOf(input('Train on, images'))).toBe('')
  })

  it('offers further sets of the same shape only', async () => {
    await open()
    expect(maybe('checkbox', /^other/)).toBeDefined()
    expect(maybe('checkbox', /^small/)).toBeUndefined()
  })

  it('lets go of what belongs to images no longer chosen', async () => {
    await open({}, [aRun(4, TEACHER, { evaluations: [{ imageSet: 'demo', labelSet: null, images: null }] })])
    for (const value of ['aggregated', 'wawa', 'distilled', '0000000000000004']) await check(boxOf(value))
    await check(checkbox(/^other 1,000/))
    await submit()
    expect(queued()).toHaveLength(8)
    expect(queued().every(({ evaluations }) => evaluations?.[0]?.imageSet === 'other')).toBe(true)
    await choose(select('Labels'), 'other people')
    // Both need something that these images do not have, and can be taken back.
    expect(textOf(document.querySelector('footer'))).toContain('The target distilled needs teachers.')
    expect(textOf(document.querySelector('footer'))).toContain('The target aggregated needs a label set.')
    await check(boxOf('aggregated'))
    await check(boxOf('distilled'))
    await submit()
    const later = asked('runs.queue')[1]?.configs ?? []
    expect(later).toHaveLength(4)
    expect(later.every(({ imageSet, evaluations }) => imageSet === 'other' && evaluations?.length === 0)).toBe(true)
  })

  it('lets go of a run to start from with its network', async () => {
    await open({}, [aRun(4, TEACHER)])
    await check(boxOf('0000000000000004'))
    await check(checkbox(/wrn_28_10/))
    expect(textOf(document.querySelector('footer'))).toContain('No chosen run to start from is of wrn_28_10.')
    await check(checkbox(/^resnet_basic_8/))
    expect(textOf(document.querySelector('footer'))).not.toContain('No chosen run')
    await submit()
    expect(queued().every(({ network: id, startFrom }) => id === 'wrn_28_10' && startFrom === null)).toBe(true)
  })

  it('shows why they could not be queued', async () => {
    const wrapper = await open()
    answer('runs.queue', () => {
      throw new StudioError('conflict', 'The project was closed.')
    })
    await submit()
    expect(textOf(the('alert'))).toContain('The project was closed.')
    expect(wrapper.emitted('done')).toBeUndefined()
    expect(queue().disabled).toBe(false)
  })
})
