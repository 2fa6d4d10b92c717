/** Labelling studies: their settings, their participants' sessions, quality, and what becomes of the judgments. */
import { StudioError } from '../../../shared/errors'
import type { Handlers } from '../handlers'

export interface StudiesService {
  list: Handlers['studies.list']
  create: Handlers['studies.create']
  change: Handlers['studies.change']
  remove: Handlers['studies.remove']
  proposeChecks: Handlers['studies.proposeChecks']
  participants: Handlers['studies.participants']
  invite: Handlers['studies.invite']
  label: Handlers['studies.label']
  quality: Handlers['studies.quality']
  decide: Handlers['studies.decide']
  setThreshold: Handlers['studies.setThreshold']
  ledger: Handlers['studies.ledger']
  publish: Handlers['studies.publish']
  export: Handlers['studies.export']
  simulate: Handlers['studies.simulate']
  rehearse: Handlers['studies.rehearse']
  door: Handlers['studies.door']
  openDoor: Handlers['studies.openDoor']
  session: {
    open: Handlers['session.open']
    advance: Handlers['session.advance']
    image: Handlers['session.image']
    answer: Handlers['session.answer']
    withdraw: Handlers['session.withdraw']
    join: Handlers['session.join']
  }
}

const missing = (): never => {
  throw new StudioError('internal', 'Not there yet.')
}

export function studiesService(): StudiesService {
  return {
    list: () => [],
    create: missing,
    change: missing,
    remove: missing,
    proposeChecks: missing,
    participants: missing,
    invite: missing,
    label: missing,
    quality: missing,
    decide: missing,
    setThreshold: missing,
    ledger: missing,
    publish: missing,
    export: missing,
    simulate: missing,
    rehearse: missing,
    door: () => ({ address: null, network: false, canOpen: false }),
    openDoor: missing,
    session: { open: missing, advance: missing, image: missing, answer: missing, withdraw: missing, join: missing },
  }
}
