/** Table 2: accuracy and cross-entropy under FGSM after fine-tuning on hard ("control") and human soft labels. */
import type { PaperFigure } from '.'
import type { Series } from '../results/series'
import { attackNotes, attackOf, underAttack } from './attacked'
import { ofStage, rowsFor } from './rows'

const SIDES = ['hard', 'soft'] as const

export function table2(series: readonly Series[]): PaperFigure {
  const attacked = series.filter((each) => attackOf(each, 'fgsm') !== null)
  const own = ofStage(attacked, 'fine-tuned', 'from-scratch').filter(
    ({ target }) => target === 'hard' || target === 'soft',
  )
  const rows = (['accuracy', 'crossEntropyToLabels'] as const).flatMap((measure) =>
    SIDES.flatMap((target) =>
      rowsFor(
        own.filter((each) => each.target === target),
        (each) => underAttack(each, 'fgsm', measure),
      ),
    ),
  )
  const scratch = own.some(({ stage }) => stage === 'from-scratch')
  return {
    id: 'table-2',
    title: 'Table 2: under FGSM',
    about:
      'Accuracy and cross-entropy to labels under FGSM. The paper’s text says ε = 4/255; the released run used 8/255, with ImageNet’s normalisation, on all 10,000 images cropped and flipped, most of which had served for fine-tuning.',
    rows,
    notes: attackNotes(own, 'fgsm'),
    missing: [
      ...(own.length === 0 ? ['Networks fine-tuned on hard and on human soft labels, attacked with FGSM.'] : []),
      ...(scratch ? ['The paper attacks fine-tuned networks; these were trained from scratch.'] : []),
    ],
  }
}
