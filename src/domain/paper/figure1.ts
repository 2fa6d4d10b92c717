/**
 * Figure 1: images on which people and the hard-label network name the same class first while the rest of their
 * distributions differs; and the four quadrants of who is confident.
 */
import type { PaperFigure, PaperImage } from '.'
import { argmax, entropyNats, rowAt } from '../labels/distribution'
import { isJudged } from '../labels/unjudged'
import type { People } from '../claims/people'
import type { RunPredictions } from '../measures/reliability'
import type { Series } from '../results/series'
import { ofStage } from './rows'
import { median } from '../averages'
import { count } from '../text/numbers'

/** Of each list. */
const SHOWN = 8

interface Seen extends PaperImage {
  human: number
  network: number
}

export function figure1(
  series: readonly Series[],
  people: People | null,
  predictions: readonly RunPredictions[],
): PaperFigure {
  const all = ofStage(
    series.filter(({ target }) => target === 'hard'),
    'from-scratch',
    'fine-tuned',
  )
  const described = all.filter(({ protocol }) => protocol === 'described')
  const hard = described.length > 0 ? described : all
  const ids = new Set(hard.flatMap(({ runs }) => runs.map(({ id }) => id)))
  const seen = people
    ? imagesOf(
        people,
        predictions.filter(({ run }) => ids.has(run)),
      )
    : []
  const agreeing = seen.filter(({ networks, top }) => argmax(networks) === top)
  const byDivergence = [...agreeing].sort((a, b) => b.divergence - a.divergence || a.image - b.image)
  const [middle, networkMiddle] = [median(seen.map(({ human }) => human)), median(seen.map(({ network }) => network))]
  const quadrant = (title: string, here: (each: Seen) => boolean, score: (each: Seen) => number) => ({
    title: `${title} (${count(seen.filter(here).length)} images)`,
    images: take([...seen.filter(here)].sort((a, b) => score(b) - score(a) || a.image - b.image)),
  })
  const [sure, netSure] = [(each: Seen) => each.human <= middle, (each: Seen) => each.network <= networkMiddle]
  return {
    id: 'figure-1',
    title: 'Figure 1: the same first guess, another distribution',
    about:
      'Held-out images, the mean prediction of the networks trained on hard labels that held each out, of the protocol described where it was run. Images on which the first guesses of people and networks agree, by the Jensen-Shannon divergence of the whole distributions; then the quadrants of who is confident, halved at the medians of the two entropies, the most extreme first.',
    rows: [],
    images:
      seen.length === 0
        ? []
        : [
            {
              title: `Same first guess, most divergent (of ${count(agreeing.length)} images)`,
              images: take(byDivergence),
            },
            { title: 'Same first guess, least divergent', images: take([...byDivergence].reverse()) },
            quadrant(
              'People uncertain, networks confident',
              (each) => !sure(each) && netSure(each),
              ({ human, network }) => human - network,
            ),
            quadrant(
              'People confident, networks uncertain',
              (each) => sure(each) && !netSure(each),
              ({ human, network }) => network - human,
            ),
            quadrant(
              'Both uncertain',
              (each) => !sure(each) && !netSure(each),
              ({ human, network }) => human + network,
            ),
            quadrant(
              'Both confident',
              (each) => sure(each) && netSure(each),
              ({ human, network }) => -human - network,
            ),
          ],
    notes: [],
    missing: seen.length === 0 ? ['Networks trained on hard labels whose held-out predictions are kept.'] : [],
  }
}

const take = (seen: Seen[]): PaperImage[] => seen.slice(0, SHOWN).map(({ human: _h, network: _n, ...image }) => image)

function imagesOf({ distributions, classes }: People, predictions: readonly RunPredictions[]): Seen[] {
  const sums = new Map<number, { sum: Float64Array; n: number }>()
  for (const { values, heldOut } of predictions)
    heldOut.forEach((image, row) => {
      if (!isJudged(distributions, image, classes)) return
      const at = sums.get(image) ?? { sum: new Float64Array(classes), n: 0 }
      rowAt(values, row, classes).forEach((value, c) => (at.sum[c] = (at.sum[c] ?? 0) + value))
      at.n++
      sums.set(image, at)
    })
  return [...sums].map(([image, { sum, n }]): Seen => {
    const networks = [...sum.map((value) => value / n)]
    const people = [...rowAt(distributions, image, classes)]
    const middle = people.map((p, c) => (p + (networks[c] ?? 0)) / 2)
    const [human, network] = [entropyNats(people), entropyNats(networks)]
    const divergence = Math.max(0, entropyNats(middle) - (human + network) / 2)
    return { image, top: argmax(people), divergence, people, networks, human, network }
  })
}
