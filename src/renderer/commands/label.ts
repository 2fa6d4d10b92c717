/** Label: labelling alone, and going on with an earlier labelling. */
import { useProject } from '../stores/project'
import { useStudies } from '../stores/studies'
import { action, type CommandSource } from './command'

export const labelCommands: CommandSource = (router) => {
  if (!useProject().hasImages) return []
  const earlier = useStudies().personal.map(({ id, name }) =>
    action(`labelling ${id}`, `Go on labelling ${name}`, () => router.push({ path: '/label', query: { study: id } })),
  )
  return [action('label', 'Label images', () => router.push('/label'), { words: 'annotate judge alone' }), ...earlier]
}
