/** Category soft labels, by hand; CIFAR-10H's are in measures.test.ts. */
import { expect, it } from 'vitest'
import { categoryDistributions } from '../../../src/domain/labels/categories'
import { of } from './support'

it('sums distributions within the true class and renormalises', () => {
  const people = of([
    [1, 0, 0],
    [0.5, 0.5, 0],
    [0, 0.2, 0.8],
    [0, 1, 0],
  ])
  const found = categoryDistributions(people, [0, 0, 2, 255], 3)
  const expected = [0.75, 0.25, 0, 0, 0, 0, 0, 0.2, 0.8]
  expected.forEach((value, at) => expect(found[at]).toBeCloseTo(value, 12))
})
