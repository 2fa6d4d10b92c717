/** What a protocol asks of the data, which settings are refused and by what name, and where a session goes on. */
import { describe, expect, test } from 'vitest'
import { StudioError } from '../../../src/domain/errors'
import { DEFAULT_RECRUITMENT, PAPER_PROTOCOL, PERSONAL_PROTOCOL, type StudyConfig } from '../../../src/domain/study'
import { blockOf, checkStudy, stageAfter, trialsOf } from '../../../src/domain/study/protocol'
import { resumption } from '../../../src/domain/study/resume'

const classes = ['a', 'b', 'c', 'd']
const images = { classes, count: 400, labels: Uint8Array.from({ length: 400 }, (_, i) => i % 4) }
const config = (change: Partial<StudyConfig> = {}): StudyConfig => ({
  name: 's',
  kind: 'crowd',
  imageSet: 'images',
  selection: null,
  protocol: PAPER_PROTOCOL,
  pages: { consent: '', instructions: '', debrief: '' },
  checks: { imageSet: 'images', images: Array.from({ length: 12 }, (_, i) => i) },
  practice: null,
  completion: { code: '', url: '' },
  recruitment: DEFAULT_RECRUITMENT,
  seed: 0,
  ...change,
})
const pools = (name: string) => (name === 'images' ? images : null)
const refusal = (change: Partial<StudyConfig>, set = images) => {
  try {
    checkStudy(config(change), set, pools)
    return null
  } catch (error) {
    return error instanceof StudioError ? error.where.place : error
  }
}

test('the paper: 200 images, 10 checks, 210 trials, blocks of 21', () => {
  expect(trialsOf(PAPER_PROTOCOL, 10_000)).toBe(210)
  expect(blockOf(PAPER_PROTOCOL)).toBe(21)
  expect(trialsOf(PERSONAL_PROTOCOL, 10_000)).toBe(10_000)
  expect(refusal({})).toBeNull()
})

describe('refused by name:', () => {
  test.each<[string, Partial<StudyConfig>]>([
    ['imagesPerParticipant', { protocol: { ...PAPER_PROTOCOL, imagesPerParticipant: 401 } }],
    ['checks', { checks: null }],
    ['checks', { checks: { imageSet: 'images', images: [1, 2, 3, 3, 3, 3, 3, 3, 3, 3] } }],
    ['checks', { checks: { imageSet: 'images', images: [400, ...Array(10).keys()] } }],
    ['checks', { checks: { imageSet: 'elsewhere', images: [...Array(10).keys()] } }],
    ['practice', { checks: null, protocol: { ...PAPER_PROTOCOL, checkEvery: 0 } }],
    // 400 images for everybody, 20 of which are the participant's own checks.
    [
      'imagesPerParticipant',
      {
        protocol: { ...PAPER_PROTOCOL, imagesPerParticipant: null },
        checks: { imageSet: 'images', images: [...Array(20).keys()] },
      },
    ],
    // 100 of each class; of class b ten may be checks.
    [
      'balanceClasses',
      {
        protocol: { ...PAPER_PROTOCOL, imagesPerParticipant: 380, checkEvery: 38 },
        checks: { imageSet: 'images', images: Array.from({ length: 10 }, (_, i) => 1 + 4 * i) },
      },
    ],
    ['selection', { selection: [400] }],
    ['imagesPerParticipant', { selection: [1, 2, 3] }],
    ['balanceClasses', { selection: [...Array(400).keys()].filter((i) => i % 4 !== 2 || i > 300) }],
  ])('%s', (place, change) => {
    expect(refusal(change)).toBe(place)
  })
  test('imageSet, with too many classes for the ring', () => {
    expect(refusal({}, { ...images, classes: Array.from({ length: 11 }, (_, i) => String(i)) })).toBe('imageSet')
  })
  test('imageSet, without any class to balance', () => {
    expect(
      refusal(
        { protocol: { ...PAPER_PROTOCOL, imagesPerParticipant: null } },
        { ...images, labels: new Uint8Array(400).fill(255) },
      ),
    ).toBe('imageSet')
  })
})

test('stages without anything in them are passed over', () => {
  expect(stageAfter(config(), null)).toBe('practice')
  expect(stageAfter(config({ protocol: PERSONAL_PROTOCOL }), null)).toBe('trials')
  const paged = config({ pages: { consent: 'May we?', instructions: ' \n', debrief: '' } })
  expect(stageAfter(paged, null)).toBe('consent')
  expect(stageAfter(paged, 'consent')).toBe('practice')
  expect(stageAfter(paged, 'practice')).toBe('trials')
  expect(stageAfter(paged, 'trials')).toBe('finished')
})

describe('opened again', () => {
  const long = 31 * 60_000
  const policy = (resume: 'resume' | 'restart' | 'refuse', position: number, away = long) =>
    resumption({ ...PAPER_PROTOCOL, resume }, position, away)
  test('soon: at the trial, whatever the policy', () => {
    for (const resume of ['resume', 'restart', 'refuse'] as const)
      expect(policy(resume, 47, 29 * 60_000)).toEqual({ at: 'trial', position: 47 })
  })
  test('late: from the block, from the start, or not at all', () => {
    expect(policy('resume', 47)).toEqual({ at: 'block', position: 42 })
    expect(policy('resume', 42)).toEqual({ at: 'block', position: 42 })
    expect(policy('resume', 20)).toEqual({ at: 'block', position: 0 })
    expect(policy('restart', 47)).toEqual({ at: 'start', position: 0 })
    expect(policy('refuse', 47)).toEqual({ at: 'refused' })
    expect(resumption({ ...PAPER_PROTOCOL, checkEvery: 0 }, 47, long)).toEqual({ at: 'trial', position: 47 })
  })
  test('before the first answer there is nothing to resume', () => {
    expect(policy('refuse', 0)).toEqual({ at: 'trial', position: 0 })
  })
})
