/** The obvious images: proposed when a set is chosen, struck out and taken back, added by index. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import { NO_LABEL } from '../../../../src/domain/labels/judgments'
import { CIFAR10_CLASSES } from '../../../../src/domain/labels/sets'
import type { ImagePool } from '../../../../src/domain/study'
import { useProject } from '../../../../src/renderer/stores/project'
import ChecksField from '../../../../src/renderer/views/crowd/ChecksField.vue'
import { aLabelSet, anImageSet, aProject } from '../../../support/mounted/examples'
import {
  all,
  button,
  choose,
  descriptionOf,
  input,
  key,
  maybe,
  modelOf,
  nameOf,
  optionsOf,
  press,
  select,
  settled,
  show,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked, pending } from '../../../support/mounted/program'

const DEMO = anImageSet()
const OTHER = anImageSet({ id: 2, name: 'other', count: 50 })
const FOREIGN = anImageSet({ id: 3, name: 'foreign', classes: ['yes', 'no'] })

/** Image 17 is of class 7, and so on; 99 has none. */
function givePixels() {
  answer('data.pixels', ({ indices }) => ({
    height: 1,
    width: 1,
    channels: 1,
    pixels: new Uint8Array(indices.length),
    labels: Uint8Array.from(indices, (image) => (image === 99 ? NO_LABEL : image % 10)),
  }))
}

async function open(images: number[], props: { disabled?: boolean; problem?: string } = {}) {
  useProject().project = aProject({
    imageSets: [DEMO, OTHER, FOREIGN],
    labelSets: [
      aLabelSet({ id: 1, name: 'few', judgments: 100 }),
      aLabelSet({ id: 2, name: 'many', judgments: 900 }),
      aLabelSet({ id: 3, name: 'computed', judgments: 900, format: 'aggregate' }),
      aLabelSet({ id: 4, name: 'probabilities', judgments: null }),
    ],
  })
  givePixels()
  const wrapper = show(ChecksField, {
    classes: [...CIFAR10_CLASSES],
    needed: 10,
    seed: 5,
    problem: undefined,
    disabled: false,
    modelValue: { imageSet: 'demo', images },
    ...props,
  })
  await settled()
  return { wrapper, pool: () => modelOf<ImagePool>(wrapper) }
}
const pictures = () => all('button', /^Image \d+/)
const propose = (images: number[], verified = true) =>
  answer('studies.proposeChecks', ({ imageSet }) => ({ pool: { imageSet, images }, verified }))
const state = () => textOf(document.querySelector('[aria-live]'))

describe('ChecksField', () => {
  it('proposes by the set with most judgments, and groups what came by class', async () => {
    propose([17, 3, 27])
    const { pool } = await open([])
    expect(asked('studies.proposeChecks')).toEqual([{ imageSet: 'demo', labelSet: 'many', perClass: 5, seed: 5 }])
    expect(pool().images).toEqual([17, 3, 27])
    expect([...document.querySelectorAll('h3')].map(textOf)).toEqual(['cat', 'horse'])
    expect(pictures().map(nameOf)).toEqual([
      'Image 3, cat: strike it out',
      'Image 17, horse: strike it out',
      'Image 27, horse: strike it out',
    ])
    expect(state()).toMatch(/^3 obvious images chosen, 10 for each participant\. Verified/)
  })

  it('keeps those that were chosen before, and asks nothing', async () => {
    const { pool } = await open([17])
    expect(asked('studies.proposeChecks')).toEqual([])
    expect(pool().images).toEqual([17])
    expect(pictures().map(nameOf)).toEqual(['Image 17, horse: strike it out'])
  })

  it('says that labelled images were verified by nobody', async () => {
    propose([17], false)
    await open([])
    expect(state()).toContain('Not verified by judgments')
  })

  it('strikes out and takes back, the picture staying where it is', async () => {
    const { pool } = await open([17, 3])
    await press('Image 17, horse: strike it out')
    expect(pool().images).toEqual([3])
    const struck = button('Image 17, horse: struck out, take it back')
    expect(struck.getAttribute('aria-pressed')).toBe('false')
    await press('Image 17, horse: struck out, take it back')
    expect(pool().images).toEqual([3, 17])
  })

  it('offers sets with the same classes, and of label sets those that people made', async () => {
    await open([17])
    expect(optionsOf(select('Images from'))).toEqual(['demo', 'other'])
    expect(optionsOf(select('On which all agree in')).slice(0, -1)).toEqual(['many', 'few'])
  })

  it('proposes anew from another set', async () => {
    propose([8])
    const { pool } = await open([17])
    await choose(select('Images from'), 'other')
    expect(asked('studies.proposeChecks')).toMatchObject([{ imageSet: 'other', labelSet: null }])
    expect(pool()).toEqual({ imageSet: 'other', images: [8] })
  })

  it('does not take a proposal for a set that is no longer chosen', async () => {
    const slow = pending<{ pool: ImagePool; verified: boolean }>()
    const { pool } = await open([17])
    answer('studies.proposeChecks', ({ imageSet }) =>
      imageSet === 'other' ? slow.promise : { pool: { imageSet, images: [4] }, verified: true },
    )
    await choose(select('Images from'), 'other')
    await choose(select('Images from'), 'demo')
    expect(pool()).toEqual({ imageSet: 'demo', images: [4] })
    slow.resolve({ pool: { imageSet: 'other', images: [8] }, verified: false })
    await settled()
    expect(pool()).toEqual({ imageSet: 'demo', images: [4] })
    expect(state()).toContain('Verified:')
  })

  it('cannot propose none a class', async () => {
    await open([17])
    await type(input('Per class'), '0')
    expect(button('Propose anew').disabled).toBe(true)
    await type(input('Per class'), '')
    expect(button('Propose anew').disabled).toBe(true)
    await type(input('Per class'), '2')
    propose([17])
    await press('Propose anew')
    expect(asked('studies.proposeChecks')).toMatchObject([{ perClass: 2 }])
  })

  it('adds by index with Enter, each once, without sending the form', async () => {
    const { pool } = await open([17])
    await type(input('Add images by index'), '16-18')
    expect(await key(input('Add images by index'), 'Enter')).toBe(true)
    expect(pool().images).toEqual([17, 16, 18])
    expect(input('Add images by index').value).toBe('')
  })

  it.each([
    ['', 'Name an image by its index.'],
    ['x', '“x” is neither an index nor a range like 20-25.'],
    ['1000', 'Image 1000 does not exist: the set has 1000, counted from 0.'],
    ['98-99', 'Image 99 has no class, so no answer to it is right.'],
  ])('refuses “%s” beside the field', async (text, words) => {
    const { pool } = await open([17])
    await type(input('Add images by index'), text)
    await press('Add')
    expect(descriptionOf(input('Add images by index'))).toContain(words)
    expect(pool().images).toEqual([17])
  })

  it('shows why nothing could be proposed', async () => {
    answer('studies.proposeChecks', () => {
      throw new StudioError('conflict', 'Nobody agrees on anything.')
    })
    await open([])
    expect(textOf(the('alert'))).toContain('Nobody agrees on anything.')
    expect(button('Propose anew').disabled).toBe(false)
  })

  it('is for looking only once people have answered', async () => {
    await open([17], { disabled: true })
    expect(button('Image 17, horse: strike it out').disabled).toBe(true)
    expect(maybe('button', 'Propose anew')).toBeUndefined()
    expect(maybe('button', 'Add')).toBeUndefined()
  })

  it('ties what its form found wrong to the group', async () => {
    await open([17], { problem: 'Choose at least 10.' })
    expect(descriptionOf(the('group', 'Obvious images'))).toBe('Choose at least 10.')
  })
})
