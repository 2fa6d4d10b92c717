/** `.npy` files by what their header says they hold, alone, beside their partner, or as a folder of them. */
import { badFile } from '../../shared/errors'
import { readAbout, type Sidecar } from '../about'
import { readNpyHeader } from '../formats/npy'
import type { Imported, ReadOptions } from '../types'
import { isImages, isLabels, neighbours, npyFilesOf, partnerOf, readPair, type NpyFile } from './npyImages'
import { isLabelTable, readNpyLabels, requireShape } from './npyLabels'

const describe = ({ header: { shape, type } }: NpyFile): string => `${type.kind}${type.bytes * 8} (${shape.join(', ')})`

async function sidecarOf({ path, header }: NpyFile): Promise<Sidecar | null> {
  const sidecar = await readAbout(path)
  if (sidecar) requireShape(sidecar, header)
  return sidecar
}

/** Reads one `.npy` file, with its sidecar or the images or labels that belong to it. */
export async function readNpyFile(path: string, options: ReadOptions): Promise<Imported[]> {
  const file: NpyFile = { path, header: await readNpyHeader(path) }
  const sidecar = await sidecarOf(file)
  if (isLabelTable(file.header, sidecar)) return [await readNpyLabels(path, file.header, sidecar, options)]
  if (isImages(file)) {
    const labels = partnerOf(file, (await neighbours(path)).filter(isLabels))
    return [await readPair(path, file, labels, options)]
  }
  if (isLabels(file)) {
    const images = partnerOf(file, (await neighbours(path)).filter(isImages))
    if (images) return [await readPair(path, images, file, options)]
    const n = file.header.shape[0] ?? 0
    throw badFile(path, 'header', `It holds ${n} labels, and no .npy file of ${n} images lies beside it.`)
  }
  throw badFile(path, 'header', `An array of ${describe(file)} is neither images, labels, counts nor probabilities.`)
}

/** Reads every array of a folder; null where there is none. */
export async function readNpyFolder(path: string, options: ReadOptions): Promise<Imported[] | null> {
  const files = await npyFilesOf(path)
  if (files.length === 0) return null
  const images = files.filter(isImages)
  const labels = files.filter(isLabels)
  const found: Imported[] = []
  for (const file of images) {
    const partner = partnerOf(file, labels)
    const single = images.length === 1
    found.push(await readPair(single ? path : file.path, file, partner, options))
  }
  for (const file of files) {
    const sidecar = await sidecarOf(file)
    if (isLabelTable(file.header, sidecar)) found.push(await readNpyLabels(file.path, file.header, sidecar, options))
  }
  if (found.length === 0) {
    const held = files.map(describe).slice(0, 5).join('; ')
    throw badFile(path, '.npy files', `None of them are images, counts or probabilities (${held}).`)
  }
  return found
}
