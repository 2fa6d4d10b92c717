/** Files exported into the project's own folder, as far as their sidecars tell: an erasure cannot change them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { aboutPath } from '../../formats/sets/about'
import { EXPORTS_FOLDER } from '../project/exportTarget'
import { participantsPath } from '../study/exports'

const sidecar = z.looseObject({ program: z.literal('Second Guess'), labels: z.looseObject({ name: z.string() }) })

/** Paths of exports of these studies or label sets, with the tables of participants beside them. */
export function exportsIn(folder: string, names: readonly string[]): string[] {
  const ending = aboutPath('')
  return [folder, join(folder, EXPORTS_FOLDER)]
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).map((name) => join(place, name)))
    .filter((path) => path.endsWith(ending) && isOf(path, names))
    .map((path) => path.slice(0, -ending.length))
    .flatMap((path) => [path, participantsPath(path)].filter((each) => existsSync(each)))
}

function isOf(file: string, names: readonly string[]): boolean {
  try {
    const { success, data } = sidecar.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return success && names.includes(data.labels.name)
  } catch {
    return false // Not a sidecar of ours.
  }
}
