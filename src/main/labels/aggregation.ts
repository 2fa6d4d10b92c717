/**
 * Another version of a label set: its judgments made into distributions by another method, added beside it. The
 * judgments stay where they are. Not here: the methods (src/domain/labels/aggregation), jobs and commands.
 */
import { setImmediate } from 'node:timers/promises'
import type { LabelSetData } from '../../formats/sets/types'
import type { ReadOptions } from '../../formats/encodings/readOptions'
import type { ImportedItem, LabelSetInfo } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import type { JudgmentTable } from '../../domain/labels/judgments'
import type { Aggregation } from '../../domain/study'
import { aggregateVotes, type Votes } from '../../domain/labels/aggregation'
import type { ProjectStore } from '../storage'
import { labelSetNamed } from './labelSets'
import { addToProject } from './addToProject'

/** What was added, and what its user must know before using it; the label set's report holds those warnings too. */
export interface AggregatedItem extends ImportedItem {
  warnings: string[]
}

/**
 * Methods that pass over the judgments once: an erasure computes their label sets again at once (erasure/labelSets.ts).
 */
export const isQuick = (method: Aggregation): boolean =>
  method === 'counts' || method === 'majority' || method === 'wawa'

/** Methods start from the data, or from draws of this seed: the same judgments always give the same version. */
export const SEED = 0

/** Those that ask who gave a judgment. */
const needsPeople: Record<Aggregation, boolean> = {
  counts: false,
  majority: false,
  'dawid-skene': true,
  mace: true,
  wawa: true,
}

/**
 * Adds the version and answers what was added, under the name `<labelSet>-<method>`. The same result again is not added
 * twice. Throws StudioError where the set does not hold what the method needs; then, and when aborted, nothing changes.
 */
export async function aggregateLabels(
  store: ProjectStore,
  labelSet: string,
  method: Aggregation,
  options: ReadOptions = {},
): Promise<AggregatedItem> {
  const { signal, onProgress } = options
  const set = labelSetNamed(store, labelSet)
  onProgress?.({ label: `Reading the judgments of ${labelSet}`, done: 0, total: null, secondsLeft: null })
  // Between long pieces of work: requests to stop are heard here.
  const breathe = async () => {
    await setImmediate()
    signal?.throwIfAborted()
  }
  await breathe()
  const erasure = store.erasures.newest()
  const votes = votesOf(store, set, method)
  await breathe()
  const result = aggregateVotes(method, votes, { seed: SEED, onProgress: telling(method, options) })
  await breathe()
  const data: LabelSetData = {
    kind: 'labels',
    path: labelSet,
    format: 'aggregate',
    name: `${labelSet}-${method}`,
    imageSet: set.imageSet,
    // The rows are those of the set it is made of: nothing is left to match.
    imageSetDigest: store.imageSets.find(set.imageSet)?.digest ?? null,
    classes: null,
    images: set.images,
    counts: result.counts,
    probabilities: result.probabilities,
    judgments: null,
    annotators: null,
    source: `${labelSet}, aggregated by ${method}. ${set.source}`,
    licence: set.licence,
    citation: set.citation,
    report: result.report,
    derivedFrom: { labelSet: set.id, method },
  }
  const verify = () => {
    if (store.erasures.newest() === erasure) return
    const hint = 'Aggregate it again.'
    throw new StudioError('conflict', `Judgments were erased while ${labelSet} was being aggregated.`, { hint })
  }
  const [added] = await addToProject(store, [data], { ...options, verify })
  if (!added) throw new StudioError('internal', `Nothing was added for ${data.name}.`)
  return { ...added, warnings: result.warnings }
}

/** Steps of a method as progress with the time left, judged by the time so far. */
function telling(method: Aggregation, { onProgress }: ReadOptions): (done: number, total: number) => void {
  const began = Date.now()
  return (done, total) => {
    const secondsLeft = done > 0 ? ((Date.now() - began) / 1000 / done) * (total - done) : null
    onProgress?.({ label: `Aggregating by ${method}`, done, total, secondsLeft })
  }
}

/** The judgments of a set, or where it has only counts, as many nameless ones for the methods that ask for no names. */
export function votesOf(store: ProjectStore, set: LabelSetInfo, method: Aggregation): Votes {
  const { images, classes, counts } = store.labelSets.arrays(set.id)
  const judgments = store.labelSets.judgments.read(set.id)
  if (judgments) {
    const people = judgments.annotator.reduce((most, annotator) => Math.max(most, annotator + 1), 0)
    const excluded = store.labelSets.judgments.annotators(set.id)?.excluded ?? new Uint8Array(people)
    return { judgments, excluded, images, classes }
  }
  const made = set.format === 'aggregate'
  if (needsPeople[method])
    throw new StudioError('bad-input', `${set.name} holds no single judgments, and ${method} asks who gave which.`, {
      hint: made
        ? 'Aggregate the label set it was made of.'
        : 'Import the single judgments, or use counts or majority, which need none.',
    })
  if (!counts)
    throw new StudioError('bad-input', `${set.name} holds probabilities alone: there is nothing to count.`, {
      hint: made ? 'Aggregate the label set it was made of.' : 'Import the counts or the single judgments.',
    })
  return { judgments: nameless(counts, classes), excluded: new Uint8Array(1), images, classes }
}

/** Counts spelt out as judgments, all by one annotator. */
function nameless(counts: Uint32Array, classes: number): JudgmentTable {
  const count = counts.reduce((sum, n) => sum + n, 0)
  const image = new Int32Array(count)
  const chosen = new Uint8Array(count)
  let at = 0
  counts.forEach((n, cell) => {
    image.fill(Math.floor(cell / classes), at, at + n)
    chosen.fill(cell % classes, at, at + n)
    at += n
  })
  return {
    count,
    annotator: new Int32Array(count),
    trial: new Int32Array(count),
    image,
    truth: new Uint8Array(count),
    chosen,
    isCheck: new Uint8Array(count),
    reactionTimeMs: new Float64Array(count),
    elapsedMs: new Float64Array(count),
    file: new Int32Array(count),
    files: [''],
    session: null,
  }
}
