/**
 * How often each image of a study has been judged, and how often it is promised to somebody under way: what the next
 * participant's images are drawn by. Kept in memory and brought up to date by what changed; counted afresh when another
 * process wrote. A session adds the first part of its plan: how long a part is what the two tallies differ in.
 */
import type { StudyProtocol } from '../../domain/study'
import { planImage, planIsCheck, type Plan } from '../../domain/study/draw'
import type { ProjectStore } from '../storage'
import type { SessionRow } from '../storage/sessions'
import type { StudyRow } from '../storage/studies'
import { isOut, stateOf } from './participants'

/** Trials answered that count. */
const answered = (session: SessionRow, protocol: StudyProtocol): number =>
  isOut(session, protocol) ? 0 : session.position

/** From then on whoever has not been seen counts as away for long, milliseconds since 1970. */
const deadlineOf = (session: SessionRow, protocol: StudyProtocol): number =>
  Date.parse(session.seenAt ?? session.createdAt) + protocol.longInterruptionMinutes * 60_000

/** Trials that count or will: the whole plan of whoever is under way, only what was answered of who has left. */
function promised(session: SessionRow, protocol: StudyProtocol, now: number): number {
  const state = stateOf(session)
  if (state === 'finished' || state === 'stopped') return answered(session, protocol)
  if (session.verdict === 'exclude') return 0
  return now > deadlineOf(session, protocol) ? session.position : session.trials
}

interface Applied {
  plan: Plan
  answered: number
  promised: number
  /** When the rest of its images is released, milliseconds since 1970; Infinity where nothing will be. */
  absentAfter: number
}

export class Tallies {
  readonly answered: Int32Array
  readonly promised: Int32Array
  private readonly applied = new Map<number, Applied>()

  constructor(
    private readonly store: ProjectStore,
    private readonly study: StudyRow,
    images: number,
  ) {
    this.answered = new Int32Array(images)
    this.promised = new Int32Array(images)
    for (const session of store.sessions.ofStudy(study.id)) this.update(session)
  }

  /** Brings in what has changed about one session. */
  update(session: SessionRow, now = Date.now()): void {
    if (session.trials === 0) return
    const { protocol } = this.study.config
    let known = this.applied.get(session.id)
    if (!known) {
      known = { plan: this.plan(session.id), answered: 0, promised: 0, absentAfter: Infinity }
      this.applied.set(session.id, known)
    }
    const next = { answered: answered(session, protocol), promised: promised(session, protocol, now) }
    move(this.answered, known.plan, known.answered, next.answered)
    move(this.promised, known.plan, known.promised, next.promised)
    const state = stateOf(session)
    const deadline = deadlineOf(session, protocol)
    const isFinal = state === 'finished' || state === 'stopped' || now > deadline
    Object.assign(known, next, { absentAfter: isFinal ? Infinity : deadline })
  }

  /** Takes a session out that no longer exists: its images are drawn again. */
  remove(session: number): void {
    const known = this.applied.get(session)
    if (!known) return
    move(this.answered, known.plan, known.answered, 0)
    move(this.promised, known.plan, known.promised, 0)
    this.applied.delete(session)
  }

  /** A session's trials; none until they are drawn. */
  plan(session: number): Plan {
    return this.applied.get(session)?.plan ?? this.store.sessions.plan(session) ?? new Int32Array(0)
  }

  /** Whoever has stayed away for long no longer holds the rest of their images. */
  releaseAbsent(now = Date.now()): void {
    // Everybody is looked at for everybody who begins: the database is read only for those whose time is over.
    for (const [id, { absentAfter }] of this.applied) {
      const session = now > absentAfter ? this.store.sessions.get(id) : null
      if (session) this.update(session, now)
    }
  }
}

/** Counts the images between two lengths of a plan in or out. */
function move(counts: Int32Array, plan: Plan, from: number, to: number): void {
  const step = to > from ? 1 : -1
  for (let trial = Math.min(from, to); trial < Math.max(from, to); trial++) {
    if (planIsCheck(plan, trial)) continue
    const image = planImage(plan, trial)
    counts[image] = (counts[image] ?? 0) + step
  }
}
