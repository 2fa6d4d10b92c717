/**
 * Figure 2: accuracy and cross-entropy to labels by data set, hard and soft labels; second-best accuracy by network.
 */
import type { PaperFigure } from '.'
import { MIXTURE_NAME, PAPER_SETS, SET_WORDS, type PaperSet } from '../published/dataSets'
import { onPaperImages, type Series } from '../results/series'
import { TARGET_WORDS } from '../results/targetWords'
import { heldOut, ofStage, onSet, publishedOnly, rowsFor } from './rows'

const SIDES = ['hard', 'soft'] as const
const MEASURES = ['accuracy', 'crossEntropyToLabels'] as const
const SECOND_BEST = ['secondBestAccuracyReleased', 'secondBestAccuracy'] as const
const EIGHT = 'mean over 8 networks'

export function figure2(series: readonly Series[]): PaperFigure {
  const own = ofStage(series, 'from-scratch')
  const side = (target: 'hard' | 'soft') => own.filter((each) => each.target === target)
  const missing: string[] = []
  const papers = onPaperImages(own)
  if (!papers) missing.push('Sets of other images: the paper’s are for networks trained on CIFAR-10.')
  const measuredOn = new Map(
    PAPER_SETS.map((set) => [
      set,
      MEASURES.flatMap((measure) =>
        SIDES.flatMap((target) => rowsFor(side(target), (each) => onSet(each, set, measure))),
      ),
    ]),
  )
  // Sets of the paper that were not measured here stand in the same table as ours, the paper's numbers alone.
  const shown = [...measuredOn.values()].flat()
  const beside = shown.find(({ network }) => network.startsWith('mean over'))?.network ?? shown[0]?.network ?? EIGHT
  const left = PAPER_SETS.flatMap((set) => {
    const measured = measuredOn.get(set) ?? []
    if (measured.length > 0 || !papers) return measured
    missing.push(`${SET_WORDS[set]}: ${needed(set)}.`)
    return MEASURES.flatMap((measure) =>
      SIDES.flatMap((target) =>
        publishedOnly({
          network: beside,
          stage: 'from-scratch',
          target,
          label: `trained from scratch on ${TARGET_WORDS[target]}`,
          dataset: set === 'cifar10' ? MIXTURE_NAME : set,
          measure,
        }),
      ),
    )
  })
  const right = SECOND_BEST.flatMap((measure) =>
    SIDES.flatMap((target) => rowsFor(side(target), (each) => heldOut(each, measure))),
  )
  if (right.length === 0)
    missing.push(
      'Second-best accuracy: networks trained from scratch on hard and on human soft labels, with people’s labels of the held-out images.',
    )
  return {
    id: 'figure-2',
    title: 'Figure 2: beyond the training set',
    about:
      'Networks trained from scratch, each without the images it held out: accuracy and cross-entropy to labels on each data set (left and centre), second-best accuracy on held-out images (right). The paper’s own, trained on 9,000 images, are means over ten folds and eight networks, each at the epoch of the best accuracy on its held-out fold.',
    rows: [...left, ...right],
    notes: [],
    missing,
  }
}

const needed = (set: PaperSet): string =>
  set === 'cifar10'
    ? 'needs networks trained from scratch that were measured on all of the 50,000 too'
    : 'import it and measure networks trained from scratch on it'
