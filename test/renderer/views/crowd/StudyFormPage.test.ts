/** A new study and the settings of one: fields complain when they were left, all do when the form is sent. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import { PAPER_PROTOCOL, type StudyInfo } from '../../../../src/domain/study'
import { useProject } from '../../../../src/renderer/stores/project'
import { useStudies } from '../../../../src/renderer/stores/studies'
import StudyFormPage from '../../../../src/renderer/views/crowd/StudyFormPage.vue'
import { anImageSet, aProject, aStudy } from '../../../support/mounted/examples'
import {
  all,
  button,
  choose,
  descriptionOf,
  input,
  press,
  select,
  settled,
  show,
  submit,
  textOf,
  the,
  typing,
} from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

async function open(study: StudyInfo | null = null, begun = false) {
  useProject().project = aProject({ imageSets: [anImageSet({ id: 2, name: 'plain', count: 50 }), anImageSet()] })
  useStudies().put(aStudy({ id: 1, name: 'Taken' }))
  answer('data.pixels', ({ indices }) => ({
    height: 1,
    width: 1,
    channels: 1,
    pixels: new Uint8Array(indices.length),
    labels: Uint8Array.from(indices, (image) => image % 10),
  }))
  answer('studies.proposeChecks', ({ imageSet }) => ({
    pool: { imageSet, images: Array.from({ length: 12 }, (_, image) => image) },
    verified: true,
  }))
  answer('studies.create', (config) => aStudy({ ...config, id: 9 }))
  answer('studies.change', () => aStudy())
  const wrapper = show(StudyFormPage, { study, begun })
  await settled()
  return wrapper
}
const name = () => input('Name')
const blur = async (field: HTMLElement) => {
  field.dispatchEvent(new FocusEvent('blur'))
  await settled()
}
const foot = () => textOf(document.querySelector('footer p'))
const invalid = () => all('textbox').filter((field) => field.getAttribute('aria-invalid') === 'true').length

describe('StudyFormPage', () => {
  it('begins with images that were judged, the paper’s protocol, and the focus on the name', async () => {
    await open()
    expect(select('Images').value).toBe('demo')
    expect(document.activeElement).toBe(name())
    expect(foot()).toMatch(/^210 trials for each participant, 10 of them checks\. 250 people give 50 judgments/)
  })

  it('creates the study', async () => {
    const wrapper = await open()
    await typing(name(), ' Pilot ')
    await typing(input('Maximum participants'), '40')
    await submit()
    expect(asked('studies.create')).toMatchObject([
      {
        name: 'Pilot',
        kind: 'crowd',
        imageSet: 'demo',
        protocol: PAPER_PROTOCOL,
        recruitment: { mostParticipants: 40 },
        checks: { imageSet: 'demo' },
      },
    ])
    expect(wrapper.emitted('done')).toMatchObject([[{ id: 9 }]])
  })

  it('does not complain of a field before it was left', async () => {
    await open()
    expect(invalid()).toBe(0)
    await blur(name())
    expect(descriptionOf(name())).toContain('A study needs a name.')
    await typing(name(), 'Taken')
    expect(descriptionOf(name())).toContain('There is a study Taken already.')
    await typing(name(), 'Pilot')
    expect(name().getAttribute('aria-invalid')).toBe('false')
  })

  it('complains of all when it is sent, counts them, and puts the focus on the first', async () => {
    await open()
    await typing(input('Completion address'), 'not an address')
    await submit()
    expect(asked('studies.create')).toEqual([])
    expect(descriptionOf(name())).toContain('A study needs a name.')
    expect(descriptionOf(input('Completion address'))).toContain('https://')
    expect(foot()).toMatch(/2 field/)
    expect(document.activeElement).toBe(name())
  })

  it('says a refusal beside the field it is about, until that is changed', async () => {
    await open()
    await typing(name(), 'Pilot')
    answer('studies.create', () => {
      throw new StudioError('bad-input', 'Class cat has 3 images.', {
        place: 'protocol.imagesPerParticipant',
        hint: 'Ask for fewer.',
      })
    })
    await submit()
    const images = input('Images per participant')
    expect(descriptionOf(images)).toContain('Class cat has 3 images. Ask for fewer.')
    expect(document.activeElement).toBe(images)
    await typing(images, '30')
    expect(images.getAttribute('aria-invalid')).toBe('false')
  })

  it('says other refusals at its foot', async () => {
    await open()
    await typing(name(), 'Pilot')
    answer('studies.create', () => {
      throw new StudioError('conflict', 'The project was closed.')
    })
    await submit()
    expect(textOf(the('alert'))).toContain('The project was closed.')
    expect(button('Create study').disabled).toBe(false)
  })

  it('takes obvious images of the set that is chosen', async () => {
    await open()
    await choose(select('Images'), 'plain')
    expect(asked('studies.proposeChecks').at(-1)).toMatchObject({ imageSet: 'plain' })
    await typing(name(), 'Pilot')
    await typing(input('Images per participant'), '40')
    await submit()
    expect(asked('studies.create')).toMatchObject([{ imageSet: 'plain', checks: { imageSet: 'plain' } }])
  })

  it('changes only what does not change the study, once somebody has begun', async () => {
    await open(aStudy({ checks: { imageSet: 'demo', images: Array.from({ length: 12 }, (_, image) => image) } }), true)
    expect(select('Images').disabled).toBe(true)
    expect(input('Only these images').disabled).toBe(true)
    expect(input('Images per participant').matches(':disabled') || document.querySelector('fieldset')?.disabled).toBe(
      true,
    )
    await typing(name(), 'Renamed')
    await press('Save settings')
    const { study, change } = asked('studies.change')[0]!
    expect(study).toBe(7)
    expect(change).toMatchObject({ name: 'Renamed' })
    expect(Object.keys(change).sort()).toEqual(['completion', 'name', 'pages', 'recruitment'])
  })

  it('changes the protocol of a study nobody has begun', async () => {
    await open(aStudy({ checks: { imageSet: 'demo', images: Array.from({ length: 12 }, (_, image) => image) } }))
    await typing(input('Practice images'), '3')
    await press('Save settings')
    expect(asked('studies.change')[0]?.change).toMatchObject({ protocol: { practiceTrials: 3 } })
  })

  it('cancels without asking anything', async () => {
    const wrapper = await open()
    await press('Cancel')
    expect(wrapper.emitted('cancel')).toHaveLength(1)
    expect(asked('studies.create')).toEqual([])
  })
})
