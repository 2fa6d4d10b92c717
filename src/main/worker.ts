/**
 * The worker process: does one task, then ends. One entry for both ways of starting it, Electron's utilityProcess (a
 * `parentPort`) and child_process.fork. Dies with its parent, so that no training goes on that nobody watches.
 */
import { toStudioError } from './process/systemErrors'
import type { FromWorker, Outcome, Task, ToWorker } from './workers/messages'
import type { Parent } from './workers/parent'

interface ParentPort {
  postMessage(message: unknown): void
  on(name: 'message', listener: (event: { data: unknown }) => void): void
}
/** Present in Electron's utilityProcess only. */
const parentPort = (process as { parentPort?: ParentPort }).parentPort

const waiting = new Map<number, () => void>()
/** Requests may come before the task listens: the answer to a late listener is the request that was made. */
const requests = { pause: request(), stop: request() }
let nextId = 0

function request() {
  const listeners: (() => void)[] = []
  let made = false
  return {
    listen(listener: () => void) {
      listeners.push(listener)
      if (made) listener()
    },
    make() {
      made = true
      for (const listener of listeners) listener()
    },
  }
}

function post(message: FromWorker) {
  if (parentPort) parentPort.postMessage(message)
  else process.send?.(message)
}

const parent: Parent = {
  tell: post,
  report: (message) =>
    new Promise((resolve) => {
      const id = ++nextId
      waiting.set(id, resolve)
      post({ ...message, id })
    }),
  onPause: (listener) => requests.pause.listen(listener),
  onStop: (listener) => requests.stop.listen(listener),
}

async function perform(task: Task): Promise<Outcome> {
  switch (task.kind) {
    case 'import':
    case 'demo': {
      const { performImport } = await import('./labels/task')
      return performImport(task, parent)
    }
    case 'aggregate': {
      const { performAggregation } = await import('./labels/task')
      return performAggregation(task, parent)
    }
    case 'publish':
    case 'simulate':
    case 'rehearse': {
      const { performStudyTask } = await import('./study/task')
      return performStudyTask(task, parent)
    }
    case 'attack':
    case 'examples': {
      const { performAttackTask } = await import('./attacks/task')
      return performAttackTask(task, parent)
    }
    case 'figures':
    case 'figureFiles':
    case 'report': {
      const { performFiguresTask } = await import('./figures/task')
      return performFiguresTask(task)
    }
    case 'bench': {
      const { runBench } = await import('./devices/bench')
      return { kind: 'measured', result: await runBench(task.options) }
    }
    case 'run': {
      const { performRun } = await import('./runs/task')
      return performRun(task, parent)
    }
  }
}

async function start(task: Task) {
  try {
    await parent.report({ type: 'done', outcome: await perform(task) })
  } catch (error) {
    await parent.report({ type: 'failed', error: toStudioError(error).toData() })
  }
  // The engine's thread has ended by now; native libraries may still hold the process open.
  process.exit(0)
}

function receive(message: ToWorker) {
  switch (message.type) {
    case 'start':
      return void start(message.task)
    case 'ack':
      waiting.get(message.id)?.()
      waiting.delete(message.id)
      return
    case 'pause':
      return requests.pause.make()
    case 'stop':
      return requests.stop.make()
  }
}

// A terminal's Ctrl+C reaches the whole group: the services decide what becomes of their workers.
process.on('SIGINT', () => {})
if (parentPort) parentPort.on('message', (event) => receive(event.data as ToWorker))
else {
  process.on('message', (message) => receive(message as ToWorker))
  // Not process.exit(): it would end the engine's thread in the middle of a native call, which aborts noisily.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}
