/**
 * Taking an annotator's judgments out of label sets: of those that hold them, and of what was aggregated from these. A
 * label set keeps its name; its digest changes where a judgment that counted is gone. Call inside one transaction.
 */
import { digestLabels } from '../../formats/sets/digest'
import { countsToProbabilities } from '../../domain/labels/statistics'
import type { LabelSetInfo } from '../../domain/labels/sets'
import { aggregateVotes } from '../../domain/labels/aggregation'
import { aggregate, unjudged } from '../../domain/study/exclusion'
import type { ProjectStore } from '../storage'
import type { AnswerRow } from '../storage/answers'
import type { ErasedLabels } from '../storage/erasures'
import type { JudgmentOf } from '../storage/judgments'
import type { LabelRules } from '../storage/labelSets'
import { isQuick, SEED, votesOf } from '../labels/aggregation'
import { studyReport } from '../study/labelSet'
import { plural } from '../../domain/text/numbers'

/** An annotator by their index in a label set. */
export interface Held {
  set: LabelSetInfo
  annotator: number
}

/**
 * The label sets that hold a participant's judgments: those published from the study, and those whose judgments under
 * the same code are the participant's own answers (published by an earlier version, or exported and imported again).
 *
 * @param answers every revision
 */
export function setsHolding(store: ProjectStore, study: number, code: string, answers: readonly AnswerRow[]): Held[] {
  const known = new Map<string, number[]>()
  for (const answer of answers) {
    const image = answer.isCheck ? -1 : answer.image
    const key = keyOf({ ...answer, image, isCheck: Number(answer.isCheck) })
    known.set(key, [...(known.get(key) ?? []), answer.reactionTimeMs])
  }
  const isOwn = (judgment: JudgmentOf) =>
    known.get(keyOf(judgment))?.some((ms) => Math.abs(ms - judgment.reactionTimeMs) < 1) ?? false
  return store.labelSets.list().flatMap((set): Held[] => {
    const annotator = store.labelSets.judgments.annotators(set.id)?.code.indexOf(code) ?? -1
    if (annotator < 0) return []
    const { study: origin } = store.labelSets.origin(set.id)
    if (origin === study) return [{ set, annotator }]
    if (origin !== null) return []
    const judgments = store.labelSets.judgments.ofAnnotator(set.id, annotator)
    return judgments.length > 0 && judgments.every(isOwn) ? [{ set, annotator }] : []
  })
}

const keyOf = ({ trial, image, chosen, isCheck }: Omit<JudgmentOf, 'reactionTimeMs'>) =>
  `${trial} ${image} ${chosen} ${isCheck}`

export interface ChangedSets {
  /** Names of label sets computed again. */
  recalculated: string[]
  /** Names of label sets that still rest on what was erased. */
  outdated: string[]
  /** Judgments taken out of each set that held some, in order. */
  judgments: number[]
}

/** @param erasure the row that was written for it */
export function eraseFromSets(store: ProjectStore, erasure: number, held: readonly Held[]): ChangedSets {
  const changed: ChangedSets = { recalculated: [], outdated: [], judgments: [] }
  for (const each of held) {
    const removed = eraseFrom(store, erasure, each)
    changed.judgments.push(removed)
    changed.recalculated.push(each.set.name)
    // Where nobody counted them, what was made of the set never rested on them.
    if (store.labelSets.find(each.set.name)?.digest !== each.set.digest)
      updateDerived(store, erasure, each.set, removed, changed)
  }
  return changed
}

function eraseFrom(store: ProjectStore, erasure: number, { set, annotator }: Held): number {
  const { judgments } = store.labelSets
  const code = judgments.annotators(set.id)?.code[annotator]
  const removed = judgments.erase(set.id, annotator)
  store.erasures.concern(set.id, erasure, removed)
  const { images, classes } = store.labelSets.arrays(set.id)
  const rest = judgments.read(set.id)
  const people = judgments.annotators(set.id)
  const excluded = people?.excluded ?? new Uint8Array(0)
  const { counts, kept } = rest
    ? aggregate(rest, excluded, images, classes)
    : { counts: new Uint32Array(images * classes), kept: 0 }
  const probabilities = countsToProbabilities(counts, classes)
  const rules = withoutVerdict(store.labelSets.rules(set.id), code)
  const out = excluded.reduce((sum, each) => sum + each, 0)
  const facts = { kept, participants: excluded.length, excluded: out, empty: unjudged(counts, classes) }
  store.labelSets.change(set.id, {
    counts,
    probabilities,
    digest: digestLabels({ counts, probabilities }),
    annotators: excluded.length,
    excluded: out,
    rules,
    report: reportOf(store, set, rules, facts),
  })
  return removed
}

const withoutVerdict = (rules: LabelRules, code: string | undefined): LabelRules =>
  rules.verdicts ? { ...rules, verdicts: rules.verdicts.filter(({ annotator }) => annotator !== code) } : rules

/**
 * A study's set says what it is now; one that was read from a file says what the import did, and what was erased since.
 */
function reportOf(
  store: ProjectStore,
  set: LabelSetInfo,
  { threshold, verdicts = [] }: LabelRules,
  facts: Omit<Parameters<typeof studyReport>[0], 'byHand' | 'threshold'>,
): string[] {
  const lines = store.erasures.ofLabels(set.id).map(lineOf)
  if (set.format !== 'study' || threshold === undefined) return [...set.report, ...lines.slice(-1)]
  return [...studyReport({ ...facts, threshold, byHand: verdicts.length }), ...lines]
}

const day = (at: string) => at.slice(0, 10)
const lineOf = ({ at, judgments }: ErasedLabels): string =>
  `${day(at)}: ${plural(judgments, 'judgment')} by one annotator were erased, and the distributions computed again from the rest.`

/**
 * What was aggregated from the set. Methods that pass over the judgments once are done again here; those that iterate
 * could hold up everybody for minutes, so their sets stay, hold no single judgment, and say what they rest on.
 */
function updateDerived(
  store: ProjectStore,
  erasure: number,
  parent: LabelSetInfo,
  removed: number,
  changed: ChangedSets,
) {
  for (const set of store.labelSets.list()) {
    const { derivedFrom, method } = store.labelSets.origin(set.id)
    if (derivedFrom !== parent.id || method === null) continue
    store.erasures.concern(set.id, erasure, removed)
    const { annotators, excluded } = set
    const rest = { annotators, excluded, rules: store.labelSets.rules(set.id) }
    const source = store.labelSets.find(parent.name)
    if (isQuick(method) && source && !changed.outdated.includes(parent.name)) {
      const { counts, probabilities, report } = aggregateVotes(method, votesOf(store, source, method), { seed: SEED })
      const lines = store.erasures.ofLabels(set.id).map(lineOf)
      store.labelSets.change(set.id, {
        ...rest,
        counts,
        probabilities,
        digest: digestLabels({ counts, probabilities }),
        report: [...report, ...lines],
      })
      changed.recalculated.push(set.name)
    } else {
      const [last] = store.erasures.ofLabels(set.id).slice(-1)
      const since = `${day(last?.at ?? '')}: ${plural(removed, 'judgment')} behind this set were erased after it was made. Aggregate ${parent.name} again to have it without them.`
      const { counts, probabilities } = store.labelSets.arrays(set.id)
      store.labelSets.change(set.id, {
        ...rest,
        counts,
        probabilities,
        digest: set.digest,
        report: [...set.report, since],
      })
      changed.outdated.push(set.name)
    }
    updateDerived(store, erasure, set, removed, changed)
  }
}

/** Why a label set is another than it was; null where nothing was erased from it. */
export function whyChanged(store: ProjectStore, name: string): string | null {
  const set = store.labelSets.find(name)
  const [last] = set ? store.erasures.ofLabels(set.id).slice(-1) : []
  return last ? `Judgments were erased from it on ${day(last.at)}.` : null
}
