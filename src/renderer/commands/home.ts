/** Home: the ways to begin, data, projects. */
import { exploreDemo, reproduce } from '../stores/begin'
import { askForProject, ensureProject } from '../stores/dialogs'
import { useProject } from '../stores/project'
import { useRuns } from '../stores/runs'
import { action, type Command, type CommandSource } from './command'

export const homeCommands: CommandSource = (router) => {
  const store = useProject()
  const recent = store.recent
    .filter(({ path }) => path !== store.project?.path)
    .map(({ path, name }): Command => ({
      id: `project ${path}`,
      title: `Open ${name}`,
      kind: 'Project',
      words: `recent ${path}`,
      act: () => store.open(path),
    }))

  async function importData() {
    if (!(await ensureProject('What you import is kept in a project folder.'))) return
    await router.push('/')
    document.getElementById('import-paths')?.focus()
  }
  async function demo() {
    if (!(await ensureProject('The demo set is drawn into a project folder.'))) return
    await router.push('/')
    await exploreDemo()
  }
  return [
    action('import', 'Import data', importData, { words: 'cifar files labels images' }),
    action('demo', 'Make the demo set', demo, { words: 'explore example data' }),
    ...(useRuns().experiments.length === 0
      ? [action('reproduce', 'Reproduce the figures', () => reproduce(router), { words: 'quick paper experiment' })]
      : []),
    action('project', 'Open or make a project', () => askForProject(), { words: 'folder switch' }),
    ...recent,
  ]
}
