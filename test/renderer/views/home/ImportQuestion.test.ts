/** What an import could not decide: the same files are asked for again with the owner's choice. */
import { describe, expect, it } from 'vitest'
import type { JobInfo } from '../../../../src/contract'
import { StudioError } from '../../../../src/domain/errors'
import { useJobs } from '../../../../src/renderer/stores/jobs'
import ImportQuestion from '../../../../src/renderer/views/home/ImportQuestion.vue'
import { aJob } from '../../../support/mounted/examples'
import { all, choose, press, select, settled, show } from '../../../support/mounted/page'
import { answer, asked, pending } from '../../../support/mounted/program'

const job = aJob({
  id: 'first',
  state: 'failed',
  asked: { paths: ['/a', '/b'], choices: { repeats: 'first' } },
})
const again = aJob({ id: 'second' })
function open(choice: 'order' | 'encoding') {
  useJobs().jobs = [job]
  show(ImportQuestion, { job, choice })
}
const shown = () => useJobs().shown.map(({ id }) => id)

describe('ImportQuestion', () => {
  it('imports the same files again in the order that was pressed, other choices kept', async () => {
    answer('data.import', () => again)
    open('order')
    await press(/lexical/)
    expect(asked('data.import')).toEqual([{ paths: ['/a', '/b'], choices: { repeats: 'first', order: 'lexical' } }])
    // The question is answered: the new import stands in its place.
    expect(shown()).toEqual(['second'])
  })

  it('imports again in the encoding chosen', async () => {
    answer('data.import', () => again)
    open('encoding')
    await choose(select('Encoding of the text'), /^shift_jis/)
    await press('Import again')
    expect(asked('data.import')).toMatchObject([{ choices: { repeats: 'first', encoding: 'shift_jis' } }])
  })

  it('keeps asking where the import could not be started', async () => {
    answer('data.import', () => {
      throw new StudioError('not-found', '/a is not there any more.')
    })
    open('order')
    await press(/natural/)
    expect(shown()).toEqual(['first'])
    expect(useJobs().error?.message).toBe('/a is not there any more.')
  })

  it('cannot be answered twice while it starts', async () => {
    const slow = pending<JobInfo>()
    answer('data.import', () => slow.promise)
    open('order')
    await press(/natural/)
    expect(all<HTMLButtonElement>('button').map(({ disabled }) => disabled)).toEqual([true, true])
    slow.resolve(again)
    await settled()
  })
})
