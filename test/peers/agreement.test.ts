/** Krippendorff's alpha beside `krippendorff`, Fleiss' kappa beside statsmodels; images judged once are among them. */
import { beforeAll, expect, it } from 'vitest'
import { SeededRandom } from '../../src/domain/random'
import { agreement } from '../../src/domain/labels/agreement'
import { askPeer, describeWithPeers } from './peers'

interface Table {
  name: string
  classes: number
  /** [image][class] judgments. */
  counts: number[][]
}

/** Judgments of which two of three are of the image's own class; `perImage` draws how many an image has. */
function draw(seed: number, images: number, classes: number, perImage: (random: SeededRandom) => number): number[][] {
  const random = new SeededRandom(seed)
  return Array.from({ length: images }, () => {
    const own = random.below(classes)
    const counts = new Array<number>(classes).fill(0)
    for (let left = perImage(random); left > 0; left--) {
      const chosen = random.uniform() < 2 / 3 ? own : random.below(classes)
      counts[chosen] = (counts[chosen] ?? 0) + 1
    }
    return counts
  })
}

const TABLES: Table[] = [
  { name: '50 judgments on each of 100 images', classes: 10, counts: draw(1, 100, 10, () => 50) },
  { name: '2 judgments on each of 40 images', classes: 2, counts: draw(2, 40, 2, () => 2) },
  { name: '1 to 4 judgments', classes: 4, counts: draw(3, 120, 4, (random) => 1 + random.below(4)) },
  { name: 'mostly 1 judgment', classes: 3, counts: draw(4, 200, 3, (random) => (random.uniform() < 0.9 ? 1 : 3)) },
]

describeWithPeers('data', 'krippendorff and statsmodels', () => {
  let answers: { alpha: number; kappa: number | null }[] = []
  beforeAll(() => {
    answers = askPeer(
      'data',
      'agreement.py',
      TABLES.map(({ counts }) => counts),
    )
  })

  it.each(TABLES.map((table, at) => ({ ...table, at })))('$name', ({ at, counts, classes }) => {
    const ours = agreement(Uint32Array.from(counts.flat()), counts.length, classes)
    const theirs = answers[at]!
    expect(ours.alpha.value).toBeCloseTo(theirs.alpha, 12)
    if (theirs.kappa !== null) expect(ours.kappa.value).toBeCloseTo(theirs.kappa, 12)
  })

  it('compares kappa wherever statsmodels defines it', () => {
    expect(answers.map(({ kappa }) => kappa !== null)).toEqual([true, true, false, false])
  })
})
