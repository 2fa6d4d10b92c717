/** The addresses people and recruitment services are given. `address` is the door's, "http://192.168.1.20:4000". */
import type { ParticipantInfo } from '../../../domain/study'
import { toCsv } from '../../lib/save'

const page = (address: string) => `${address.replace(/\/+$/, '')}/study.html`

/** The token stands behind the #: browsers send that part to nobody. */
export const participantLink = (address: string, token: string): string => `${page(address)}#${token}`

/** Everybody who opens it gets a session of their own. */
export const joinLink = (address: string, joinToken: string): string =>
  `${page(address)}?join=${encodeURIComponent(joinToken)}`

/** Prolific replaces what stands between {{% and %}}. */
export const prolificLink = (address: string, joinToken: string): string =>
  `${joinLink(address, joinToken)}&PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}`

/** One row a participant, for a mail merge. */
export const linksCsv = (address: string, participants: readonly Pick<ParticipantInfo, 'code' | 'token' | 'state'>[]) =>
  toCsv(
    ['participant', 'state', 'link'],
    participants.map(({ code, token, state }) => [code, state, participantLink(address, token)]),
  )
