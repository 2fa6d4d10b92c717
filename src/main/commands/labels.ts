/** `stats` and `export`: what a label set holds, as figures and as files. */
import { Option } from 'commander'
import type { ProjectStore } from '../store'
import { openProject } from '../store'
import { labelSetNamed, newestLabelSet, stats } from '../services/data'
import { EXPORT_FORMATS, exportLabelSet, type ExportFormat } from '../services/exporting'
import { answer, command, jsonOption, message } from './outcome'

interface Common {
  project: string
  labels?: string
  json?: boolean
}

/** Opens an existing project, tells what was repaired, closes it whatever happens. */
export async function withProject<T>(folder: string, use: (store: ProjectStore) => T | Promise<T>): Promise<T> {
  const store = openProject(folder, { mustExist: true })
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
      withProject(project, (store) => {
        const name = labelSetOf(store, labels)
        const found = stats(store, name)
        const { categorySoftLabels, ...figures } = found
        const lines = Object.entries(figures).map(([key, value]) => `${key}: ${show(value)}`)
        const rows = categorySoftLabels.map((row) => `  ${row.map((p) => p.toFixed(4)).join(' ')}`)
        answer(json, found, [`label set: ${name}`, ...lines, 'categorySoftLabels:', ...rows])
      }),
    )

export const exportCommand = () =>
  command('export', 'write a label set to a file')
    .requiredOption('--project <dir>', 'the project folder')
    .addOption(new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).makeOptionMandatory())
    .requiredOption('--out <file>', 'the file to write')
    .option('--labels <name>', 'the label set (default: the newest)')
    .option(...jsonOption)
    .action(({ project, labels, json, format, out }: Common & { format: ExportFormat; out: string }) =>
      withProject(project, async (store) => {
        const written = await exportLabelSet(store, labelSetOf(store, labels), format, out)
        answer(json, written, [`${written.path}: ${written.rows} rows`])
      }),
    )
