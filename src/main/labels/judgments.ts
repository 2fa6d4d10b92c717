/**
 * What lies behind a label set: one image's judgments, agreement, how often each image was judged and which would gain
 * most from once more. Worked out of counts, never of half a million rows, and once per set. Not here: comparing two
 * sets (comparison.ts), finding images (imageSearch.ts), making new sets (aggregation.ts).
 */
import { entropyNats, rowAt } from '../../domain/labels/distribution'
import type { Input, Output } from '../../contract'
import type { LabelSetInfo } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import { NO_SLOT } from '../../domain/labels/judgments'
import type { ImageJudgments } from '../../domain/study'
import { agreement } from '../../domain/labels/agreement'
import { dirichletIntervals, expectedGain } from '../../domain/labels/uncertainty'
import type { ProjectStore } from '../storage'
import type { LabelArrays } from '../storage/labelSets'
import { labelSetNamed } from './labelSets'
import { imageNames, judgedFile, keptPerSet, labelArrays, publishedLabels, rowsOf } from '../project/kept'
import { votesBehind } from './votesBehind'
import { sum } from '../../domain/averages'

/** Where a set comes as probabilities, nobody can say how many people stand behind them. */
function countsOf(store: ProjectStore, name: string, what: string): LabelArrays & { id: number; counts: Uint32Array } {
  const { id } = labelSetNamed(store, name)
  const arrays = labelArrays(store, id)
  if (arrays.counts) return { ...arrays, id, counts: arrays.counts }
  throw new StudioError(
    'bad-input',
    `${name} holds probabilities without counts, and ${what} is worked out of counts.`,
    {
      hint: 'Choose the label set it was made of, or import the counts or the single judgments.',
    },
  )
}

const keptAgreement = keptPerSet((store, id) => {
  const { counts, images, classes } = labelArrays(store, id)
  return counts && agreement(counts, images, classes)
})

export function agreementOf(store: ProjectStore, labelSet: string): Output<'labels.agreement'> {
  const { id, counts, images, classes } = countsOf(store, labelSet, 'agreement')
  return keptAgreement(store, id) ?? agreement(counts, images, classes)
}

export function judgedTimes(store: ProjectStore, labelSet: string): Output<'labels.judged'> {
  const set = labelSetNamed(store, labelSet)
  const { images, classes } = labelArrays(store, set.id)
  const votes = votesBehind(store, set)
  return votes && Array.from({ length: images }, (_, i) => sum(rowAt(votes, i, classes)))
}

/** Images by what one more judgment is expected to teach, most first. */
const keptGains = keptPerSet((store, id) => {
  const { counts, images, classes } = labelArrays(store, id)
  if (!counts) return []
  const gains = expectedGain(counts, images, classes)
  const order = Array.from({ length: images }, (_, image) => image)
  const gain = (image: number) => gains[image] ?? 0
  return order.sort((a, b) => gain(b) - gain(a) || a - b).map((image) => ({ image, gainNats: gain(image) }))
})

export function nextImages(store: ProjectStore, query: Input<'labels.next'>): Output<'labels.next'> {
  const { id } = countsOf(store, query.labelSet, 'the gain of one more judgment')
  return keptGains(store, id).slice(0, query.limit)
}

export function imageJudgments(store: ProjectStore, { labelSet, image }: Input<'labels.image'>): ImageJudgments {
  const set = labelSetNamed(store, labelSet)
  if (image >= set.images)
    throw new StudioError('bad-input', `Image ${image} is outside ${labelSet}, which has ${set.images}.`)
  const { classes, ...arrays } = labelArrays(store, set.id)
  const probabilities = Array.from(rowAt(arrays.probabilities, image, classes))
  const counts = arrays.counts && Array.from(rowAt(arrays.counts, image, classes))
  const votes = votesBehind(store, set)
  const rows = store.labelSets.judgments.rows(set.id, rowsOf(store, set.id, image))
  return {
    image,
    fileName: imageFileName(store, set, image) ?? judgedFile(store, set.id, image),
    label: publishedLabels(store, set)(image),
    counts,
    judged: votes && sum(rowAt(votes, image, classes)),
    probabilities,
    entropyNats: entropyNats(probabilities),
    intervals: counts && dirichletIntervals(counts),
    judgments: rows.map((row) => ({
      annotator: row.code ?? String(row.annotator),
      excluded: row.excluded === 1,
      trial: row.trial,
      chosen: row.chosen,
      reactionTimeMs: row.reactionTimeMs,
      slot: row.slot === NO_SLOT ? null : row.slot,
      // 0 stands for a moment nobody wrote down.
      answeredAt: row.answeredAt ? new Date(row.answeredAt).toISOString() : null,
    })),
  }
}

function imageFileName(store: ProjectStore, labels: LabelSetInfo, image: number): string | null {
  const set = store.imageSets.find(labels.imageSet)
  return (set && imageNames(store, set.id)?.[image]) ?? null
}
