/** Projects with small image sets and a study in them, for simulations and rehearsals. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { LabelSetData } from '../../src/formats/sets/types'
import { DEFAULT_RECRUITMENT, PAPER_PROTOCOL, type SimulatedMix, type StudyConfig } from '../../src/domain/study'
import { addToProject } from '../../src/main/labels/addToProject'
import { createStudy } from '../../src/main/study/owner'
import { openProject, type ProjectStore } from '../../src/main/storage'
import { someImages, someLabels, temporaryFolder } from './temporary'

export const CAREFUL: SimulatedMix = { careful: 1, hurried: 0, onePosition: 0, random: 0 }
export const HALF_AND_HALF: SimulatedMix = { careful: 0.5, hurried: 0, onePosition: 0.25, random: 0.25 }

/** `count` images of ten classes, 60 obvious ones beside them, and a published label set of the former. */
export async function someProject(count: number, labels: LabelSetData | null = someLabels(count, 'people', 'judged')) {
  const folder = join(temporaryFolder(), 'project')
  const store = openProject(folder)
  onTestFinished(() => store.close())
  const items = [someImages(count, 'judged'), someImages(60, 'obvious', 7)]
  await addToProject(store, labels ? [...items, labels] : items)
  return store
}

const indices = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** The paper's study of the images `judged`, unless changed. */
export function someStudy(store: ProjectStore, change: Partial<StudyConfig> = {}) {
  return createStudy(store, {
    name: 'study',
    kind: 'crowd',
    imageSet: 'judged',
    selection: null,
    protocol: PAPER_PROTOCOL,
    pages: { consent: 'Agree?', instructions: '', debrief: 'Thanks.' },
    checks: { imageSet: 'obvious', images: indices(0, 40) },
    practice: { imageSet: 'obvious', images: indices(40, 60) },
    completion: { code: '', url: '' },
    recruitment: DEFAULT_RECRUITMENT,
    seed: 3,
    ...change,
  })
}

/** Kept judgments per image of a label set. */
export function loads(store: ProjectStore, labelSet: string): number[] {
  const found = store.labelSets.find(labelSet)
  const { counts, classes, images } = store.labelSets.arrays(found?.id ?? 0)
  const perImage = Array<number>(images).fill(0)
  counts?.forEach((n, cell) => (perImage[Math.floor(cell / classes)] = (perImage[Math.floor(cell / classes)] ?? 0) + n))
  return perImage
}
