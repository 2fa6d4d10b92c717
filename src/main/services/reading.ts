/** What is to be added to a project, in memory: files and folders read, or the built-in demo set drawn. */
import { withoutSidecars } from '../../data/about'
import { createDemo } from '../../data/demo'
import { readPath } from '../../data/read'
import type { Imported, ReadOptions } from '../../data/types'

/** Reads every path, sidecars with the files they lie beside; throws on the first that cannot be read. */
export async function readAll(paths: string[], options: ReadOptions): Promise<Imported[]> {
  const items: Imported[] = []
  for (const path of withoutSidecars(paths)) {
    options.signal?.throwIfAborted()
    items.push(...(await readPath(path, options)))
  }
  return items
}

export function readDemo(seed: number, images: number, options: ReadOptions = {}): Imported[] {
  const demo = createDemo(seed, images, options)
  return [demo.images, demo.labels]
}
