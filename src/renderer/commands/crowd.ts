/** Crowd: a new study, and every study by name. */
import { useProject } from '../stores/project'
import { useStudies } from '../stores/studies'
import { action, type Command, type CommandSource } from './command'

export const crowdCommands: CommandSource = (router) => {
  const studies = useStudies().crowd.map(({ id, name, imageSet }): Command => ({
    id: `study ${id}`,
    title: name,
    kind: 'Study',
    words: `crowd ${imageSet}`,
    act: () => router.push({ path: '/crowd', query: { study: id } }),
  }))
  const make = action('study', 'New study', () => router.push({ path: '/crowd', query: { form: 'new' } }), {
    words: 'crowd participants',
    keys: ['n'],
  })
  return [...(useProject().hasImages ? [make] : []), ...studies]
}
