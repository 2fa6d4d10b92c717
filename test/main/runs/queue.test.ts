/**
 * The queue as a whole and what a person keeps with runs: order, hold, workers, notes, tags, removal; all of it lasts.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { FromWorker, LaunchWorker, Task, ToWorker } from '../../../src/main/workers/messages'
import { finishedRates } from '../../../src/main/speeds/finishedRates'
import { createServices } from '../../../src/main/services'
import { addToProject } from '../../../src/main/labels/addToProject'
import { readSpeeds } from '../../../src/main/speeds/speeds'
import { openProject } from '../../../src/main/storage'
import { processName } from '../../../src/main/storage/processes'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import { runKey } from '../../../src/domain/runs/runKey'
import { someImages, someLabels, temporaryFolder } from '../temporary'

const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'some-images',
  labelSet: 'some-labels',
  protocol: 'described',
  folds: 4,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 4,
  batch: 4,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 0,
  schedule: { kind: 'constant' },
  augment: false,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [],
}
const seeds = (...list: number[]) => list.map((seed): RunConfig => ({ ...config, seed }))

/** For a state that comes by itself; its default is one second. */
const PATIENT = { timeout: 60_000 }

/** Workers that do nothing but what the test tells them. */
function puppets() {
  const started: { task: Task; say: (message: FromWorker) => void; exit: () => void }[] = []
  const launch: LaunchWorker = () => {
    let say: (message: FromWorker) => void = () => {}
    let exit: () => void = () => {}
    return {
      pid: undefined,
      send(message: ToWorker) {
        if (message.type === 'start') started.push({ task: message.task, say: (what) => say(what), exit: () => exit() })
        if (message.type === 'ack' || message.type === 'pause' || message.type === 'stop') setTimeout(() => exit())
      },
      onMessage: (listener) => (say = listener),
      onLine: () => {},
      onExit: (listener) => (exit = () => listener(0, null)),
      kill: () => exit(),
    }
  }
  const runs = () => started.flatMap(({ task }) => (task.kind === 'run' ? [task.run] : []))
  const finish = (run: number) => {
    const found = started.find(({ task }) => task.kind === 'run' && task.run === run)
    found?.say({
      type: 'done',
      id: 1,
      outcome: { kind: 'finished', result: { measures: { accuracy: 1 }, heldOut: 5, attacks: [] } },
    })
  }
  return { launch, started, runs, finish }
}

async function opened(folder = temporaryFolder()) {
  const workers = puppets()
  const services = createServices({ launch: workers.launch, worksQueue: true, recentFile: null })
  await services.project.open(folder)
  onTestFinished(() => services.close())
  const store = services.project.store()
  if (store.labelSets.list().length === 0) await addToProject(store, [someImages(), someLabels()])
  return { ...workers, services, runsService: services.runs, store, folder }
}

describe('the queue', () => {
  test('held, it starts nothing; released, it goes by the order a person gave it, as many at once as they chose', async () => {
    const { runsService: queue, runs, finish, services } = await opened()
    const told = vi.fn()
    services.events.subscribe((name, payload) => name === 'queue.changed' && told(payload))
    queue.set({ held: true, workers: 2 })
    const [a = 0, b = 0, c = 0, d = 0] = (await queue.queue(seeds(1, 2, 3, 4))).map(({ id }) => id)
    expect(queue.move([d, c], a).order).toEqual([d, c, a, b])
    expect(queue.move([d], null).order).toEqual([c, a, b, d])
    // Before one of themselves: they gather where it stands.
    expect(queue.move([b, c], b).order).toEqual([a, b, c, d])
    expect(queue.move([d], a).order).toEqual([d, a, b, c])
    await sleep(50)
    expect(runs()).toEqual([])
    expect(queue.set({ held: false })).toMatchObject({ held: false, workers: 2 })
    await vi.waitFor(() => expect(runs()).toEqual([d, a]), PATIENT)
    expect(() => queue.move([d], null)).toThrow(/does not wait/)
    finish(d)
    await vi.waitFor(() => expect(runs()).toEqual([d, a, b]), PATIENT)
    queue.set({ held: true })
    finish(a)
    await vi.waitFor(() => expect(queue.list().find(({ id }) => id === a)?.state).toBe('done'), PATIENT)
    await sleep(150)
    expect(runs()).toEqual([d, a, b])
    expect(told).toHaveBeenLastCalledWith(expect.objectContaining({ held: true, order: [c] }))
  })

  test('its time is that of the runs at work and of those that wait, and is not made up', async () => {
    const { runsService: queue, started, runs } = await opened()
    queue.set({ workers: 1 })
    const strange = { ...config, network: 'wrn_28_10' }
    await queue.queue([...seeds(1), { ...config, seed: 2 }])
    await vi.waitFor(() => expect(runs()).toHaveLength(1), PATIENT)
    started[0]?.say({
      type: 'run',
      id: 7,
      news: {
        type: 'progress',
        progress: {
          step: 8,
          steps: 16,
          epoch: 2,
          epochs: 4,
          activity: 'training',
          imagesPerSecond: 10,
          secondsLeft: 3,
        },
      },
    })
    // 4 epochs of 15 and six evaluations of 5 at a third are 68 1/3 passes; half of the first and all of the second
    // at ten a second, and five seconds to start the second.
    const passes = 60 + (5 * 5) / 3
    expect(queue.current()).toMatchObject({
      secondsLeft: Math.round((passes / 2 + passes) / 10 + 5),
      basis: 'running',
      unknown: [],
    })
    await queue.queue([strange])
    expect(queue.current()).toMatchObject({ secondsLeft: null, unknown: ['wrn_28_10'] })
  })

  test('a run that finished teaches what the next ones take', async () => {
    const { runsService: queue, runs, finish, store, services } = await opened()
    queue.set({ workers: 1 })
    await queue.queue(seeds(1, 2))
    await vi.waitFor(() => expect(runs()).toHaveLength(1), PATIENT)
    await sleep(200)
    finish(runs()[0] ?? 0)
    await vi.waitFor(() => expect(runs()).toHaveLength(2), PATIENT)
    const { basis, secondsLeft, ends } = queue.current()
    expect(basis).toBe('finished')
    expect(ends.map(({ id }) => id)).toEqual([runs()[1]])
    expect(Math.round(ends[0]?.seconds ?? NaN)).toBe(secondsLeft)
    const rate = finishedRates(store, null)[config.network] ?? NaN
    // As in the test above, the passes of one run, in about as long as it was at work.
    expect(ends[0]?.seconds).toBeCloseTo((60 + (5 * 5) / 3) / rate, 6)
    await services.close()
  })

  test('order, hold, workers, notes and tags are there at the next opening', async () => {
    const { runsService: queue, services, folder } = await opened()
    queue.set({ held: true, workers: 3 })
    const ids = (await queue.queue(seeds(1, 2, 3))).map(({ id }) => id)
    queue.move([ids[2] ?? 0], ids[0] ?? 0)
    queue.annotate([ids[1] ?? 0], { note: 'odd curve', tags: [' pilot ', 'pilot', ''] })
    queue.annotate([ids[1] ?? 0], { note: 'odd curve, twice' })
    await services.close()
    const again = await opened(folder)
    expect(again.runsService.current()).toMatchObject({ held: true, workers: 3, order: [ids[2], ids[0], ids[1]] })
    expect(again.runsService.list()[1]).toMatchObject({ note: 'odd curve, twice', tags: ['pilot'] })
  })
})

describe('removal', () => {
  test('a removed run is seen by nothing, comes back whole, and goes for good at the next opening', async () => {
    const { runsService: queue, services, store, folder } = await opened()
    queue.set({ held: true })
    const [kept = 0, gone = 0] = (await queue.queue(seeds(1, 2))).map(({ id }) => id)
    expect(() => queue.remove([gone])).toThrow(/is queued and cannot be removed/)
    for (const id of [kept, gone])
      store.runs.change(id, { state: 'done', result: { measures: { accuracy: 0.5 }, heldOut: 5, attacks: [] } })
    mkdirSync(store.runFolder(gone))
    writeFileSync(join(store.runFolder(gone), 'checkpoint'), 'x')
    const [needs] = await queue.queue([{ ...config, startFrom: runKey({ ...config, seed: 2 }) }])
    expect(() => queue.remove([kept, gone])).toThrow(new RegExp(`run ${needs?.id}, .* needs its network`))
    // All or none.
    expect(queue.list().map(({ id }) => id)).toContain(kept)
    queue.stop(needs?.id ?? 0)
    queue.remove([gone])
    expect(queue.list().map(({ id }) => id)).toEqual([kept, needs?.id])
    expect(store.runs.findByKey(runKey({ ...config, seed: 2 }))).toBeNull()
    expect(store.runs.states().done).toBe(1)
    // Another process that opens the project leaves it, as long as the one that removed it lives: it can still come
    // back.
    store.runs.show(gone)
    store.runs.hide(gone, processName(process.ppid))
    openProject(folder).close()
    expect(queue.restore([gone])).toMatchObject([{ id: gone, state: 'done' }])
    expect(existsSync(join(store.runFolder(gone), 'checkpoint'))).toBe(true)
    expect(() => queue.restore([gone])).toThrow(/not among the removed/)
    queue.remove([gone])
    await services.close()
    const next = openProject(folder)
    expect(next.runs.removed()).toEqual([])
    expect(next.runs.list().map(({ id }) => id)).toEqual([kept, needs?.id])
    expect(existsSync(next.runFolder(gone))).toBe(false)
    next.close()
  })
})

describe('a trial', () => {
  test('measures in worker processes while the queue keeps still, keeps what it found, and the estimate says so', async () => {
    const { services, started, store, runs } = await opened()
    const configs = [...seeds(1, 2), { ...config, network: 'wrn_28_10' }]
    const ask = (name: string, input: unknown) => services.dispatch(name, input, 'owner')
    expect(await ask('runs.estimate', { configs })).toMatchObject({
      ok: true,
      value: { runs: 3, seconds: null, speeds: { typical: ['resnet_basic_8'], unknown: ['wrn_28_10'] } },
    })
    const answer = await ask('runs.trial', { work: [{ network: 'wrn_28_10', batch: 4 }], device: 'cpu' })
    expect(answer).toMatchObject({ ok: true, value: { kind: 'trial', state: 'running' } })
    await services.runs.queue(seeds(1))
    const say = (at: number) => {
      const one = started[at]
      if (one?.task.kind !== 'bench') throw new Error('not a measurement')
      const { network, batch, device } = one.task.options
      one.say({
        type: 'done',
        id: 1,
        outcome: {
          kind: 'measured',
          result: { network, batch, device, imagesPerSecond: 50, msPerStep: 1, peakRssMb: 900 },
        },
      })
    }
    await vi.waitFor(() => expect(started).toHaveLength(1), PATIENT)
    say(0)
    for (let at = 1; services.jobs.list()[0]?.state === 'running';) {
      if (started.length > at) say(at++)
      await sleep(5)
    }
    expect(services.jobs.list()[0]).toMatchObject({
      state: 'done',
      said: [expect.stringContaining('wrn_28_10, batch 4')],
    })
    expect(readSpeeds(store)).toMatchObject([{ network: 'wrn_28_10', device: 'cpu' }])
    // Nothing trained meanwhile, and it goes on afterwards.
    await vi.waitFor(() => expect(runs()).toHaveLength(1), PATIENT)
    expect(await ask('runs.estimate', { configs })).toMatchObject({
      ok: true,
      value: {
        waiting: [0],
        seconds: expect.any(Number),
        speeds: { measured: ['wrn_28_10'], typical: ['resnet_basic_8'] },
      },
    })
    expect(await ask('runs.trial', { work: [{ network: 'wrn_28_10', batch: 4 }], device: 'cpu' })).toMatchObject({
      ok: false,
      error: { kind: 'conflict' },
    })
  })
})
