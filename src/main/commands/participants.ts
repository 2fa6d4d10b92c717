/** `participants`: who takes part in the studies of a project, and erasing one of them for good. */
import { setTimeout as sleep } from 'node:timers/promises'
import { StudioError } from '../../domain/errors'
import type { ParticipantInfo } from '../../domain/study'
import { labelSetNamed } from '../labels/labelSets'
import { eraseAnnotator, eraseParticipant, type Decision, type Erased } from '../erasure/participant'
import { exportsIn } from '../erasure/exports'
import { participantsOf } from '../study/owner'
import { codeOf } from '../study/participants'
import { studyNamed } from '../study/simulatedStudy'
import { studyStates, type StudyStates } from '../study/state'
import type { ProjectStore } from '../storage'
import { removeBackups } from '../storage/backups'
import type { StudyRow } from '../storage/studies'
import { withProject } from './labels'
import { answer, command, jsonOption, message } from './outcome'

/** Another process reads or writes for moments only. */
const CLEANUP_ATTEMPTS = 20
const CLEANUP_PAUSE_MS = 250

interface Options {
  project: string
  study?: string
  labels?: string
  erase?: string
  decidedBy: string
  reason: string
  json?: boolean
}

const HELP = `
Without --erase: lists participants with their state and how many trials they answered; those who were erased too.
--erase ID deletes a participant's answers, identifiers and browser data for good, in the study, in the label sets made of
it, in the database file and in backups that the program made. ID is the code (P0007) or, exactly, the identifier of a
recruitment service. It cannot be undone; exports written earlier have to be deleted by hand. To leave somebody out of
the results and be able to take that back, exclude them in the window instead.
--labels NAME --erase CODE erases an annotator of an imported label set in the same way.`

export const participantsCommand = () =>
  command('participants', 'list the participants of studies, or erase one for good')
    .requiredOption('--project <dir>', 'the project folder')
    .option('--study <name>', 'the study (default: all of them)')
    .option('--labels <name>', 'with --erase: an annotator of this label set instead')
    .option('--erase <id>', 'erase this participant: a code (P0007) or a recruitment service’s identifier')
    .option('--decided-by <text>', 'whose decision it is; kept', 'the owner, on the command line')
    .option('--reason <text>', 'why; kept, so it should not name the participant', '')
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action((options: Options) =>
      withProject(options.project, async (store) => {
        const { erase, json, labels } = options
        if (erase === undefined) return list(store, options)
        const { erased, from } =
          labels === undefined ? eraseOf(store, erase, options) : eraseFromLabels(store, erase, labels, options)
        await finish(store, erased, from)
        const { answers } = erased
        answer(json, { erased: { answers } }, [`Erased: ${answers} answers.`])
      }),
    )

const studiesOf = (store: ProjectStore, name: string | undefined): StudyRow[] =>
  name === undefined ? store.studies.list() : [studyNamed(store, name, undefined)]

function list(store: ProjectStore, { study, labels, json }: Options) {
  if (labels !== undefined) throw new StudioError('bad-input', '--labels needs --erase.', { place: 'labels' })
  const states = studyStates(store)
  const rows = studiesOf(store, study).flatMap(({ id, config }) => [
    ...participantsOf(states, id).map((info) => ({
      study: config.name,
      code: info.code,
      state: info.state,
      answers: info.position,
    })),
    ...store.erasures
      .ofStudy(id)
      .map(({ number, answers }) => ({ study: config.name, code: codeOf({ number }), state: 'erased', answers })),
  ])
  const lines = rows.map(({ study: name, code, state, answers }) => `${name}\t${code}\t${state}\t${answers}`)
  answer(json, rows, ['study\tcode\tstate\tanswers', ...lines])
}

function decisionOf({ decidedBy, reason }: Options): Decision {
  if (decidedBy.trim() === '') throw new StudioError('bad-input', 'Say whose decision it is.', { place: 'decided-by' })
  return { decidedBy: decidedBy.trim(), reason: reason.trim() }
}

interface Found {
  study: StudyRow
  number: number
  code: string
}

interface Done {
  erased: Erased
  /** Name of the study or label set. */
  from: string
}

function eraseOf(store: ProjectStore, id: string, options: Options): Done {
  const decision = decisionOf(options)
  const states = studyStates(store)
  const { study, number, code } = only(find(store, states, id, options.study), store, id, options)
  const erased = store.transaction(() => eraseParticipant(states, study, number, decision))
  message(`${code} of ${study.config.name} is erased.`)
  return { erased, from: study.config.name }
}

/** Everybody the identifier may mean, erased participants too: those are refused with their date. */
function find(store: ProjectStore, states: StudyStates, id: string, study: string | undefined): Found[] {
  const means = ({ code, external }: Pick<ParticipantInfo, 'code' | 'external'>) =>
    code === id || external?.participant === id
  return studiesOf(store, study).flatMap((row): Found[] => {
    const there = participantsOf(states, row.id).filter(means)
    const gone = store.erasures.ofStudy(row.id).map(({ number }) => ({ number, code: codeOf({ number }) }))
    return [...there, ...gone.filter(({ code }) => code === id)].map(({ number, code }) => ({
      study: row,
      number,
      code,
    }))
  })
}

function only(found: readonly Found[], store: ProjectStore, id: string, { study }: Options): Found {
  const [one, ...others] = found
  if (!one) {
    const where = study === undefined ? 'in this project' : `in the study ${study}`
    const hint =
      'List the participants with this command without --erase. An annotator of an imported label set: add --labels NAME.'
    throw new StudioError('not-found', `There is no participant ${id} ${where}.`, { file: store.folder, hint })
  }
  if (others.length === 0) return one
  const names = found.map(({ code, study: { config } }) => `${code} of ${config.name}`).join(', ')
  const hint = 'Name the study with --study and use the code.'
  throw new StudioError('conflict', `${id} may be one of several participants: ${names}.`, { file: store.folder, hint })
}

function eraseFromLabels(store: ProjectStore, code: string, name: string, options: Options): Done {
  const decision = decisionOf(options)
  const set = labelSetNamed(store, name)
  const { study } = store.labelSets.origin(set.id)
  const row = study === null ? null : store.studies.get(study)
  if (row) {
    const hint = `Erase the participant with --study ${JSON.stringify(row.config.name)}: that changes the label set too.`
    throw new StudioError('conflict', `${name} was published from the study ${row.config.name}.`, { hint })
  }
  const erased = store.transaction(() => {
    const annotator = store.labelSets.judgments.annotators(set.id)?.code.indexOf(code) ?? -1
    if (annotator >= 0) return eraseAnnotator(store, { set, annotator }, decision)
    const hint = 'Codes are those of the imported file.'
    throw new StudioError('not-found', `${name} has no annotator ${code}.`, { hint })
  })
  return { erased, from: name }
}

/** Cleans the files, and tells what else changed and what is left to do by hand. */
async function finish(store: ProjectStore, { recalculated, outdated }: Erased, from: string) {
  if (recalculated.length > 0) message(`Label sets computed again: ${recalculated.join(', ')}.`)
  if (outdated.length > 0)
    message(`These label sets still rest on the erased judgments; aggregate them again: ${outdated.join(', ')}.`)
  const backups = removeBackups(store.folder)
  if (backups > 0) message(`Backups from before the erasure were removed: ${backups}.`)
  let clean = store.cleanUp()
  for (let attempt = 1; !clean && attempt < CLEANUP_ATTEMPTS; attempt++) {
    await sleep(CLEANUP_PAUSE_MS)
    clean = store.cleanUp()
  }
  if (!clean)
    message('Another process is using the database: its file is cleaned when the project is opened the next time.')
  const exports = exportsIn(store.folder, [from, ...recalculated])
  const where = exports.length > 0 ? `, among them ${exports.join(', ')}` : ''
  message(`Exports written earlier may still hold the answers: delete them by hand${where}.`)
}
