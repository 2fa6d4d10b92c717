/** Exporting a study: the file that is proposed, the identifiers that are asked for anew each time, and what came. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import { useProject } from '../../../../src/renderer/stores/project'
import ExportDialog from '../../../../src/renderer/views/crowd/ExportDialog.vue'
import { aProject, aStudy } from '../../../support/mounted/examples'
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

function open() {
  useProject().project = aProject()
  return showOpened(ExportDialog, { study: aStudy({ name: 'Pilot, part 2' }) })
}
const file = () => input('File')

describe('ExportDialog', () => {
  it('proposes a file in the project that follows the format', async () => {
    await open()
    expect(file().value).toBe('/projects/pilot/exports/pilot-part-2-tidy.csv')
    await choose(select('Format'), /^Counts/)
    expect(file().value).toBe('/projects/pilot/exports/pilot-part-2-counts.npy')
  })

  it('leaves a name that was typed as it is', async () => {
    await open()
    await type(file(), '/tmp/mine.csv')
    await choose(select('Format'), /^Counts/)
    expect(file().value).toBe('/tmp/mine.csv')
  })

  it('offers identifiers only where there are single judgments, and not again by themselves', async () => {
    const wrapper = await open()
    expect(checkbox(/^With identifiers/).checked).toBe(false)
    await check(checkbox(/^With identifiers/))
    await wrapper.setProps({ open: false })
    await wrapper.setProps({ open: true })
    await settled()
    expect(checkbox(/^With identifiers/).checked).toBe(false)
    await choose(select('Format'), /^Probabilities/)
    expect(maybe('checkbox', /^With identifiers/)).toBeUndefined()
  })

  it('needs a file name', async () => {
    await open()
    await type(file(), ' ')
    await submit()
    expect(asked('studies.export')).toEqual([])
    expect(descriptionOf(file())).toContain('Name a file.')
  })

  it('writes, and says how much and where', async () => {
    answer('studies.export', ({ out }) => ({ path: out, rows: 1 }))
    await open()
    await type(file(), ' /tmp/mine.csv ')
    await check(checkbox(/^With identifiers/))
    await submit()
    expect(asked('studies.export')).toEqual([{ study: 7, format: 'tidy', out: '/tmp/mine.csv', identifiers: true }])
    expect(textOf(the('status'))).toBe('1 row in /tmp/mine.csv')
    // What was written is not what is asked for next.
    await choose(select('Format'), /^Counts/)
    expect(maybe('status')).toBeUndefined()
  })

  it('shows why a file could not be written', async () => {
    answer('studies.export', () => {
      throw new StudioError('bad-file', 'The disk is full.', { file: '/tmp/mine.csv' })
    })
    await open()
    await submit()
    expect(textOf(the('alert'))).toContain('The disk is full.')
    expect(maybe('status')).toBeUndefined()
    expect(button('Write the file').disabled).toBe(false)
  })
})
