/** Where the built entries are: other processes and threads are started from files, never from modules. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type EntryName = 'worker' | 'engineThread' | 'deviceProbe' | 'serve' | 'cli'

/** The folder `out`: above this file once built, or found from the sources when tests import them directly. */
export function outFolder(): string {
  let folder = import.meta.dirname
  if (existsSync(join(folder, 'worker.js'))) return dirname(folder)
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return join(folder, 'out')
}

export const entryPath = (name: EntryName): string => join(outFolder(), 'main', `${name}.js`)
export const rendererFolder = (): string => join(outFolder(), 'renderer')
export const preloadPath = (): string => join(outFolder(), 'preload', 'index.cjs')
