/** Milestones of schedules, brought to other numbers of epochs. */
import { expect, it } from 'vitest'
import { scaleMilestones, usualMilestones } from '../../../src/domain/runs/milestones'

it('scales the milestones of 160 epochs, halves rounded up', () => {
  expect(usualMilestones(160)).toEqual([80, 120])
  expect(usualMilestones(12)).toEqual([6, 9])
  expect(usualMilestones(30)).toEqual([15, 23])
  // 61.5, of which division before multiplication makes less.
  expect(usualMilestones(82)).toEqual([41, 62])
  expect(usualMilestones(2)).toEqual([1])
  expect(usualMilestones(1)).toEqual([])
})

it('leaves out what would change nothing, and doubles', () => {
  expect(scaleMilestones([60, 120, 160], 200, 150)).toEqual([45, 90, 120])
  expect(scaleMilestones([150, 225], 150, 150)).toEqual([])
  expect(scaleMilestones([10, 11], 100, 10)).toEqual([1])
})
