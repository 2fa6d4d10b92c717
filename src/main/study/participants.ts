/** How participants appear to the owner, one by one and counted. */
import type { ParticipantInfo, StudyInfo, StudyProtocol } from '../../domain/study'
import { isExcluded } from '../../domain/study/exclusion'
import type { SessionGroup, SessionRow } from '../storage/sessions'

/** "P0007". */
export const codeOf = (session: Pick<SessionRow, 'number'>): string => `P${String(session.number).padStart(4, '0')}`

export const stateOf = (session: Pick<SessionRow, 'stage' | 'startedAt'>): ParticipantInfo['state'] =>
  session.stage === 'finished' || session.stage === 'stopped'
    ? session.stage
    : session.startedAt === null
      ? 'invited'
      : 'running'

/** On the checks answered so far. */
export const isOut = (
  session: Pick<SessionRow, 'checks' | 'checksCorrect' | 'verdict'>,
  { checkThreshold }: Pick<StudyProtocol, 'checkThreshold'>,
): boolean => isExcluded(session, session.verdict, checkThreshold)

export function countSessions(groups: readonly SessionGroup[], protocol: StudyProtocol): StudyInfo['sessions'] {
  const counts = { invited: 0, running: 0, finished: 0, stopped: 0, excluded: 0 }
  for (const group of groups) {
    counts[stateOf(group)] += group.sessions
    if (isOut(group, protocol)) counts.excluded += group.sessions
  }
  return counts
}

export const participantInfo = (
  session: SessionRow,
  protocol: StudyProtocol,
  plannedTrials: number,
): ParticipantInfo => ({
  number: session.number,
  code: codeOf(session),
  kind: session.kind,
  simulated: session.simulated,
  token: session.token,
  external: session.external,
  state: stateOf(session),
  stage: session.stage,
  position: session.position,
  total: session.trials || plannedTrials,
  verdict: session.verdict,
  excluded: isOut(session, protocol),
  environment: session.environment,
  startedAt: session.startedAt,
  seenAt: session.seenAt,
  finishedAt: session.finishedAt,
})
