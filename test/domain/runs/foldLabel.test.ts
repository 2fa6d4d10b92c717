/** Folds count from 0 in files and from 1 where a person reads. */
import { expect, it } from 'vitest'
import { foldLabel, foldNumber, foldNumbers } from '../../../src/domain/runs/foldLabel'

it('says fold 1 of 10 for index 0', () => {
  expect(foldLabel(0, 10)).toBe('fold 1 of 10')
  expect(foldLabel(9)).toBe('fold 10')
  expect(foldNumber(1, 3)).toBe('2 of 3')
})

it('lists the folds of several runs once, in order, by how many there are', () => {
  const runs = [10, 1, 0, 1].map((fold) => ({ fold, folds: 11 }))
  expect(foldNumbers(runs)).toBe('1, 2, 11 of 11')
  expect(foldNumbers([...runs, { fold: 0, folds: 1 }])).toBe('1, 2, 11 of 11; 1 of 1')
})
