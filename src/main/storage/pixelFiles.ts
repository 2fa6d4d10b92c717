/**
 * Pixels put in place within the transaction that adds their image set. A note beside the file tells the next opening
 * that it may have no row, should the process be killed in between; a file without a note is never deleted.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StudioError } from '../../domain/errors'
import { flushFolder, putInPlace } from './files'

const NOTE = '.unfinished'
const NOTED = /^(?<file>\d+\.u8)\.unfinished$/

/** Throws StudioError('conflict') where a file is there that belongs to something else. */
export function placePixels(temporary: string, target: string) {
  if (existsSync(target))
    throw new StudioError('conflict', 'There is a file already where the pixels belong.', {
      file: target,
      hint: 'It belongs to no image set of this project. Move it elsewhere and import again.',
    })
  try {
    writeFileSync(`${target}${NOTE}`, '')
    flushFolder(dirname(target))
    putInPlace(temporary, target)
  } catch (error) {
    withdrawPixels(target)
    throw error
  }
}

/** Once the transaction has ended well. */
export const confirmPixels = (target: string) => rmSync(`${target}${NOTE}`, { force: true })

/** After the transaction has failed. */
export function withdrawPixels(target: string) {
  rmSync(target, { force: true })
  confirmPixels(target)
}

/** For repair: files with a note are kept where the set is known, else removed. Returns how many were removed. */
export function settlePixels(datasets: string, isKnown: (file: string) => boolean): number {
  let removed = 0
  for (const name of existsSync(datasets) ? readdirSync(datasets) : []) {
    const file = NOTED.exec(name)?.groups?.['file']
    if (file === undefined) continue
    if (isKnown(file)) confirmPixels(join(datasets, file))
    else {
      withdrawPixels(join(datasets, file))
      removed++
    }
  }
  return removed
}
