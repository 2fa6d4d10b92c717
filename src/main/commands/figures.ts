/** `figures`: the paper's figures and tables from a project's runs, as the files that the window saves. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { FIGURE_FORMATS, type FigureFormat } from '../../contract'
import { figureFiles } from '../figures/files'
import { makeFigures } from '../figures/make'
import { writeReport } from '../figures/report'
import { exportFolder } from '../project/exportTarget'
import { writeAtomically } from '../storage/files'
import { withUsualMask } from '../storage/permissions'
import { readProject } from './labels'
import { answer, command, jsonOption, message, whole } from './outcome'
import { list } from './plan'

/** `html` is the report, which is of all figures at once. */
const FORMATS = [...FIGURE_FORMATS, 'html'] as const
type Format = (typeof FORMATS)[number]

interface Options {
  project: string
  out: string
  experiment?: number
  format: Format[]
  json?: boolean
}

const HELP = `
Files: figure-1 to figure-4, table-1 and table-2, each as csv (every digit), md, tex (tables with booktabs, to be \\input),
svg and png; json is figures.json, the figures as in report.json with seeds, runs, device and data digests; html is
report.html with report.json beside it, one document that needs no network. What these runs did not measure says what it
would take. Only what is finished is looked at; nothing is trained.`

function formats(text: string): Format[] {
  const asked = list(text)
  const unknown = asked.find((each) => !FORMATS.some((format) => format === each))
  if (unknown !== undefined || asked.length === 0)
    throw new InvalidArgumentError(`It must be of ${FORMATS.join(', ')}, separated by commas.`)
  return FORMATS.filter((format) => asked.includes(format))
}

export const figuresCommand = () =>
  command('figures', "write the paper's figures and tables, made from the project's finished runs, as files")
    .requiredOption('--project <dir>', 'the project folder')
    .requiredOption('--out <dir>', 'the folder to write to')
    .option('--experiment <n>', 'of this experiment (default: of all runs)', whole(1))
    .addOption(
      new Option('--format <formats>', `only these, separated by commas: ${FORMATS.join(', ')}`)
        .argParser(formats)
        .default([...FORMATS], 'all'),
    )
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action(({ project, out: folder, experiment: asked, format, json }: Options) =>
      readProject(project, async (store) => {
        const experiment = asked ?? null
        const { views } = await makeFigures(store, experiment)
        const out = exportFolder(folder, store.folder)
        const wanted = format.filter((each): each is FigureFormat => each !== 'html')
        const files =
          wanted.length > 0 ? await figureFiles(store, views, { experiment, figure: null, formats: wanted }) : []
        withUsualMask(() => {
          mkdirSync(out, { recursive: true })
          for (const { name, bytes } of files) writeAtomically(join(out, name), bytes)
        })
        const names = files.map(({ name }) => name)
        if (format.includes('html') && views.runs > 0) {
          writeReport(store, experiment, out)
          names.push('report.html', 'report.json')
        } else if (format.includes('html')) message('No run is finished: there is nothing to report of yet.')
        const figures = views.figures.map(({ id, title, bare, missing, plans, imports }) => ({
          id,
          title,
          measured: !bare,
          missing,
          plans,
          imports,
        }))
        answer(json, { path: out, runs: views.runs, files: names, figures }, [
          ...figures.map(
            ({ title, measured, missing }) =>
              `${title}${measured ? '' : ' (not measured)'}${missing.length > 0 ? `. Missing: ${missing.join(' ')}` : ''}`,
          ),
          `${out}: ${names.length} files`,
        ])
      }),
    )
