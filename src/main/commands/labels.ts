/** `stats` and `export`: what a label set holds, as figures and as files. */
import { Option } from 'commander'
import type { ProjectStore } from '../storage'
import { openProject } from '../storage'
import { labelSetNamed, newestLabelSet, stats } from '../labels/labelSets'
import { EXPORT_FORMATS, exportLabelSet, type ExportFormat } from '../labels/exports'
import { answer, command, jsonOption, message, sayWaiting } from './outcome'
import { interruption } from './progress'

interface Common {
  project: string
  labels?: string
  json?: boolean
}

type Use<T> = (store: ProjectStore) => T | Promise<T>

/** Opens an existing project, tells what was repaired, closes it whatever happens. */
export const withProject = <T>(folder: string, use: Use<T>): Promise<T> => useProject(folder, use, true)

/** As `withProject`, for commands that only read: what an interrupted process left behind stays as it is. */
export const readProject = <T>(folder: string, use: Use<T>): Promise<T> => useProject(folder, use, false)

async function useProject<T>(folder: string, use: Use<T>, repair: boolean): Promise<T> {
  const store = openProject(folder, { mustExist: true, repair, onWait: sayWaiting })
  try {
    for (const notice of store.notices) message(notice)
    return await use(store)
  } finally {
    store.close()
  }
}

const labelSetOf = (store: ProjectStore, name: string | undefined): string =>
  (name === undefined ? newestLabelSet(store) : labelSetNamed(store, name)).name

const show = (value: unknown): string =>
  value === null
    ? 'not known'
    : typeof value === 'number'
      ? String(Math.round(value * 1e6) / 1e6)
      : JSON.stringify(value)

export const statsCommand = () =>
  command('stats', 'what a label set holds')
    .requiredOption('--project <dir>', 'the project folder')
    .option('--labels <name>', 'the label set (default: the newest)')
    .option(...jsonOption)
    .action(({ project, labels, json }: Common) =>
      readProject(project, (store) => {
        const name = labelSetOf(store, labels)
        const found = stats(store, name)
        const { categorySoftLabels, ...figures } = found
        const lines = Object.entries(figures).map(([key, value]) => `${key}: ${show(value)}`)
        const rows = categorySoftLabels.map((row) => `  ${row.map((p) => p.toFixed(4)).join(' ')}`)
        answer(json, found, [`label set: ${name}`, ...lines, 'categorySoftLabels:', ...rows])
      }),
    )

const EXPORT_HELP = `
cifar10h-raw: one row a judgment, the published file's 13 columns. tidy: one row a judgment as CSV, with all that is known
of it. jsonl: the same as one JSON object a line. counts, probs: NumPy arrays (images, classes), int64 and float64.
Beside the file, <file>.about.json says what it is, whose it is and by which rules it was made; an import of the file
reads it too, so that the same distributions come back.`

export const exportCommand = () =>
  command('export', 'write a label set to a file')
    .requiredOption('--project <dir>', 'the project folder')
    .addOption(new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).makeOptionMandatory())
    .requiredOption('--out <file>', 'the file to write')
    .option('--labels <name>', 'the label set (default: the newest)')
    .option(...jsonOption)
    .addHelpText('after', EXPORT_HELP)
    .action(({ project, labels, json, format, out }: Common & { format: ExportFormat; out: string }) =>
      readProject(project, async (store) => {
        const signal = interruption()
        const written = await exportLabelSet(store, labelSetOf(store, labels), format, out, { signal })
        answer(json, written, [`${written.path}: ${written.rows} rows`])
      }),
    )
