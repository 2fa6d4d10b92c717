/** Figures: the report of the newest experiment. */
import { useFigures } from '../stores/figures'
import { useRuns } from '../stores/runs'
import { action, type CommandSource } from './command'

export const figureCommands: CommandSource = (router) => {
  const newest = useRuns().experiments.at(-1)
  if (!newest || newest.done === 0) return []
  async function write(id: number) {
    await router.push('/figures')
    await useFigures().choose(id)
    await useFigures().writeReport()
  }
  return [action('report', 'Write the report', () => write(newest.id), { words: 'html json export paper' })]
}
