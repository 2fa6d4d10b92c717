/** Further sets to measure on: which people are measured against, and how many images. */
import { describe, expect, it } from 'vitest'
import type { EvaluationConfig } from '../../../../../src/domain/runs/config'
import { useProject } from '../../../../../src/renderer/stores/project'
import EvaluationsField from '../../../../../src/renderer/views/train/builder/EvaluationsField.vue'
import { aLabelSet, anImageSet, aProject } from '../../../../support/mounted/examples'
import {
  check,
  checkbox,
  choose,
  input,
  maybe,
  modelOf,
  optionsOf,
  select,
  show,
  typing,
} from '../../../../support/mounted/page'

const SHIFTED = anImageSet({ id: 2, name: 'shifted', count: 200 })
const OTHER = anImageSet({ id: 3, name: 'other', count: 300 })
function open(modelValue: EvaluationConfig[] = [], sets = [SHIFTED, OTHER]) {
  useProject().project = aProject({
    imageSets: [SHIFTED, OTHER],
    labelSets: [
      aLabelSet({ id: 1, name: 'old people', imageSet: 'shifted', images: 200 }),
      aLabelSet({ id: 2, name: 'new people', imageSet: 'shifted', images: 200 }),
      aLabelSet({ id: 3, name: 'some people', imageSet: 'shifted', images: 50 }),
    ],
  })
  const wrapper = show(EvaluationsField, { modelValue, sets })
  return () => modelOf<EvaluationConfig[]>(wrapper)
}
const CHOSEN = { imageSet: 'shifted', labelSet: 'new people', images: null }

describe('EvaluationsField', () => {
  it('measures against the newest people who labelled all of the set', async () => {
    const model = open()
    await check(checkbox(/^shifted/))
    expect(model()).toEqual([CHOSEN])
    expect(optionsOf(select('People for shifted'))).toEqual(['labels only', 'new people', 'old people'])
  })

  it('measures against labels only where no people labelled it', async () => {
    const model = open()
    await check(checkbox(/^other/))
    expect(model()).toEqual([{ imageSet: 'other', labelSet: null, images: null }])
  })

  it('lets go of one set and keeps the other', async () => {
    const model = open([CHOSEN, { imageSet: 'other', labelSet: null, images: 10 }])
    await check(checkbox(/^shifted/))
    expect(model()).toEqual([{ imageSet: 'other', labelSet: null, images: 10 }])
    expect(maybe('combobox', 'People for shifted')).toBeUndefined()
  })

  it('changes whose labels and how many images, of this set alone', async () => {
    const model = open([CHOSEN, { imageSet: 'other', labelSet: null, images: 10 }])
    await choose(select('People for shifted'), 'labels only')
    await typing(input('The first images of shifted'), '50')
    expect(model()).toEqual([
      { imageSet: 'shifted', labelSet: null, images: 50 },
      { imageSet: 'other', labelSet: null, images: 10 },
    ])
  })

  it.each(['', '0', '2.5', '-3'])('measures on all images for “%s”', async (text) => {
    const model = open([{ ...CHOSEN, images: 50 }])
    await typing(input('The first images of shifted'), text)
    expect(model()).toEqual([CHOSEN])
  })

  it('says that there is nothing to measure on', () => {
    open([], [])
    expect(document.querySelector('fieldset p')?.textContent).toContain('No image set')
  })
})
