/**
 * A study's judgments so far as files, at any time. Participants are their number in the study; who that is for a
 * recruitment service, with which browser and at what time of day, stands in the table beside, and only where asked
 * for.
 */
import Papa from 'papaparse'
import type { Input } from '../../contract'
import { neutralizeCell } from '../../domain/text/csv'
import { digestLabels } from '../../formats/sets/digest'
import { writeAll, writeAtomically } from '../../formats/write/atomic'
import { exportLabels } from '../../formats/write/labels'
import { usualFileMode } from '../storage/permissions'
import { studyLabels, type StudyLabels } from './labelSet'
import { exportTarget } from '../project/exportTarget'
import { stateOf } from './participants'
import type { StudyStates } from './state'

type Format = Input<'studies.export'>['format']

/** Beside an export of judgments: one row a participant. */
export const participantsPath = (out: string): string => `${out}.participants.csv`

export async function exportStudy(
  states: StudyStates,
  id: number,
  format: Format,
  out: string,
  identifiers: boolean,
): Promise<{ path: string; rows: number }> {
  const state = states.get(id)
  const target = exportTarget(out, states.store.folder)
  const labels = studyLabels(states.store, state)
  if (!identifiers) labels.judgments.session?.answeredAt.fill(0)
  const { set } = state.images
  const written = await exportLabels(
    {
      ...labels,
      imageSet: {
        name: set.name,
        count: set.count,
        classes: set.classes,
        digest: set.digest,
        licence: set.licence,
        citation: set.citation,
      },
      digest: digestLabels(labels),
    },
    format,
    target,
    { mode: usualFileMode() },
  )
  if (format !== 'counts' && format !== 'probs') await exportParticipants(labels, written.path, identifiers)
  return written
}

async function exportParticipants({ sessions, annotators }: StudyLabels, out: string, identifiers: boolean) {
  const rows = sessions.map((session, at) => ({
    participant: annotators.code[at],
    kind: session.simulated ?? session.kind,
    state: stateOf(session),
    trials: session.position,
    checks: session.checks,
    checks_correct: session.checksCorrect,
    excluded: annotators.excluded[at],
    decided_by_hand: session.verdict ?? '',
    layout: session.layout?.join(' ') ?? '',
    window_width: session.environment?.windowWidth,
    window_height: session.environment?.windowHeight,
    pixel_ratio: session.environment?.pixelRatio,
    frame_ms: session.environment?.frameMs,
    ...(identifiers && {
      service: session.external?.service,
      service_participant: session.external?.participant,
      service_study: session.external?.study,
      service_session: session.external?.session,
      browser: session.environment?.browser,
      language: session.environment?.language,
      screen_width: session.environment?.screenWidth,
      screen_height: session.environment?.screenHeight,
      started_at: session.startedAt,
      finished_at: session.finishedAt,
    }),
  }))
  // Ids of services and names of browsers are what participants' addresses and programs say they are.
  const safe = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, neutralizeCell(cell)])),
  )
  const text = `${Papa.unparse(safe, { newline: '\n' })}\n`
  await writeAtomically(participantsPath(out), (file) => writeAll(file, Buffer.from(text)), usualFileMode())
}
