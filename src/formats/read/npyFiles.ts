/** NumPy's files by what their headers say they hold: one array, a folder of them, or a `.npz` archive. */
import { badFile } from '../../domain/errors'
import { readAbout, type Sidecar } from '../sets/about'
import { describeArray } from '../encodings/elements'
import type { ZipMember } from '../encodings/zip'
import type { Imported } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'
import { arrayOnDisk, arraysBeside, arraysInFolder, arraysInNpz, type ArrayFile } from './arrayFile'
import { isImages, readImages } from './arrayImages'
import { isLabelVector, labelsBeside, likeliest } from './arrayLabels'
import { isLabelTable, readNpyLabels, requireShape } from './npyLabels'

const WANTED =
  'Read are images as uint8 (N, 32, 32, 3); labels beside them as (N), (N, 1) or one-hot (N, 10); counts or probabilities as (N, 10), or of other classes where a sidecar <file>.about.json names them.'

async function sidecarOf({ path, header }: ArrayFile): Promise<Sidecar | null> {
  const sidecar = await readAbout(path)
  if (sidecar) requireShape(sidecar, header)
  return sidecar
}

/** Reads one `.npy` file, with its sidecar or the images or labels that belong to it. */
export async function readNpyFile(path: string, options: ReadOptions): Promise<Imported[]> {
  const file = await arrayOnDisk(path)
  const sidecar = await sidecarOf(file)
  if (isImages(file))
    return [await readImages(path, file, await labelsBeside(file, await arraysBeside(path), options), options)]
  const table = isLabelTable(file.header, sidecar)
  if (isLabelVector(file.header) || (table && !sidecar)) {
    const paired = await imagesOf(file, options)
    if (paired) return [await readImages(path, paired, { file, undecided: [] }, options)]
  }
  if (table) return [await readNpyLabels(file, sidecar, options)]
  if (isLabelVector(file.header)) {
    const [n = 0] = file.header.shape
    throw badFile(path, 'header', `It holds ${n} labels, and no .npy file of ${n} images lies beside it.`)
  }
  throw badFile(path, 'header', `An array of ${describeArray(file.header)} cannot be used. ${WANTED}`)
}

/** The images beside a file that take it as their labels. */
async function imagesOf(file: ArrayFile, options: ReadOptions): Promise<ArrayFile | null> {
  const others = await arraysBeside(file.path)
  const fitting = others.filter((other) => isImages(other) && other.header.shape[0] === file.header.shape[0])
  const images = likeliest(file, fitting)
  if (!images || isLabelVector(file.header)) return images
  return (await labelsBeside(images, [...others, file], options)).file === file ? images : null
}

/** Reads every array of a folder; null where there is none. */
export async function readNpyFolder(path: string, options: ReadOptions): Promise<Imported[] | null> {
  const files = await arraysInFolder(path)
  return files.length === 0 ? null : readArrays(path, files, options)
}

/** Reads every array of a `.npz` archive. */
export const readNpz = async (path: string, members: readonly ZipMember[], options: ReadOptions): Promise<Imported[]> =>
  readArrays(path, await arraysInNpz(path, members), options)

async function readArrays(path: string, files: readonly ArrayFile[], options: ReadOptions): Promise<Imported[]> {
  const images = files.filter(isImages)
  const used = new Set<ArrayFile>(images)
  const found: Imported[] = []
  for (const file of images) {
    const labels = await labelsBeside(file, files, options)
    if (labels.file) used.add(labels.file)
    const single = images.length === 1 || file.path.startsWith(`${path}: `)
    found.push(await readImages(single ? path : file.path, file, labels, options))
  }
  const unused: ArrayFile[] = []
  for (const file of files.filter((each) => !used.has(each))) {
    const sidecar = await sidecarOf(file)
    if (isLabelTable(file.header, sidecar)) found.push(await readNpyLabels(file, sidecar, options))
    else unused.push(file)
  }
  const [first] = found
  if (!first) {
    const held = files
      .slice(0, 5)
      .map((file) => `${file.name}: ${describeArray(file.header)}`)
      .join('; ')
    throw badFile(path, 'arrays', `None of them can be used (${held}). ${WANTED}`)
  }
  if (unused.length > 0) {
    const named = unused
      .slice(0, 5)
      .map((file) => `${file.name}, ${describeArray(file.header)}`)
      .join('; ')
    first.report.push(
      `${unused.length} further arrays are neither images, labels, counts nor probabilities and were left out: ${named}.`,
    )
  }
  return found
}
