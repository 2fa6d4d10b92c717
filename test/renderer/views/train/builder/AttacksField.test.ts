/** Attacks after training: FGSM stays one step as long as its radius, PGD has its own. */
import { describe, expect, it } from 'vitest'
import type { AttackConfig } from '../../../../../src/domain/attacks/config'
import { fgsm, pgd } from '../../../../../src/domain/attacks/config'
import AttacksField from '../../../../../src/renderer/views/train/builder/AttacksField.vue'
import { all, input, maybe, modelOf, nameOf, press, show, typing } from '../../../../support/mounted/page'

function open(modelValue: AttackConfig[] = [fgsm(4, 200), pgd(4, 10, 200)]) {
  const wrapper = show(AttacksField, { modelValue })
  return () => modelOf<AttackConfig[]>(wrapper)
}

describe('AttacksField', () => {
  it('adds one of each kind', async () => {
    const model = open([])
    await press('Add FGSM')
    await press('Add PGD')
    expect(model().map(({ attack, steps }) => [attack, steps])).toEqual([
      ['fgsm', 1],
      ['pgd', 10],
    ])
  })

  it('keeps the step of FGSM as long as its radius', async () => {
    const model = open()
    await typing(input('Radius of attack 1'), '8')
    expect(model()[0]).toMatchObject({ epsilon: 8, stepSize: 8, steps: 1 })
    expect(model()[1]).toEqual(pgd(4, 10, 200))
    expect(maybe('spinbutton', 'Steps of attack 1')).toBeUndefined()
  })

  it('takes the radius, the step and the steps of PGD each for itself', async () => {
    const model = open()
    await typing(input('Radius of attack 2'), '8')
    expect(model()[1]).toMatchObject({ epsilon: 8, stepSize: 1, steps: 10 })
    await typing(input('Step size of attack 2'), '2')
    await typing(input('Steps of attack 2'), '20')
    expect(model()[1]).toMatchObject({ epsilon: 8, stepSize: 2, steps: 20 })
  })

  it('attacks all images where none are counted, and keeps a radius that is emptied', async () => {
    const model = open()
    await typing(input('Images of attack 1'), '')
    await typing(input('Radius of attack 1'), '')
    expect(model()[0]).toMatchObject({ images: null, epsilon: 4 })
  })

  it('leaves out the one whose button is pressed', async () => {
    const model = open()
    expect(all('button', /^Leave out/).map(nameOf)).toEqual(['Leave out FGSM 4/255', 'Leave out PGD 4/255'])
    await press('Leave out FGSM 4/255')
    expect(model().map(({ attack }) => attack)).toEqual(['pgd'])
  })
})
