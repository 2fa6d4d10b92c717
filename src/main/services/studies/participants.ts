/** How a participant appears to the owner, and who is left out of the distributions. */
import type { ParticipantInfo, StudyProtocol } from '../../../shared/study'
import type { SessionRow } from '../../store/sessions'

/** "P0007". */
export const codeOf = (session: Pick<SessionRow, 'number'>): string => `P${String(session.number).padStart(4, '0')}`

export const stateOf = (session: SessionRow): ParticipantInfo['state'] =>
  session.stage === 'finished' || session.stage === 'stopped'
    ? session.stage
    : session.startedAt === null
      ? 'invited'
      : 'running'

/** By hand first, else by the rule: below the threshold on the checks answered so far. */
export function isExcluded(session: SessionRow, protocol: Pick<StudyProtocol, 'checkThreshold'>): boolean {
  if (session.verdict !== null) return session.verdict === 'exclude'
  return session.checks > 0 && session.checksCorrect / session.checks < protocol.checkThreshold
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
  excluded: isExcluded(session, protocol),
  environment: session.environment,
  startedAt: session.startedAt,
  seenAt: session.seenAt,
  finishedAt: session.finishedAt,
})
