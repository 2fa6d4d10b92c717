/** Opening a project folder: typed, chosen or one of the recent ones; whoever asked hears whether one was opened. */
import { afterEach, describe, expect, it } from 'vitest'
import { StudioError } from '../../../src/domain/errors'
import ProjectDialog from '../../../src/renderer/components/ProjectDialog.vue'
import { askForProject, ensureProject, projectDialog } from '../../../src/renderer/stores/dialogs'
import { useProject } from '../../../src/renderer/stores/project'
import { aProject } from '../../support/mounted/examples'
import { all, button, input, press, settled, show, submit, textOf, the, type } from '../../support/mounted/page'
import { answer, asked } from '../../support/mounted/program'

const recent = (path: string) => ({ path, name: path.slice(1), openedAt: '' })
afterEach(() => void (projectDialog.value = null))

/** Not awaited: it ends when the dialog does. */
async function ask(reason = '') {
  const outcome: boolean[] = []
  show(ProjectDialog)
  answer('project.recent', () => [])
  answer('project.open', ({ path }) => aProject({ path }))
  void askForProject(reason).then((opened) => outcome.push(opened))
  await settled()
  return outcome
}
const folder = () => input('Folder')

describe('ProjectDialog', () => {
  it('says why it is asked', async () => {
    await ask('What you import is kept in a project folder.')
    expect(textOf(the('dialog'))).toContain('What you import is kept in a project folder.')
  })

  it('opens the folder that was typed, and says so to whoever asked', async () => {
    const outcome = await ask()
    expect(button('Open').disabled).toBe(true)
    await type(folder(), ' /work/pilot ')
    await submit()
    expect(asked('project.open')).toEqual([{ path: '/work/pilot' }])
    expect(outcome).toEqual([true])
    expect(projectDialog.value).toBe(null)
    expect(useProject().project?.path).toBe('/work/pilot')
  })

  it('stays with a refusal, and tells nobody yet', async () => {
    const outcome = await ask()
    answer('project.open', () => {
      throw new StudioError('forbidden', 'This folder cannot be written.')
    })
    await type(folder(), '/root')
    await submit()
    expect(textOf(the('alert'))).toContain('This folder cannot be written.')
    expect(folder().getAttribute('aria-invalid')).toBe('true')
    expect(outcome).toEqual([])
  })

  it('says no to whoever asked when it is closed', async () => {
    const outcome = await ask()
    await press('Close')
    expect(outcome).toEqual([false])
  })

  it('opens a recent one, but does not offer the one that is open', async () => {
    useProject().recent = [recent('/a'), recent('/b')]
    useProject().project = aProject({ path: '/a' })
    const outcome = await ask()
    expect(all('button', /^[ab]\//).map(textOf)).toEqual(['b/b'])
    await press('b/b')
    expect(asked('project.open')).toEqual([{ path: '/b' }])
    expect(outcome).toEqual([true])
  })

  it('opens what the system’s dialog chose, and nothing where that was dismissed', async () => {
    let chosen: string | null = null
    answer('project.chooseFolder', () => chosen)
    const outcome = await ask()
    await press('Choose…')
    expect(asked('project.open')).toEqual([])
    chosen = '/chosen'
    await press('Choose…')
    expect(asked('project.open')).toEqual([{ path: '/chosen' }])
    expect(outcome).toEqual([true])
  })

  it('is not asked where a project is open', async () => {
    useProject().project = aProject()
    expect(await ensureProject('why')).toBe(true)
    expect(projectDialog.value).toBe(null)
  })
})
