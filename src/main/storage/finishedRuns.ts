/**
 * Adding a run that was done elsewhere: its row, its curve, its later attacks and its folder appear together or not at
 * all. The folder is filled under a temporary name and put in place within the transaction; a note in it tells the next
 * opening that it may have no row, should the process be killed in between (repair.ts).
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttackResult } from '../../domain/attacks/config'
import type { MetricPoint, RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '.'

const NOTE = '.unfinished'
let temporaries = 0

export interface FinishedRun {
  run: Omit<RunInfo, 'id'>
  metrics: MetricPoint[]
  /** Beyond those of its configuration. */
  attacks: AttackResult[]
}

const taken = (folder: string) =>
  new StudioError('conflict', 'There is a folder already where the run belongs.', {
    file: folder,
    hint: 'It belongs to no run of this project. Move it elsewhere and try again.',
  })

/** @param fill writes the run's files into the folder given; answers the new run's id */
export function addFinishedRun(store: ProjectStore, added: FinishedRun, fill: (folder: string) => void): number {
  const part = join(store.folder, 'runs', `added.${process.pid}.${++temporaries}.part`)
  let place = part
  let id: number
  try {
    mkdirSync(part, { recursive: true })
    fill(part)
    writeFileSync(join(part, NOTE), '')
    id = store.transaction(() => {
      const made = store.runs.insertFinished(added.run)
      store.runs.addMetrics(made, added.metrics)
      for (const attack of added.attacks) store.runs.addAttack(made, attack)
      const folder = store.runFolder(made)
      // Numbers of folders without a row are never given (repair.ts): what is there now came this moment.
      if (existsSync(folder)) throw taken(folder)
      renameSync(part, folder)
      place = folder
      return made
    })
  } catch (error) {
    rmSync(place, { recursive: true, force: true })
    throw error
  }
  rmSync(join(place, NOTE))
  return id
}

/** The same file at another path: a second name for it where the file system allows, else a copy. */
export function linkOrCopy(from: string, to: string) {
  try {
    linkSync(from, to)
  } catch {
    const part = `${to}.${process.pid}.0.part`
    copyFileSync(from, part)
    renameSync(part, to)
  }
}

/** All files of a run's folder into another; they are only ever replaced, never changed, so a second name is a copy. */
export function linkRunFiles(from: string, to: string) {
  for (const entry of readdirSync(from, { withFileTypes: true }))
    if (entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('.part'))
      linkOrCopy(join(from, entry.name), join(to, entry.name))
}

/** For repair: folders put in place whose transaction never ended are removed, notes of those that did too. */
export function settleRunFolders(runs: string, known: ReadonlySet<string>) {
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    const note = join(runs, name, NOTE)
    if (!existsSync(note) || name.endsWith('.part')) continue
    rmSync(known.has(name) ? note : join(runs, name), { recursive: true, force: true })
  }
}
