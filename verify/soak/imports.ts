/** Imports under way while the program is killed: each is added whole or leaves nothing. */
import { rmSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeNpy } from '../../src/formats/write/npy'
import type { ProjectStore } from '../../src/main/storage'
import type { Stage } from './stage'

const IMAGES = 4_000
const EDGE = 32
const CHANNELS = 3
const LOOK_MS = 100
const GAP_MS = 500

export interface ImportLog {
  started: number
  /** Names of sets whose import the program called done. */
  done: Set<string>
  /** Imports that ended with an error that no kill explains. */
  faults: string[]
}

/** Imports one set after the other until `over`, each from files of its own. */
export async function importSets(stage: Stage, folder: string, log: ImportLog, over: AbortSignal): Promise<void> {
  for (let number = 0; !over.aborted; number++) {
    const name = `import-${number}`
    const files = join(folder, name)
    await writeSet(files, name, number)
    if (await importOnce(stage, files, name, log)) log.done.add(name)
    rmSync(files, { recursive: true })
    await sleep(GAP_MS)
  }
}

/** Every byte says which set and image it belongs to. */
const byteOf = (number: number, image: number) => (7 * image + number) % 256

async function writeSet(folder: string, name: string, number: number): Promise<void> {
  const size = EDGE * EDGE * CHANNELS
  const pixels = new Uint8Array(IMAGES * size)
  for (let image = 0; image < IMAGES; image++) pixels.fill(byteOf(number, image), image * size, (image + 1) * size)
  const labels = Int32Array.from({ length: IMAGES }, (_, image) => image % 10)
  await mkdir(folder, { recursive: true })
  await writeNpy(join(folder, `${name}-images.npy`), '|u1', [IMAGES, EDGE, EDGE, CHANNELS], pixels)
  await writeNpy(join(folder, `${name}-labels.npy`), '<i4', [IMAGES], labels)
}

/** Whether the program said that it was done; false where the program or the worker was killed. */
async function importOnce(stage: Stage, files: string, name: string, log: ImportLog): Promise<boolean> {
  const job = await stage.call('data.import', { paths: [files] })
  if (!job) return false
  log.started++
  for (;;) {
    const jobs = await stage.call('jobs.list', {})
    const now = jobs?.find(({ id }) => id === job.id)
    // Away, or back without it: its process was killed with the server's.
    if (!now) return false
    if (now.state === 'done') return true
    if (now.error && !now.error.message.includes('ended unexpectedly')) log.faults.push(`${name}: ${now.error.message}`)
    if (now.state !== 'running') return false
    await sleep(LOOK_MS)
  }
}

/** What is wrong with the imported sets of a project, as the store and its files have them. */
export function importFaults(store: ProjectStore, done: ReadonlySet<string>): string[] {
  const sets = store.imageSets.list().filter(({ name }) => name.startsWith('import-'))
  const names = new Set(sets.map(({ name }) => name))
  return [
    ...[...done].filter((name) => !names.has(name)).map((name) => `${name} was imported and is gone.`),
    ...sets.flatMap((set) => {
      const number = Number(set.name.replace('import-', ''))
      const file = store.pixelsFile(set.id)
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
      if (set.count !== IMAGES || size !== IMAGES * EDGE * EDGE * CHANNELS) return [`${set.name} is not whole.`]
      const right = [0, IMAGES - 1].every((image) =>
        store.readPixels(set, [image]).every((byte) => byte === byteOf(number, image)),
      )
      return right ? [] : [`${set.name} holds the pixels of another set.`]
    }),
  ]
}
