/** What is to be added to a project, in memory: files and folders read, or the built-in demo set drawn. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { withoutSidecars } from '../../formats/sets/about'
import { createDemo } from '../../formats/demo'
import { digestImages, digestLabels } from '../../formats/sets/digest'
import { readPath } from '../../formats/read'
import type { Imported } from '../../formats/sets/types'
import type { ReadOptions } from '../../formats/encodings/readOptions'

/**
 * Reads every path, sidecars with the files they lie beside; throws on the first that cannot be read. What two of the
 * paths name, as both files of a pair do, is read once, and its report says so.
 */
export async function readAll(paths: string[], options: ReadOptions): Promise<Imported[]> {
  const found = new Map<string, Imported>()
  for (const path of withoutSidecars(paths)) {
    options.signal?.throwIfAborted()
    for (const item of await readPath(path, options)) {
      const key = await sourceKey(item)
      const before = found.get(key)
      if (before) before.report = [...before.report, `Named again by ${path}: imported once.`]
      else found.set(key, { ...item, report: [...item.report] })
    }
  }
  return [...found.values()]
}

/**
 * Equal for what was read from the same files: the report names them, and the folder they lie in tells files of one
 * name apart.
 */
async function sourceKey(item: Imported): Promise<string> {
  const isFolder = (await stat(item.path)).isDirectory()
  const folder = isFolder ? resolve(item.path) : dirname(resolve(item.path))
  const digest = item.kind === 'images' ? digestImages(item) : digestLabels(item)
  return JSON.stringify([item.kind, item.format, item.name, folder, digest, item.report])
}

export function readDemo(seed: number, images: number, options: ReadOptions = {}): Imported[] {
  const demo = createDemo(seed, images, options)
  return [demo.images, demo.labels]
}
