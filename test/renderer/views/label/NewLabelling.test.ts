/** Setting up a labelling of one's own: which images it comes to, and the study that is made of them. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import type { StudyInfo } from '../../../../src/domain/study'
import { useProject } from '../../../../src/renderer/stores/project'
import { useStudies } from '../../../../src/renderer/stores/studies'
import NewLabelling from '../../../../src/renderer/views/label/NewLabelling.vue'
import { anImageSet, aProject, aStudy } from '../../../support/mounted/examples'
import {
  all,
  button,
  choose,
  input,
  maybe,
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

const PLAIN = anImageSet({ id: 2, name: 'plain', count: 5 })
const SETS = [PLAIN, anImageSet()]

function open(given: { imageSet?: string; images?: string } = {}, sets = SETS) {
  useProject().project = aProject({ imageSets: sets })
  answer('studies.create', (config) => aStudy({ ...config, id: 9 }))
  answer('data.pixels', ({ indices }) => ({
    height: 1,
    width: 1,
    channels: 1,
    pixels: new Uint8Array(indices.length),
    labels: Uint8Array.from(indices, (image) => image % 2),
  }))
  return show(NewLabelling, { sets, asked: { imageSet: '', images: '', ...given } })
}
const which = () => select('Which of them')
const chosenText = (field: HTMLSelectElement) => optionsOf(field)[field.selectedIndex]
const start = () => button(/^(Start labelling|Preparing)/)
const made = () => asked('studies.create')[0]

describe('NewLabelling', () => {
  it('begins with a set that people have judged, all of it', async () => {
    const wrapper = open()
    expect(chosenText(select('Images'))).toBe('demo')
    expect(chosenText(which())).toBe('All 1,000 images')
    await press('Start labelling')
    expect(made()).toMatchObject({ name: 'My labels of demo', kind: 'personal', imageSet: 'demo', selection: null })
    expect(wrapper.emitted('made')).toMatchObject([[{ id: 9 }]])
  })

  it('takes a name that is free', async () => {
    useStudies().put(aStudy({ name: 'My labels of demo' }))
    open()
    await press('Start labelling')
    expect(made()?.name).toBe('My labels of demo 2')
  })

  it('labels those of one class, found by their pixels’ labels where nobody judged them', async () => {
    open()
    await choose(select('Images'), 'plain')
    await choose(which(), 'Those of one class')
    await choose(select('Class'), 'automobile')
    await press('Start labelling')
    expect(made()).toMatchObject({ name: 'My labels of plain, automobile', selection: [1, 3] })
  })

  it('says that there is none of the class, and makes nothing', async () => {
    open()
    await choose(select('Images'), 'plain')
    await choose(which(), 'Those of one class')
    await choose(select('Class'), 'truck')
    await press('Start labelling')
    expect(textOf(the('alert'))).toContain('No image of plain is of that kind.')
    expect(asked('studies.create')).toEqual([])
    expect(start().disabled).toBe(false)
  })

  it('labels those that would gain most by the judgments of a label set', async () => {
    answer('labels.next', () => [{ image: 8 }, { image: 2 }] as never)
    open()
    await choose(which(), 'Those that would gain most')
    await type(input('How many'), '2')
    await press('Start labelling')
    expect(asked('labels.next')).toEqual([{ labelSet: 'demo people', limit: 2 }])
    expect(made()?.selection).toEqual([8, 2])
  })

  it.each(['0', '10001'])('cannot start with the %s that would gain most', async (number) => {
    open()
    await choose(which(), 'Those that would gain most')
    await type(input('How many'), number)
    expect(start().disabled).toBe(true)
  })

  it('does not offer gain where no judgments are counted, and leaves it with the set', async () => {
    open()
    await choose(which(), 'Those that would gain most')
    await choose(select('Images'), 'plain')
    expect(chosenText(which())).toBe('All 5 images')
    expect(which().options[2]?.disabled).toBe(true)
  })

  it('labels the images that were chosen elsewhere, those that there are', async () => {
    open({ imageSet: 'plain', images: '3,1,3,77,x' })
    expect(chosenText(which())).toBe('The 2 images chosen')
    expect(all('img')).toHaveLength(2)
    await press('Start labelling')
    expect(made()).toMatchObject({ name: 'My labels of plain, 2 chosen', selection: [3, 1] })
  })

  it('shows some of many chosen, and counts the rest', () => {
    open({ imageSet: 'demo', images: Array.from({ length: 30 }, (_, image) => image).join(',') })
    expect(all('img')).toHaveLength(24)
    expect(textOf(document.querySelector('.chosen'))).toBe('and 6 more')
  })

  it('does not label images chosen of another set', async () => {
    open({ imageSet: 'plain', images: '3' })
    await choose(select('Images'), 'demo')
    expect(chosenText(which())).toBe('All 1,000 images')
    expect(optionsOf(which())).toHaveLength(3)
  })

  it.each(['31', '513', '100.5'])('cannot start at a size of %s pixels', async (size) => {
    open()
    await type(input(/^Size on the screen/), size)
    expect(start().disabled).toBe(true)
  })

  it('is started once, however often it is pressed', async () => {
    const slow = pending<StudyInfo>()
    open()
    answer('studies.create', () => slow.promise)
    await press('Start labelling')
    expect(start().disabled).toBe(true)
    slow.resolve(aStudy())
    await settled()
    expect(asked('studies.create')).toHaveLength(1)
  })

  it('shows why it could not be made', async () => {
    open()
    answer('studies.create', () => {
      throw new StudioError('conflict', 'The project is closed.')
    })
    await press('Start labelling')
    expect(textOf(the('alert'))).toContain('The project is closed.')
    expect(maybe('button', 'Start labelling')).toBeDefined()
  })
})
