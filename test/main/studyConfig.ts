/** A small study and the surroundings of a participant, as tests of all kinds use them. */
import { DEFAULT_RECRUITMENT, PAPER_PROTOCOL, type Environment, type StudyConfig } from '../../src/domain/study'

export const ENVIRONMENT: Environment = {
  browser: 'Browser of these tests/1.0',
  screenWidth: 1440,
  screenHeight: 900,
  windowWidth: 1440,
  windowHeight: 800,
  pixelRatio: 1,
  language: 'en',
  frameMs: 16.7,
}

/** 20 images of 10 classes in blocks of 5, 4 checks, 3 practice images. */
export const studyConfig = (
  change: Partial<StudyConfig> = {},
  protocol: Partial<StudyConfig['protocol']> = {},
): StudyConfig => ({
  name: 'study',
  kind: 'crowd',
  imageSet: 'images',
  selection: null,
  protocol: { ...PAPER_PROTOCOL, imagesPerParticipant: 20, checkEvery: 5, practiceTrials: 3, ...protocol },
  pages: { consent: '', instructions: '', debrief: 'Thank you.' },
  checks: { imageSet: 'obvious', images: Array.from({ length: 10 }, (_, i) => i) },
  practice: null,
  completion: { code: 'DONE', url: '' },
  recruitment: DEFAULT_RECRUITMENT,
  seed: 7,
  ...change,
})
