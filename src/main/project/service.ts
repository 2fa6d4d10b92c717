/** The open project: which one it is, what it holds, and the list of recent ones. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { ProjectInfo } from '../../contract'
import { StudioError } from '../../domain/errors'
import { log } from '../process/log'
import { openProject, type ProjectStore } from '../storage'
import { CALL_PATIENCE_MS } from '../storage/writeLock'
import { isBusy, toStudioError } from '../process/systemErrors'
import type { EventHub } from './events'

const RECENT = 10
/** Between two attempts to open a project that another process writes to, in ms. */
const OPEN_AGAIN_MS = 100
const recentFile = z.array(
  z.object({ path: z.string(), name: z.string(), openedAt: z.string(), forgotten: z.boolean().optional() }),
)
type Recent = z.infer<typeof recentFile>
type Listed = { path: string; name: string; openedAt: string }[]

export interface ProjectServiceOptions {
  events: EventHub
  /** JSON file of recently opened projects; null keeps none. */
  recentFile: string | null
}

export interface ProjectService {
  /** The open project's store; throws StudioError('conflict') where none is open. */
  store(): ProjectStore
  current(): ProjectInfo | null
  /** Whether one is open; `current` reads all sets and runs to tell what it holds. */
  isOpen(): boolean
  open(path: string): Promise<ProjectInfo>
  recent(): Listed
  /** Leaves a project out of the recent ones, or takes it in again. */
  forget(path: string, forgotten: boolean): Listed
  /** Tells every door that image sets, label sets or runs changed. */
  changed(): void
  /** Called before the open project is closed. */
  onClose(listener: () => Promise<void>): void
  /** Called after a project was opened. */
  onOpen(listener: (store: ProjectStore) => void): void
  close(): Promise<void>
}

export function projectInfo(store: ProjectStore): ProjectInfo {
  const states = store.runs.states()
  return {
    path: store.folder,
    name: store.name,
    imageSets: store.imageSets.list(),
    labelSets: store.labelSets.list(),
    runs: {
      queued: (states.queued ?? 0) + (states.paused ?? 0),
      running: states.running ?? 0,
      done: states.done ?? 0,
      failed: (states.failed ?? 0) + (states.stopped ?? 0),
    },
    notices: store.notices,
  }
}

export function projectService({ events, recentFile: file }: ProjectServiceOptions): ProjectService {
  let open: ProjectStore | null = null
  const closing: (() => Promise<void>)[] = []
  const opened: ((store: ProjectStore) => void)[] = []

  function known(): Recent {
    if (!file) return []
    try {
      return recentFile.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return [] // none yet, or written by hand: a convenience, never worth an error
    }
  }

  function remember(store: ProjectStore) {
    if (!file) return
    const others = known().filter(({ path }) => path !== store.folder)
    try {
      keep([{ path: store.folder, name: store.name, openedAt: new Date().toISOString() }, ...others])
    } catch {
      // A read-only home is no reason to refuse a project.
    }
  }

  function keep(list: Recent) {
    if (!file) return
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify(list.slice(0, RECENT), null, 2))
    renameSync(`${file}.new`, file)
  }

  const recent = (): Listed =>
    known()
      .filter(({ forgotten }) => !forgotten)
      .map(({ path, name, openedAt }) => ({ path, name: name || basename(path), openedAt }))

  /** What fails to close is logged: the rest is closed all the same. */
  async function close() {
    if (!open) return
    for (const listener of closing)
      await listener().catch((error: unknown) => log.error({ error }, 'a part of the project could not be closed'))
    open.close()
    open = null
  }

  /** While another process writes to that project nobody here is kept waiting for it. */
  async function openWhenFree(path: string): Promise<ProjectStore> {
    const until = Date.now() + CALL_PATIENCE_MS
    for (;;) {
      try {
        return openProject(path, { brief: true })
      } catch (error) {
        if (!isBusy(error)) throw error
        // Told by its cause: the lock is all that is wrong.
        if (Date.now() > until) throw toStudioError(new Error('locked', { cause: error }), resolve(path))
      }
      await sleep(OPEN_AGAIN_MS)
    }
  }

  /** Opening and closing one after the other, whatever several windows ask for at once. */
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = turn.then(act)
    turn = mine.catch(() => undefined)
    return mine
  }

  return {
    store() {
      if (open) return open
      throw new StudioError('conflict', 'No project is open.', { hint: 'Open or make one first.' })
    },
    isOpen: () => open !== null,
    current: () => (open ? projectInfo(open) : null),
    open: (path) =>
      inTurn(async () => {
        if (open?.folder === resolve(path)) return projectInfo(open)
        // The new one first: where it cannot be opened, the old one stays.
        const next = await openWhenFree(path)
        await close()
        open = next
        remember(next)
        for (const listener of opened) listener(next)
        const info = projectInfo(next)
        events.emit('project.changed', info)
        return info
      }),
    recent,
    forget(path, forgotten) {
      keep(known().map((each) => (each.path === path ? { ...each, forgotten } : each)))
      return recent()
    },
    changed: () => events.emit('project.changed', open ? projectInfo(open) : null),
    onClose: (listener) => void closing.push(listener),
    onOpen: (listener) => void opened.push(listener),
    close: () => inTurn(close),
  }
}
