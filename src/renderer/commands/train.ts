/** Train: new runs, the queue as a whole, and every run by number, network, target and fold. */
import { newRunsOpen } from '../stores/dialogs'
import { actOnQueue, queueActions } from '../stores/queueActions'
import { runTitle } from '../lib/runWords'
import { useProject } from '../stores/project'
import { useRuns } from '../stores/runs'
import { action, type Command, type CommandSource } from './command'

export const trainCommands: CommandSource = (router) => {
  const store = useRuns()
  async function newRuns() {
    await router.push('/train')
    newRunsOpen.value = true
  }
  const queue = queueActions(store.runs).map((each) =>
    action(each.action, `${each.word} (${each.runs.length})`, () => actOnQueue(each), { words: 'queue runs all' }),
  )
  const runs = store.runs.map((run): Command => ({
    id: `run ${run.id}`,
    title: `Run ${run.id}: ${runTitle(run)}`,
    kind: 'Run',
    words: run.state,
    act: () => router.push({ path: '/train', query: { run: run.id } }),
  }))
  const make = action('runs', 'New runs', newRuns, { words: 'train network preset queue', keys: ['n'] })
  const held = store.queueInfo?.held ?? false
  const hold = action('hold', held ? 'Let the queue go on' : 'Hold the queue', () => store.setQueue({ held: !held }), {
    words: 'queue pause start release',
  })
  return [...(useProject().hasLabels ? [make] : []), ...(store.runs.length > 0 ? [hold] : []), ...queue, ...runs]
}
