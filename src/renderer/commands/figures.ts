/** Figures: each figure and table, and the report of the newest experiment. */
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
  const sections = ['Figure 1', 'Figure 2', 'Figure 3', 'Table 1', 'Table 2', 'Figure 4'].map((title) =>
    action(
      title,
      title,
      () => router.push({ path: '/figures', query: { show: title.toLowerCase().replace(' ', '-') } }),
      { words: 'paper export save' },
    ),
  )
  return [
    ...sections,
    action('report', 'Write the report', () => write(newest.id), { words: 'html json export paper' }),
  ]
}
