/**
 * Every image of a label set judged once: entropies, divergences and guesses of people and of the mean network, kept
 * for as long as the runs are what they were. The set is judged in slices, so that other calls are answered meanwhile.
 */
import { argmax, entropyNats, rowAt } from '../../domain/labels/distribution'
import type { ImageSetInfo, LabelSetInfo } from '../../domain/labels/sets'
import { NO_CLASS, type NetworkColumns } from '../../domain/labels/gallery'
import type { ProjectStore } from '../storage'
import { imageSetNamed, labelSetNamed } from '../labels/labelSets'
import { keptPerKey, labelArrays } from '../project/kept'
import { breathing } from '../project/slices'
import { unjudgedImages } from '../labels/votesBehind'
import { chosenRuns, meanOf, stampOf, type Mean } from './predictions'

/** Probabilities are clipped below at this before a logarithm is taken, as in every measure. */
const CLIP = 1e-12

export interface PeopleJudged {
  labels: LabelSetInfo
  images: ImageSetInfo
  classes: number
  /** (images, classes); NaN in the rows of images nobody judged. */
  probabilities: Float64Array
  /** As published, NO_CLASS where there is none. */
  label: Uint8Array
  /** NO_CLASS where nobody judged. */
  guess: Uint8Array
  /** NaN where nobody judged. */
  humanEntropy: Float32Array
}

export interface NetworkJudged {
  mean: Mean
  columns: NetworkColumns
}

const keptPeople = keptPerKey<PeopleJudged>(4)
const keptNetworks = keptPerKey<NetworkJudged>(8)

export function judgePeople(store: ProjectStore, labelSet: string): Promise<PeopleJudged> {
  const labels = labelSetNamed(store, labelSet)
  const images = imageSetNamed(store, labels.imageSet)
  // Judgments behind an aggregated set are another set's, which an erasure changes.
  const key = `${labels.id}/${labels.digest}/${store.erasures.newest()}/${images.id}`
  return keptPeople(store, key, async () => {
    const { classes, ...known } = labelArrays(store, labels.id)
    const unjudged = unjudgedImages(store, labels)
    const probabilities = unjudged.length === 0 ? known.probabilities : known.probabilities.slice()
    const guess = new Uint8Array(images.count)
    const humanEntropy = new Float32Array(images.count)
    const breathe = breathing()
    for (let image = 0; image < images.count; image++) {
      guess[image] = argmax(rowAt(probabilities, image, classes))
      humanEntropy[image] = entropyNats(rowAt(probabilities, image, classes))
      if (image % 256 === 0) await breathe()
    }
    for (const image of unjudged) {
      probabilities.fill(NaN, image * classes, (image + 1) * classes)
      guess[image] = NO_CLASS
      humanEntropy[image] = NaN
    }
    return { labels, images, classes, probabilities, label: store.imageSets.labels(images.id), guess, humanEntropy }
  })
}

/** Null without runs. Throws StudioError where a run does not fit. */
export async function judgeNetwork(
  store: ProjectStore,
  people: PeopleJudged,
  ids: readonly number[],
): Promise<NetworkJudged | null> {
  if (ids.length === 0) return null
  const runs = chosenRuns(store, ids, people.images.name)
  const key = `${people.labels.id}/${people.labels.digest}/${store.erasures.newest()}/${runs.map(stampOf).join()}`
  return keptNetworks(store, key, async () => {
    const mean = await meanOf(store, runs, people.label, people.classes)
    return { mean, columns: await columnsOf(people, mean) }
  })
}

async function columnsOf({ probabilities, classes, images }: PeopleJudged, mean: Mean): Promise<NetworkColumns> {
  const column = () => new Float32Array(images.count).fill(NaN)
  const columns: NetworkColumns = {
    guess: new Uint8Array(images.count).fill(NO_CLASS),
    entropy: column(),
    divergence: column(),
    kl: column(),
    crossEntropy: column(),
    confidence: column(),
    margin: column(),
    accuracy: column(),
  }
  const middle = new Float64Array(classes)
  const breathe = breathing()
  for (let image = 0; image < images.count; image++) {
    const runs = mean.runs[image] as number
    if (image % 256 === 0) await breathe()
    if (runs === 0) continue
    const start = image * classes
    const people = entropyNats(rowAt(probabilities, image, classes))
    const network = entropyNats(rowAt(mean.values, image, classes))
    let crossEntropy = 0
    let [first, second] = [-1, -1]
    for (let c = 0; c < classes; c++) {
      const [p, q] = [probabilities[start + c] as number, mean.values[start + c] as number]
      middle[c] = (p + q) / 2
      if (p > 0) crossEntropy -= p * Math.log(Math.max(CLIP, q))
      if (q > first) [first, second] = [q, first]
      else if (q > second) second = q
    }
    columns.guess[image] = argmax(rowAt(mean.values, image, classes))
    columns.entropy[image] = network
    columns.confidence[image] = first
    columns.margin[image] = first - second
    columns.accuracy[image] = (mean.right[image] as number) / runs
    // Nobody judged it: there is nothing to compare with.
    if (Number.isNaN(probabilities[start])) continue
    columns.divergence[image] = Math.max(0, entropyNats(middle) - (people + network) / 2)
    columns.kl[image] = Math.max(0, crossEntropy - people)
    columns.crossEntropy[image] = crossEntropy
  }
  return columns
}
