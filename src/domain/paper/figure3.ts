/** Figure 3: confidence when right and when wrong (A), and how the whole distribution agrees with people (B). */
import type { PaperFigure } from '.'
import type { Series } from '../results/series'
import { heldOut, ofStage, rowsFor } from './rows'

const SIDES = ['hard', 'soft'] as const
const A = ['confidenceWhenRight', 'confidenceWhenWrong']
const B = ['overlapWithPeople', 'distributionPearson', 'jensenShannonToPeople', 'entropyPearson', 'entropySpearman']

export function figure3(series: readonly Series[]): PaperFigure {
  const own = ofStage(series, 'from-scratch', 'fine-tuned')
  const of = (measures: string[]) =>
    measures.flatMap((measure) =>
      SIDES.flatMap((target) =>
        rowsFor(
          own.filter((each) => each.target === target),
          (each) => heldOut(each, measure),
        ),
      ),
    )
  const [a, b] = [of(A), of(B)]
  return {
    id: 'figure-3',
    title: 'Figure 3: confidence, and the whole distribution',
    about:
      'On held-out images: mean probability of the predicted class where it is the publisher’s label and where it is not (A), and how the network’s whole distribution agrees with people’s (B). The paper’s A is of Shake-Shake alone; the numbers beside other networks are from the released predictions.',
    rows: [...a, ...b],
    notes: [],
    missing: [
      ...(a.length === 0
        ? [
            'A: runs on hard and human soft labels that measured confidence when right and when wrong; those of earlier versions did not.',
          ]
        : []),
      ...(b.length === 0 ? ['B: runs with people’s labels of the held-out images.'] : []),
    ],
  }
}
