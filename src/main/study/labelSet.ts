/** A study's judgments as a label set: what is published, exported and judged for quality. */
import type { LabelSetData } from '../../formats/sets/types'
import { countsToProbabilities } from '../../domain/labels/statistics'
import type { AnnotatorTable, JudgmentTable } from '../../domain/labels/judgments'
import { aggregate, unjudged } from '../../domain/study/exclusion'
import type { AnswerRow } from '../storage/answers'
import type { SessionRow } from '../storage/sessions'
import type { ProjectStore } from '../storage'
import { labelled } from './images'
import { codeOf, isOut } from './participants'
import type { StudyState } from './state'

/** File names by index of `files`; a check's name says where its image is from, being of another set as a rule. */
function fileNames(store: ProjectStore, { images }: StudyState) {
  const own = store.imageSets.fileNames(images.set.id)
  const checks = store.imageSets.fileNames(images.checks.set.id)
  const files: string[] = []
  const known = new Map<string, number>()
  return {
    files,
    index({ image, isCheck }: Pick<AnswerRow, 'image' | 'isCheck'>): number {
      const name = isCheck ? (checks?.[image] ?? `check_${images.checks.set.name}_${image}.png`) : (own?.[image] ?? '')
      const at = known.get(name) ?? files.length
      if (at === files.length) {
        files.push(name)
        known.set(name, at)
      }
      return at
    },
  }
}

/** Sessions with an answer, in order of their number; each trial's newest answer, excluded participants' too. */
function tables(store: ProjectStore, state: StudyState) {
  const sessions = store.sessions.ofStudy(state.study.id).filter(({ position }) => position > 0)
  const rows: { session: number; answer: AnswerRow }[] = []
  // A trial that is to be answered anew does not count until it is.
  sessions.forEach((session, at) => {
    for (const answer of store.answers.ofSession(session.id))
      if (answer.trial < session.position) rows.push({ session: at, answer })
  })
  const n = rows.length
  const names = fileNames(store, state)
  const judgments: JudgmentTable = {
    count: n,
    annotator: new Int32Array(n),
    trial: new Int32Array(n),
    image: new Int32Array(n),
    truth: new Uint8Array(n),
    chosen: new Uint8Array(n),
    isCheck: new Uint8Array(n),
    reactionTimeMs: new Float64Array(n),
    elapsedMs: new Float64Array(n),
    file: new Int32Array(n),
    files: names.files,
    session: {
      slot: new Uint8Array(n),
      onsetMs: new Float64Array(n),
      answeredAt: new Float64Array(n),
      focusLosses: new Uint16Array(n),
    },
  }
  const { session: own } = judgments
  rows.forEach(({ session, answer }, row) => {
    judgments.annotator[row] = session
    judgments.trial[row] = answer.trial
    judgments.image[row] = answer.isCheck ? -1 : answer.image
    judgments.truth[row] = answer.truth
    judgments.chosen[row] = answer.chosen
    judgments.isCheck[row] = Number(answer.isCheck)
    judgments.reactionTimeMs[row] = answer.reactionTimeMs
    judgments.elapsedMs[row] = answer.elapsedMs
    judgments.file[row] = names.index(answer)
    if (!own) return
    own.slot[row] = answer.slot
    own.onsetMs[row] = answer.onsetMs
    own.answeredAt[row] = answer.answeredAt
    own.focusLosses[row] = answer.focusLosses
  })
  return { sessions, judgments }
}

/** Decisions by hand that hold now, each with the reason last given. */
function verdictsOf(store: ProjectStore, study: number, sessions: readonly SessionRow[]) {
  const reasons = new Map(store.studies.ledger(study).map(({ participant, reason }) => [participant, reason] as const))
  return sessions.flatMap((session) => {
    const annotator = codeOf(session)
    return session.verdict === null
      ? []
      : [{ annotator, verdict: session.verdict, reason: reasons.get(annotator) ?? '' }]
  })
}

export interface StudyLabels extends LabelSetData {
  counts: Uint32Array
  judgments: JudgmentTable
  annotators: AnnotatorTable
  /** In the order of `annotators`. */
  sessions: SessionRow[]
}

/** The judgments so far, with the exclusions that hold now. */
export function studyLabels(store: ProjectStore, state: StudyState): StudyLabels {
  const { study, images } = state
  const { protocol, imageSet } = study.config
  const { sessions, judgments } = tables(store, state)
  const annotators: AnnotatorTable = {
    code: sessions.map(codeOf),
    checks: Int32Array.from(sessions, ({ checks }) => checks),
    checksCorrect: Int32Array.from(sessions, ({ checksCorrect }) => checksCorrect),
    excluded: Uint8Array.from(sessions, (session) => (isOut(session, protocol) ? 1 : 0)),
    layout: sessions.map(({ layout }) => layout),
  }
  const classes = images.set.classes.length
  const { counts, kept } = aggregate(judgments, annotators.excluded, images.set.count, classes)
  const byHand = sessions.filter(({ verdict }) => verdict !== null).length
  const excluded = annotators.excluded.reduce((sum, flag) => sum + flag, 0)
  const empty = unjudged(counts, classes)
  const { licence, citation } = labelled(store, imageSet).set
  return {
    kind: 'labels',
    path: study.config.name,
    format: 'study',
    name: study.config.name,
    imageSet,
    imageSetDigest: images.set.digest,
    classes: images.set.classes,
    images: images.set.count,
    counts,
    probabilities: countsToProbabilities(counts, classes),
    judgments,
    annotators,
    threshold: protocol.checkThreshold,
    verdicts: verdictsOf(store, state.study.id, sessions),
    sessions,
    source: `Study ${study.config.name}, made with Second Guess`,
    licence,
    citation,
    study: study.id,
    report: studyReport({
      kept,
      participants: sessions.length,
      excluded,
      byHand,
      empty,
      threshold: protocol.checkThreshold,
    }),
  }
}

/** What a label set of a study says of itself. */
export function studyReport(set: {
  kept: number
  participants: number
  excluded: number
  /** Decisions by hand, to exclude or to keep. */
  byHand: number
  /** Images without a judgment. */
  empty: number
  /** Share of the attention checks. */
  threshold: number
}): string[] {
  const { kept, participants, excluded, byHand, empty, threshold } = set
  return [
    `${kept} judgments by ${participants - excluded} participants.`,
    `${excluded} participants excluded: below ${threshold * 100}% on the attention checks, or by hand (${byHand} decided by hand).`,
    ...(empty > 0 ? [`${empty} images have no judgment; their distribution is uniform.`] : []),
  ]
}
