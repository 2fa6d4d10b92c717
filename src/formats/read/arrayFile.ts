/** Arrays that were saved with NumPy, wherever they lie: a `.npy` file, or a member of a `.npz` archive. */
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { RawArray } from '../encodings/elements'
import { readHead, shown, statPath } from '../encodings/files'
import { isNpy, NPY_HEAD, npyHeaderOf, parseNpy, readNpy, readNpyHeader, type NpyHeader } from '../encodings/npy'
import { readMember, type ZipMember } from '../encodings/zip'
import { LIMITS } from '../encodings/limits'
import type { ReadOptions } from '../encodings/readOptions'

export interface ArrayFile {
  /** What a refusal names: the file, or the archive and its member. */
  path: string
  /** Of the file or member, without its ending. */
  name: string
  header: NpyHeader
  read(options: ReadOptions): Promise<RawArray>
}

const nameOf = (path: string): string => basename(path).replace(/\.npy$/i, '')

/** A `.npy` file; its header is read and held against its length. */
export async function arrayOnDisk(path: string): Promise<ArrayFile> {
  return {
    path,
    name: nameOf(path),
    header: await readNpyHeader(path),
    read: (options) => readNpy(path, `Reading ${basename(path)}`, options),
  }
}

const isArray = async (path: string): Promise<boolean> =>
  (await statPath(path)).isFile() && isNpy(await readHead(path, 6))

/** The `.npy` files of a folder, by their first bytes, in order of name. Damaged ones are refused. */
export async function arraysInFolder(folder: string): Promise<ArrayFile[]> {
  const files: ArrayFile[] = []
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name)
    if (await isArray(path)) files.push(await arrayOnDisk(path))
  }
  return files
}

/** The other `.npy` files of its folder; damaged ones are passed over, for they were not asked for. */
export async function arraysBeside(path: string): Promise<ArrayFile[]> {
  const files: ArrayFile[] = []
  for (const name of (await readdir(dirname(path))).sort()) {
    const other = join(dirname(path), name)
    if (name === basename(path) || !(await isArray(other))) continue
    const file = await arrayOnDisk(other).catch(() => null)
    if (file) files.push(file)
  }
  return files
}

/** Whether a zip archive is one of arrays, as `numpy.savez` writes it. */
export const isNpz = (members: readonly ZipMember[]): boolean =>
  members.length > 0 && members.every(({ name }) => name.endsWith('.npy'))

/** The arrays of a `.npz` archive, in its own order. */
export async function arraysInNpz(path: string, members: readonly ZipMember[]): Promise<ArrayFile[]> {
  const files: ArrayFile[] = []
  for (const member of members) {
    const place = `${path}: ${shown(member.name)}`
    files.push({
      path: place,
      name: nameOf(member.name),
      header: npyHeaderOf(place, await member.head(NPY_HEAD), member.size),
      read: async (options) => parseNpy(place, await readMember(path, member, LIMITS.arrayBytes + NPY_HEAD, options)),
    })
  }
  return files
}
