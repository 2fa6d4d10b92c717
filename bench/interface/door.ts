/**
 * The browser door in a process of its own, whose runs are worked by synthetic workers: processes that speak the
 * protocol of workers/messages.ts, one point a message, acknowledged, and train nothing.
 */
import { fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDoor } from '../../src/main/transport/httpServer'
import type { FromWorker, LaunchWorker, ToWorker } from '../../src/main/workers/messages'
import { createServices } from '../../src/main/services'
import { EPOCHS, point, STEPS, WORKERS } from './given'

const launchSynthetic =
  (eventsPerSecond: number, history: number): LaunchWorker =>
  () => {
    const child = fork(
      process.argv[1] ?? '',
      ['interface', '--as', 'worker', '--events', String(eventsPerSecond), '--history', String(history)],
      { serialization: 'advanced' },
    )
    return {
      pid: child.pid,
      send(message) {
        if (child.connected) child.send(message, () => {})
      },
      onMessage: (listener) => void child.on('message', (message) => listener(message as FromWorker)),
      onLine: () => undefined,
      onExit: (listener) => void child.on('exit', listener),
      kill: () => void child.kill('SIGKILL'),
    }
  }

/** Runs until it is told to end. Prints its address. */
export async function serveSynthetic(folder: string, eventsPerSecond: number, history: number): Promise<never> {
  const services = createServices({
    launch: launchSynthetic(eventsPerSecond, history),
    worksQueue: true,
    recentFile: null,
  })
  await services.project.open(folder)
  const door = await openDoor(services, { host: '127.0.0.1', port: 0 })
  process.stdout.write(`${door.url}\n`)
  await new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
  await door.close()
  await services.close()
  process.exit(0)
}

/** The other side: a run's points at its share of the events, each sent when the one before was acknowledged. */
export async function workSynthetically(eventsPerSecond: number, history: number): Promise<never> {
  const acknowledged = new Map<number, () => void>()
  let [ended, last] = [null as 'paused' | 'stopped' | null, 0]
  const start = new Promise<{ run: number }>((resolve) =>
    process.on('message', (message: ToWorker) => {
      if (message.type === 'start' && message.task.kind === 'run') resolve(message.task)
      else if (message.type === 'ack') acknowledged.get(message.id)?.()
      else ended = message.type === 'pause' ? 'paused' : 'stopped'
    }),
  )
  process.on('disconnect', () => process.exit(0))
  const tell = (message: FromWorker) => process.send?.(message)
  const report = (make: (id: number) => FromWorker) =>
    new Promise<void>((resolve) => {
      const id = ++last
      acknowledged.set(id, resolve)
      tell(make(id))
    })

  const { run } = await start
  await report((id) => ({
    type: 'run',
    id,
    news: { type: 'opened', device: 'CPU', engine: 'synthetic', resumedAt: history },
  }))
  const gapMs = (1000 * WORKERS) / eventsPerSecond
  let due = performance.now()
  for (let step = history + 1; ended === null; step++) {
    const now = point(step, run)
    const progress = {
      step,
      steps: STEPS,
      epoch: now.epoch,
      epochs: EPOCHS,
      activity: 'training',
      imagesPerSecond: now.imagesPerSecond ?? null,
      secondsLeft: (STEPS - step) / 10,
    }
    await report((id) => ({ type: 'run', id, news: { type: 'points', points: [now] } }))
    await report((id) => ({ type: 'run', id, news: { type: 'progress', progress } }))
    due += gapMs
    await sleep(Math.max(0, due - performance.now()))
  }
  const outcome = { kind: ended }
  await report((id) => ({ type: 'done', id, outcome }))
  process.exit(0)
}
