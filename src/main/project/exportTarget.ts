/** Where files that leave the project may be written: never over a project's own files, never to a device. */
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { StudioError } from '../../domain/errors'
import { DATABASE } from '../storage/projectFolder'

/** The path with every link in its existing part followed. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}

/** In a project: where its owner may write what leaves it; nothing of the project itself lies there. */
export const EXPORTS_FOLDER = 'exports'

const isInside = (path: string, folder: string) => path === folder || path.startsWith(folder + sep)

/** The project that `path` lies in, be it another than the open one: its files are up to two folders deep. */
function enclosingProject(path: string): string | null {
  const around = [dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))]
  const isProjectFolder = (folder: string) => statSync(join(folder, DATABASE), { throwIfNoEntry: false })?.isFile()
  return around.find((folder) => isProjectFolder(folder)) ?? null
}

function refuseInside(path: string, project: string): never {
  throw new StudioError('bad-input', 'A file inside a project cannot be the target: it could replace its data.', {
    file: path,
    place: 'path',
    hint: `Choose a path outside ${project}, or in its folder ${EXPORTS_FOLDER}.`,
  })
}

/**
 * Checks the target of an export. Returns its absolute path. Throws StudioError('bad-input') where it lies among the
 * files of the open project or of another, or is there already and no regular file. The project's own folder of exports
 * is made where it is wanted.
 *
 * @param project the open project's folder
 */
export function exportTarget(path: string, project: string): string {
  const target = resolve(path)
  const real = realPath(target)
  const exports = join(realPath(project), EXPORTS_FOLDER)
  if (dirname(real) === exports) mkdirSync(exports, { recursive: true })
  else if (isInside(real, realPath(project)) || isInside(target, project)) refuseInside(target, project)
  else {
    const other = enclosingProject(real)
    if (other !== null) refuseInside(target, other)
  }
  const found = statSync(target, { throwIfNoEntry: false }) ?? lstatSync(target, { throwIfNoEntry: false })
  if (found && !found.isFile())
    throw new StudioError(
      'bad-input',
      found.isDirectory() ? 'A folder of this name exists.' : 'It is no regular file.',
      {
        file: target,
        place: 'path',
        hint: 'Choose the path of a new file, or of one that may be replaced.',
      },
    )
  return target
}

/**
 * Checks the target of a plan. Plans may lie beside the project's database, as the manual of clusters has them; a file
 * that is there already must be a plan (`readPlan` throws where it is not).
 */
export function planTarget(path: string, project: string, readPlan: (file: string) => unknown): string {
  const target = resolve(path)
  const beside = realPath(dirname(target)) === realPath(project) && target.endsWith('.json')
  if (!beside) return exportTarget(target, project)
  if (statSync(target, { throwIfNoEntry: false })) readPlan(target)
  return target
}

/** Checks the folder that several files are written to, as `exportTarget` does. The project's own may be the target. */
export function exportFolder(path: string, project: string): string {
  const target = resolve(path)
  const inner = realPath(target)
  const own = realPath(project)
  if (isInside(inner, own) && inner !== own) {
    const [part = ''] = inner.slice(own.length + 1).split(sep)
    if (['datasets', 'runs', 'backups', 'shards'].includes(part)) refuseInside(target, project)
  }
  return target
}
