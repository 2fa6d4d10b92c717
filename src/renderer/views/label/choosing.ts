/** Which images a labelling of one's own is of, and its settings. */
import { repairName } from '../../../domain/names'
import type { Input } from '../../../contract'
import { PERSONAL_PROTOCOL, type Smoothing, type StudyInfo } from '../../../domain/study'
import { call } from '../../connection/client'

export type Which = 'all' | 'class' | 'gain' | 'chosen'

export interface Choice {
  imageSet: string
  which: Which
  classIndex: number
  /** Whose judgments say which images would gain most. */
  labelSet: string
  /** How many of those. */
  gainers: number
  /** Chosen elsewhere: the Gallery, the Data place. */
  chosen: number[]
  imagePixels: number
  smoothing: Smoothing
}

/** Images asked for by an address, `?images=1,2,3`: each once, in that order. */
export function readImages(text: string, count: number): number[] {
  const parts = text.split(',').filter((part) => /^\d{1,9}$/.test(part))
  return [...new Set(parts.map(Number))].filter((image) => image < count)
}

/** "Labels of demo", then "Labels of demo 2". */
export function freeName(base: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = repairName(base, number === 1 ? '' : ` ${number}`)
    if (!taken.includes(name)) return name
  }
}

export function baseName({ imageSet, which, classIndex, chosen }: Choice, classes: readonly string[]): string {
  if (which === 'class') return `My labels of ${imageSet}, ${classes[classIndex] ?? 'class'}`
  if (which === 'gain') return `My labels of ${imageSet}, most to gain`
  if (which === 'chosen') return `My labels of ${imageSet}, ${chosen.length} chosen`
  return `My labels of ${imageSet}`
}

const PAGE = 10_000
const PIXELS_PAGE = 2_000

/** Indices of the images whose publisher gave them the class, in the order of the set. */
async function imagesOfClass(imageSet: { name: string; count: number }, labelSet: string | undefined, wanted: number) {
  const found: number[] = []
  if (labelSet !== undefined) {
    for (let offset = 0, total = 1; offset < total; offset += PAGE) {
      const page = await call('gallery.query', {
        labelSet,
        runs: [],
        sort: 'index',
        order: 'ascending',
        filter: 'all',
        classIndex: wanted,
        offset,
        limit: PAGE,
      })
      total = page.total
      found.push(...page.items.map(({ index }) => index))
    }
    return found
  }
  // Without a label set the classes come with the pixels only.
  for (let start = 0; start < imageSet.count; start += PIXELS_PAGE) {
    const indices = Array.from({ length: Math.min(PIXELS_PAGE, imageSet.count - start) }, (_, at) => start + at)
    const { labels } = await call('data.pixels', { imageSet: imageSet.name, indices })
    labels.forEach((label, at) => label === wanted && found.push(start + at))
  }
  return found
}

/** The images the choice comes to; null for all. Throws StudioError. */
export async function selectionOf(
  choice: Choice,
  imageSet: { name: string; count: number },
  labelSets: readonly string[],
): Promise<number[] | null> {
  switch (choice.which) {
    case 'all':
      return null
    case 'class':
      return imagesOfClass(imageSet, labelSets[0], choice.classIndex)
    case 'gain':
      return (await call('labels.next', { labelSet: choice.labelSet, limit: choice.gainers })).map(({ image }) => image)
    case 'chosen':
      return choice.chosen
  }
}

export function personalStudy(name: string, choice: Choice, selection: number[] | null): Input<'studies.create'> {
  const { imageSet, imagePixels, smoothing } = choice
  return {
    name,
    kind: 'personal',
    imageSet,
    selection,
    protocol: { ...PERSONAL_PROTOCOL, imagePixels, smoothing },
    pages: { consent: '', instructions: '', debrief: '' },
    checks: null,
    practice: null,
    completion: { code: '', url: '' },
    seed: Math.floor(Math.random() * 2 ** 31),
  }
}

/** Images a labelling is of. */
export const imagesIn = (study: StudyInfo, sets: readonly { name: string; count: number }[]): number =>
  study.selection?.length ?? sets.find(({ name }) => name === study.imageSet)?.count ?? 0
