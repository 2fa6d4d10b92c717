/**
 * The thread that owns the engine: a training step blocks its thread, and requests must be heard meanwhile, so the
 * process's own loop stays free of it. Told to end through a shared flag that is read between steps; never terminated
 * from outside, because ending a thread inside a native call aborts the process.
 */
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { openDevice, type RealDeviceId } from '../engine/devices'
import { decodeCheckpoint } from '../engine/training/checkpoint'
import { executeRun, type RunImages } from '../engine/training/run'
import { toStudioError } from './process/systemErrors'
import { PAUSE, STOP, type EngineWork, type FromEngine, type PackedSet } from './runs/engineMessages'

/** Messages on their way; the next one waits when there are this many, so that nothing queues without bound. */
const MOST_ON_THE_WAY = 3

/** What a power cut costs at most; writing a checkpoint of the smaller networks takes milliseconds. */
const CHECKPOINT_SECONDS = 15

if (!parentPort) throw new Error('engineThread runs as a worker thread only')
const port = parentPort
const work = workerData as EngineWork
const flag = new Int32Array(work.flag)
const onTheWay = new Set<number>()
let lastId = 0
let room: (() => void) | null = null

port.on('message', (id: number) => {
  onTheWay.delete(id)
  room?.()
})

async function send(event: FromEngine['event']) {
  const id = ++lastId
  onTheWay.add(id)
  port.postMessage({ id, event } satisfies FromEngine)
  while (onTheWay.size >= MOST_ON_THE_WAY) await new Promise<void>((resolve) => (room = resolve))
}

const shouldStop = () => {
  const value = Atomics.load(flag, 0)
  return value === PAUSE ? 'pause' : value === STOP ? 'stop' : null
}

const loaded = ({ pixelsFile, ...set }: PackedSet): RunImages => ({
  ...set,
  pixels: new Uint8Array(readFileSync(pixelsFile)),
})
const decoded = (file: string | null) => (file ? decodeCheckpoint(readFileSync(file), file) : undefined)

async function execute() {
  const { config, images, distributions, given, sets } = work
  const device = await openDevice(config.device as RealDeviceId, { threads: work.threads })
  try {
    const resume = decoded(work.checkpointFile)
    await send({ type: 'opened', device: device.name, engine: device.engine, resumedAt: resume?.step ?? 0 })
    const inputs = {
      images: loaded(images),
      distributions,
      given,
      weights: resume ? null : decoded(work.weightsFile)?.state,
      sets: sets.map((set) => ({ ...set, images: () => loaded(set.images) })),
    }
    for await (const event of executeRun(config, inputs, device, {
      resume,
      best: decoded(work.bestFile),
      shouldStop,
      checkpointEverySeconds: CHECKPOINT_SECONDS,
    })) {
      // What an evaluation found is in the points and in the result too.
      if (event.type !== 'evaluation') await send(event)
    }
  } finally {
    await device.dispose()
  }
}

execute()
  .catch((error: unknown) => send({ type: 'failed', error: toStudioError(error).toData() }))
  .finally(() => port.close())
