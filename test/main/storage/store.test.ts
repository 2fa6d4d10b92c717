/** The project store: what is kept, what a kill leaves behind and opening repairs, who may work the queue. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { openDatabase } from '../../../src/main/storage/database'
import { writeAtomically } from '../../../src/main/storage/files'
import { isProcessAlive, processName } from '../../../src/main/storage/processes'
import { readPredictions, writePredictions } from '../../../src/main/storage/runFiles'
import type { JudgmentTable } from '../../../src/domain/labels/judgments'
import type { RunConfig } from '../../../src/domain/runs/config'
import { deadProcess } from '../deadProcess'
import { someImages, someLabels, temporaryFolder } from '../temporary'

const config = {
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'some-images',
  fold: 0,
  attacks: [],
} as unknown as RunConfig

describe('image and label sets', () => {
  test('come back as they went in, pixels by index', async () => {
    const folder = temporaryFolder()
    const first = openProject(folder)
    await addToProject(first, [someLabels(), someImages()])
    first.close()
    const store = openProject(folder)
    const set = store.imageSets.find('some-images')
    expect(set).toMatchObject({
      count: 20,
      height: 4,
      width: 4,
      channels: 3,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    if (!set) throw new Error('not found')
    expect([...store.readPixels(set, [7, 3]).subarray(47, 49)]).toEqual([7, 3])
    expect(() => store.readPixels(set, [20])).toThrow(/outside/)
    expect([...store.imageSets.labels(set.id).subarray(9, 12)]).toEqual([9, 0, 1])
    const labels = store.labelSets.find('some-labels')
    expect(labels).toMatchObject({ imageSet: 'some-images', judgments: 200, images: 20, annotators: null })
    const arrays = store.labelSets.arrays(labels?.id ?? 0)
    expect(arrays.counts).toEqual(someLabels().counts)
    expect(arrays.probabilities).toEqual(someLabels().probabilities)
    store.close()
  })

  test('judgments keep their order, their fractions and their checks', async () => {
    const store = openProject(temporaryFolder())
    const rows = 1003 // not a multiple of what goes into one statement
    const judgments: JudgmentTable = {
      count: rows,
      annotator: Int32Array.from({ length: rows }, (_, i) => i % 3),
      trial: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 3)),
      image: Int32Array.from({ length: rows }, (_, i) => (i % 21) - 1),
      truth: Uint8Array.from({ length: rows }, (_, i) => ((i + 20) % 21) % 10), // as someImages() says
      chosen: Uint8Array.from({ length: rows }, (_, i) => (i + 1) % 10),
      isCheck: Uint8Array.from({ length: rows }, (_, i) => Number(i % 21 === 0)),
      reactionTimeMs: Float64Array.from({ length: rows }, (_, i) => i - 5.25),
      elapsedMs: Float64Array.from({ length: rows }, (_, i) => i * 1000.5),
      file: Int32Array.from({ length: rows }, (_, i) => i % 2),
      files: ['a.png', 'b.png'],
      session: {
        slot: Uint8Array.from({ length: rows }, (_, i) => (i % 11 === 10 ? 255 : i % 11)),
        onsetMs: Float64Array.from({ length: rows }, (_, i) => i * 999.25),
        answeredAt: Float64Array.from({ length: rows }, (_, i) => 1.79e12 + i),
        focusLosses: Uint16Array.from({ length: rows }, (_, i) => i % 4),
      },
    }
    const annotators = {
      code: ['p', 'q', 'r'],
      checks: Int32Array.of(1, 2, 3),
      checksCorrect: Int32Array.of(1, 1, 3),
      excluded: Uint8Array.of(0, 1, 0),
      layout: [[2, 0, 1], null, [0, 1, 2]],
    }
    await addToProject(store, [someImages(), { ...someLabels(), judgments, annotators }])
    const labels = store.labelSets.find('some-labels')
    expect(labels).toMatchObject({ annotators: 3, excluded: 1 })
    expect(store.labelSets.judgments.read(labels?.id ?? 0)).toEqual(judgments)
    expect(store.labelSets.judgments.annotators(labels?.id ?? 0)).toEqual(annotators)
    store.close()
  })
})

describe('opening', () => {
  test('refuses what is no project database, naming it, and leaves it alone', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'project.sqlite')
    writeFileSync(file, 'this is a letter, not a database, and long enough to be taken for one'.repeat(20))
    expect(() => openProject(folder)).toThrow(
      expect.objectContaining({ kind: 'bad-file', where: expect.objectContaining({ file }) }),
    )
  })

  test('refuses a project of a newer version', () => {
    const folder = temporaryFolder()
    openProject(folder).close()
    const database = openDatabase(join(folder, 'project.sqlite'))
    database.pragma('user_version = 999')
    database.close()
    expect(() => openProject(folder)).toThrow(/newer version/)
  })

  test('refuses a folder without a project where one must exist, and makes none', () => {
    const folder = temporaryFolder()
    expect(() => openProject(folder, { mustExist: true })).toThrow(/no project/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('removes what a killed import left, says so once, and keeps what was committed', async () => {
    const folder = temporaryFolder()
    const before = openProject(folder)
    await addToProject(before, [someImages()])
    before.close()
    const { pid, name } = deadProcess()
    writeFileSync(join(folder, 'datasets', `0.u8.${pid}.1.part`), 'half')
    writeFileSync(join(folder, 'datasets', '77.u8'), 'renamed, but its transaction never ended')
    writeFileSync(join(folder, 'datasets', '77.u8.unfinished'), '')
    const database = openDatabase(join(folder, 'project.sqlite'))
    database.prepare('INSERT INTO claims VALUES (?, ?, ?, ?)').run(`import:${name}`, name, '/data/x.csv', 'then')
    database.close()
    const store = openProject(folder)
    expect(store.notices).toEqual([expect.stringMatching(/import.*cut off.*\/data\/x\.csv/i)])
    expect(readdirSync(join(folder, 'datasets'))).toEqual(['1.u8'])
    expect(store.imageSets.list().map((set) => set.name)).toEqual(['some-images'])
    store.close()
    const again = openProject(folder)
    expect(again.notices).toEqual([])
    again.close()
  })

  test('leaves alone what a living process is writing', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'datasets'), { recursive: true })
    const part = join(folder, 'datasets', `0.u8.${process.ppid}.1.part`)
    writeFileSync(part, 'in the making')
    const store = openProject(folder)
    expect(store.notices).toEqual([])
    expect(existsSync(part)).toBe(true)
    store.close()
  })

  test('queues runs again that nobody runs any more, before all that wait', () => {
    const folder = temporaryFolder()
    const before = openProject(folder)
    const [first, second] = before.runs.insert([config, config], null)
    before.runs.change(second ?? 0, { state: 'running' })
    before.close()
    const store = openProject(folder)
    expect(store.notices).toEqual([expect.stringMatching(/Run 2 .*checkpoint/)])
    expect(store.runs.queued()[0]?.id).toBe(second)
    expect(store.runs.find(first ?? 0)?.state).toBe('queued')
    store.close()
  })

  test('says when pixels are missing', async () => {
    const folder = temporaryFolder()
    const before = openProject(folder)
    await addToProject(before, [someImages()])
    writeFileSync(before.pixelsFile(1), 'short')
    before.close()
    const store = openProject(folder)
    expect(store.notices).toEqual([expect.stringMatching(/some-images.*missing or cut off/)])
    store.close()
  })
})

describe('claims', () => {
  test('a living holder keeps the queue, a dead one loses it', () => {
    const folder = temporaryFolder()
    const store = openProject(folder)
    const database = openDatabase(join(folder, 'project.sqlite'))
    const hold = database.prepare('INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)')
    hold.run('queue', processName(process.ppid), '', 'then')
    expect(store.claims.take('queue')?.process).toBe(processName(process.ppid))
    hold.run('queue', deadProcess().name, '', 'then')
    expect(store.claims.take('queue')).toBeNull()
    expect(store.claims.holder('queue')?.process).toBe(processName())
    store.claims.release('queue')
    expect(store.claims.holder('queue')).toBeNull()
    database.close()
    store.close()
  })

  test.runIf(existsSync('/proc/self/stat'))('a process that was killed but not collected is dead', async () => {
    // The shell execs into a sleep that never collects the child the shell left to it.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const child = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    const name = processName(child)
    expect(isProcessAlive(name)).toBe(true)
    process.kill(child, 'SIGKILL')
    await expect.poll(() => isProcessAlive(name)).toBe(false)
    parent.kill()
  })

  test('what a process of another machine holds is taken over, what a living one of this machine holds is not', () => {
    const folder = temporaryFolder()
    const store = openProject(folder)
    const database = openDatabase(join(folder, 'project.sqlite'))
    const hold = database.prepare('INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)')
    hold.run('queue', 'another-host:1:1', '', 'then')
    expect(store.claims.take('queue')?.process).toBe('another-host:1:1')
    store.claims.takeOver('queue')
    expect(store.claims.take('queue')).toBeNull()
    hold.run('queue', processName(process.ppid), '', 'then')
    store.claims.takeOver('queue')
    expect(store.claims.take('queue')?.process).toBe(processName(process.ppid))
    database.close()
    store.close()
  })

  test('a process number used again is another process', () => {
    const [host, pid] = processName().split(':')
    expect(isProcessAlive(processName())).toBe(true)
    if (existsSync('/proc/self/stat')) expect(isProcessAlive(`${host}:${pid}:1`)).toBe(false)
    expect(isProcessAlive('another-host:1:1')).toBe(true)
    expect(isProcessAlive('nonsense')).toBe(false)
  })
})

describe('curves', () => {
  test('points of one step complete each other; resuming forgets the later ones', () => {
    const store = openProject(temporaryFolder())
    const [run = 0] = store.runs.insert([config], null)
    store.runs.addMetrics(run, [
      { step: 10, epoch: 1, loss: 2 },
      { step: 20, epoch: 1, loss: 1.5 },
    ])
    store.runs.addMetrics(run, [
      { step: 20, epoch: 1, heldOutAccuracy: 0.5 },
      { step: 30, epoch: 2, loss: 1 },
    ])
    expect(store.runs.metrics(run)[1]).toEqual({ step: 20, epoch: 1, loss: 1.5, heldOutAccuracy: 0.5 })
    store.runs.truncateMetrics(run, 20)
    expect(store.runs.metrics(run).map(({ step }) => step)).toEqual([10, 20])
    store.close()
  })
})

describe('files', () => {
  test('are replaced whole, and nothing temporary stays', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'deep', 'checkpoint')
    writeAtomically(file, 'old')
    writeAtomically(file, Uint8Array.of(1, 2, 3))
    expect(readdirSync(join(folder, 'deep'))).toEqual(['checkpoint'])
  })

  test('predictions come back by image', () => {
    const folder = temporaryFolder()
    const predictions = Float32Array.from({ length: 30 }, (_, i) => i / 30)
    const heldOut = Int32Array.of(5, 1, 9)
    writePredictions(folder, { result: { measures: {}, heldOut: 3, attacks: [] }, predictions, heldOut })
    expect(readPredictions(folder)).toEqual({ predictions, heldOut })
    expect(readPredictions(join(folder, 'nowhere'))).toBeNull()
  })
})
