/** New attacks: how many they come to, what is there already, and what would be refused. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import type { RunInfo, RunResult } from '../../../../src/domain/runs/info'
import { attackGroups } from '../../../../src/renderer/lib/attackGroups'
import { useProject } from '../../../../src/renderer/stores/project'
import { useRuns } from '../../../../src/renderer/stores/runs'
import NewAttacksDialog from '../../../../src/renderer/views/attack/NewAttacksDialog.vue'
import { aJob, aProject, aRun } from '../../../support/mounted/examples'
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
  showOpened,
  submit,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

const result = (change: Partial<RunResult> = {}): RunResult => ({ measures: {}, heldOut: 100, attacks: [], ...change })
const finished = (id: number, change: Partial<RunResult> = {}, fold = 0) =>
  aRun(id, { state: 'done', result: result(change) }, { fold })

async function open(runs: RunInfo[], first: number[]) {
  useProject().project = aProject()
  useRuns().runs = runs
  answer('networks.list', () => [])
  answer('devices.list', () => [])
  return showOpened(NewAttacksDialog, { groups: attackGroups(runs), first })
}
const sum = () => textOf(document.querySelector('footer p'))
const start = () => button(/^Start/)

describe('NewAttacksDialog', () => {
  it('multiplies runs, ways and radii, and says what they cost', async () => {
    await open([finished(1), finished(2, {}, 1)], [1, 2])
    await type(input('ε, in 1/255'), '4 8; 4')
    expect(sum()).toMatch(/^2 runs × 4 attacks = 8 · [\d,]+ passes/)
    expect(textOf(start())).toBe('Start 8 attacks')
    await check(checkbox('FGSM'))
    expect(textOf(start())).toBe('Start 4 attacks')
  })

  it('sends the runs and attacks chosen, and closes', async () => {
    answer('attacks.start', () => aJob({ kind: 'attack' }))
    const wrapper = await open([finished(1), finished(2, {}, 1)], [2])
    await type(input('ε, in 1/255'), '4')
    await check(checkbox('PGD'))
    await choose(select('Aim'), 'To the next class')
    await submit()
    expect(asked('attacks.start')).toMatchObject([
      { runs: [2], attacks: [{ attack: 'fgsm', epsilon: 4, steps: 1, towards: 'next' }], repeat: false },
    ])
    expect(wrapper.emitted('started')).toEqual([[[2]]])
    expect(wrapper.emitted('update:open')?.at(-1)).toEqual([false])
  })

  it.each([
    ['', 'above 0, to 255'],
    ['4, 300', '300: above 0, to 255'],
    ['4, x', '“x” is not a number'],
  ])('does not take “%s” for radii, and says why', async (text, words) => {
    await open([finished(1)], [1])
    await type(input('ε, in 1/255'), text)
    expect(descriptionOf(input('ε, in 1/255'))).toBe(words)
    expect(start().disabled).toBe(true)
    await submit()
    expect(asked('attacks.start')).toEqual([])
  })

  it('does not ask for steps that FGSM alone does not take', async () => {
    await open([finished(1)], [1])
    await type(input('PGD steps'), '0')
    expect(descriptionOf(input('PGD steps'))).toContain('whole, from 1 to 1000')
    expect(start().disabled).toBe(true)
    await check(checkbox('PGD'))
    expect(start().disabled).toBe(false)
  })

  it('needs FGSM, PGD or both', async () => {
    await open([finished(1)], [1])
    await check(checkbox('FGSM'))
    await check(checkbox('PGD'))
    expect(document.body.textContent).toContain('Choose FGSM, PGD or both.')
    expect(start().disabled).toBe(true)
  })

  it('alerts to a run that held out no images, until all of its set are attacked', async () => {
    await open([finished(1), finished(2, { heldOut: 0 }, 1)], [1, 2])
    expect(textOf(the('alert'))).toMatch(/^1 run \(2\) held out no images: attack all of the set, or leave it out\.$/)
    expect(start().disabled).toBe(true)
    await choose(select('On'), 'All of the set')
    expect(maybe('alert')).toBeUndefined()
    expect(start().disabled).toBe(false)
  })

  it('does not ask for runs that were removed since they were chosen', async () => {
    answer('attacks.start', () => aJob({ kind: 'attack' }))
    const [kept, gone] = [finished(1), finished(2, {}, 1)]
    const wrapper = await open([kept, gone], [1, 2])
    await wrapper.setProps({ open: false })
    useRuns().runs = [kept]
    await wrapper.setProps({ open: true, groups: attackGroups([kept]) })
    await settled()
    expect(sum()).toMatch(/^1 run ×/)
    expect(textOf(document.querySelector('legend'))).toBe('Runs 1 run chosen')
    await submit()
    expect(asked('attacks.start')[0]?.runs).toEqual([1])
  })

  it('stays open with a refusal', async () => {
    answer('attacks.start', () => {
      throw new StudioError('conflict', 'Attacks are under way.')
    })
    const wrapper = await open([finished(1)], [1])
    await submit()
    expect(textOf(the('alert'))).toContain('Attacks are under way.')
    expect(wrapper.emitted('started')).toBeUndefined()
    expect(start().disabled).toBe(false)
  })
})
