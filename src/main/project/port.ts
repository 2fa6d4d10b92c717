/**
 * The port on which a project is served. Links that participants were given contain it, so it is chosen once, kept in
 * the project's settings and used again at every start. The first choice is derived from the folder's path: a project
 * that cannot be written to gets the same port each time.
 */
import { createHash } from 'node:crypto'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'

const SETTING = 'port'
/** Below the ports that Linux, macOS and Windows give to outgoing connections (32768 and up), above the well-known. */
const FIRST = 20_000
const PORTS = 10_000
/** How many derived ports are tried before any free one is taken. */
const ATTEMPTS = 16

type PortStore = Pick<ProjectStore, 'folder' | 'settings' | 'studies'>

/** The port that is kept in the project; null where none is, or where the setting is no port. */
export function projectPort(store: Pick<ProjectStore, 'settings'>): number | null {
  const port = store.settings.get(SETTING)
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535 ? port : null
}

/** Ports to try in this order: the kept one alone, else those derived from the folder, else any free one (0). */
export function portsToTry(store: PortStore): number[] {
  const kept = projectPort(store)
  if (kept !== null && mayHaveLinks(store)) return [kept]
  const first = createHash('sha256').update(store.folder).digest().readUInt32LE(0) % PORTS
  const derived = Array.from({ length: ATTEMPTS }, (_, step) => FIRST + ((first + step) % PORTS))
  return [...(kept === null ? [] : [kept]), ...derived, 0]
}

/**
 * Keeps the port for the next starts. A project that cannot be written to keeps none; the derived port stays the same.
 */
export function keepPort(store: Pick<ProjectStore, 'settings'>, port: number): void {
  if (projectPort(store) === port) return
  try {
    store.settings.put(SETTING, port)
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_READONLY')) return
    throw error
  }
}

/** Whether links with the project's port may be in somebody's hands: a recruitment link needs no session to be sent. */
export const mayHaveLinks = (store: Pick<ProjectStore, 'studies'>): boolean =>
  store.studies.list().some(({ config }) => config.kind === 'crowd')

/** Why a project with studies is not served on another port than the one its links contain. */
export const keptPortTaken = (store: Pick<ProjectStore, 'folder'>, port: number): StudioError =>
  new StudioError(
    'conflict',
    `Port ${port}, which the links to this project's studies contain, is in use by another process.`,
    {
      file: store.folder,
      hint:
        'If Second Guess already serves this project, use that server. Otherwise end the process that uses the port, or ' +
        'serve the project with another --port: links that were sent before do not work then.',
    },
  )
