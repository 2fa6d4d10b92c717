/**
 * A study as its form holds it: numbers may be missing while they are typed, shares are percents, images are text. What
 * is wrong is said by field, so that it can stand beside it.
 */
import { nameProblem } from '../../../domain/names'
import {
  DEFAULT_RECRUITMENT,
  PAPER_PROTOCOL,
  type ImagePool,
  type ResumePolicy,
  type Smoothing,
  type StudyConfig,
  type StudyPages,
} from '../../../domain/study'
import { DEFAULT_PAGES } from './defaultPages'
import { parseIndices, showIndices } from './indices'

/** What `v-model` of a number field holds: an empty field is ''. */
export type Typed = number | ''

export interface StudyForm {
  name: string
  imageSet: string
  /** Indices as text; empty for all images. */
  selection: string
  imagesPerParticipant: Typed
  balanceClasses: boolean
  checkEvery: Typed
  checkThreshold: Typed
  practiceTrials: Typed
  imagePixels: Typed
  smoothing: Smoothing
  resume: ResumePolicy
  longInterruptionMinutes: Typed
  checks: ImagePool
  pages: StudyPages
  completionCode: string
  completionUrl: string
  /** Empty for no maximum. */
  mostParticipants: Typed
  joinsPerMinute: Typed
  seed: Typed
}
export type Field = Exclude<keyof StudyForm, 'pages'> | keyof StudyPages
export type Problems = Partial<Record<Field, string>>

export function emptyForm(imageSet: string): StudyForm {
  const { checkThreshold, ...protocol } = PAPER_PROTOCOL
  return {
    name: '',
    imageSet,
    selection: '',
    ...protocol,
    imagesPerParticipant: protocol.imagesPerParticipant ?? '',
    checkThreshold: checkThreshold * 100,
    checks: { imageSet, images: [] },
    pages: { ...DEFAULT_PAGES },
    completionCode: '',
    completionUrl: '',
    mostParticipants: DEFAULT_RECRUITMENT.mostParticipants ?? '',
    joinsPerMinute: DEFAULT_RECRUITMENT.joinsPerMinute,
    seed: 0,
  }
}

export function formOf(study: StudyConfig): StudyForm {
  const { checkThreshold, imagesPerParticipant, order: _, ...protocol } = study.protocol
  return {
    name: study.name,
    imageSet: study.imageSet,
    selection: study.selection ? showIndices(study.selection) : '',
    ...protocol,
    imagesPerParticipant: imagesPerParticipant ?? '',
    checkThreshold: Math.round(checkThreshold * 10_000) / 100,
    checks: study.checks
      ? { ...study.checks, images: [...study.checks.images] }
      : { imageSet: study.imageSet, images: [] },
    pages: { ...study.pages },
    completionCode: study.completion.code,
    completionUrl: study.completion.url,
    mostParticipants: study.recruitment.mostParticipants ?? '',
    joinsPerMinute: study.recruitment.joinsPerMinute,
    seed: study.seed,
  }
}

/** Images that can be drawn; all of them while the selection cannot be read, which its own field says. */
function drawable(selection: string, setImages: number): number {
  const { images, error } = parseIndices(selection, setImages)
  return selection.trim() && error === null ? images.length : setImages
}

/** Obvious images one participant is shown as checks. */
export function checksNeeded({ imagesPerParticipant, checkEvery, selection }: StudyForm, setImages: number): number {
  const can = drawable(selection, setImages)
  const images = Math.min(imagesPerParticipant === '' ? can : imagesPerParticipant, can)
  return checkEvery === '' || checkEvery <= 0 ? 0 : Math.floor(images / checkEvery)
}

export interface FormFacts {
  /** Names of the other studies. */
  taken: readonly string[]
  /** Images of the set that is judged; 0 while none is chosen. */
  setImages: number
}

const whole = (value: Typed, least: number, most: number): string | undefined => {
  if (value === '') return 'A number is needed.'
  if (!Number.isInteger(value)) return 'A whole number, please.'
  if (value < least || value > most)
    return `Between ${least.toLocaleString('en-US')} and ${most.toLocaleString('en-US')}.`
  return undefined
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** Everything wrong with the form, by field. The services check once more what needs the images themselves. */
export function problemsOf(form: StudyForm, { taken, setImages }: FormFacts): Problems {
  const selection = parseIndices(form.selection, setImages)
  const can = drawable(form.selection, setImages)
  const needed = checksNeeded(form, setImages)
  const name = form.name.trim()
  const threshold = form.checkThreshold
  const minutes = form.longInterruptionMinutes
  const found: { [F in Field]?: string | undefined } = {
    name: !name
      ? 'A study needs a name.'
      : (nameProblem(name) ?? (taken.includes(name) ? `There is a study ${name} already.` : undefined)),
    imageSet: form.imageSet ? undefined : 'Choose the images to judge.',
    selection: selection.error ?? undefined,
    // Empty means every image.
    imagesPerParticipant:
      form.imagesPerParticipant === '' ? undefined : whole(form.imagesPerParticipant, 1, Math.max(1, can)),
    checkEvery: whole(form.checkEvery, 0, 10_000),
    checkThreshold:
      threshold === '' ? 'A number is needed.' : threshold < 0 || threshold > 100 ? 'Between 0 and 100.' : undefined,
    practiceTrials: whole(form.practiceTrials, 0, 1000),
    imagePixels: whole(form.imagePixels, 32, 512),
    longInterruptionMinutes: minutes === '' || minutes <= 0 || minutes > 1e6 ? 'More than 0 minutes.' : undefined,
    checks: checksProblem(form, needed),
    completionCode: form.completionCode.length > 200 ? 'At most 200 characters.' : undefined,
    completionUrl:
      form.completionUrl && !isWebAddress(form.completionUrl.trim())
        ? 'An address that begins with https:// or http://.'
        : undefined,
    mostParticipants: form.mostParticipants === '' ? undefined : whole(form.mostParticipants, 1, 50_000),
    joinsPerMinute: whole(form.joinsPerMinute, 1, 6_000),
    seed: whole(form.seed, 0, Number.MAX_SAFE_INTEGER),
    ...Object.fromEntries(
      (['consent', 'instructions', 'debrief'] as const).map((page) => [
        page,
        form.pages[page].length > 50_000 ? 'At most 50,000 characters.' : undefined,
      ]),
    ),
  }
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem))
}

function checksProblem({ checks, practiceTrials }: StudyForm, needed: number): string | undefined {
  const chosen = checks.images.length
  if (chosen < needed)
    return `A participant gets ${needed} checks and sees none twice: choose at least ${needed} obvious images.`
  if (chosen === 0 && practiceTrials !== '' && practiceTrials > 0)
    return 'Practice uses obvious images too: choose some, or ask for no practice.'
  return undefined
}

/** Only for a form without problems. */
export function configOf(form: StudyForm, setImages: number): StudyConfig {
  const number = (value: Typed) => (value === '' ? 0 : value)
  return {
    name: form.name.trim(),
    kind: 'crowd',
    imageSet: form.imageSet,
    selection: form.selection.trim() ? parseIndices(form.selection, setImages).images : null,
    protocol: {
      imagesPerParticipant: form.imagesPerParticipant === '' ? null : form.imagesPerParticipant,
      balanceClasses: form.balanceClasses,
      order: PAPER_PROTOCOL.order,
      checkEvery: number(form.checkEvery),
      checkThreshold: number(form.checkThreshold) / 100,
      practiceTrials: number(form.practiceTrials),
      imagePixels: number(form.imagePixels),
      smoothing: form.smoothing,
      resume: form.resume,
      longInterruptionMinutes: number(form.longInterruptionMinutes),
    },
    pages: { ...form.pages },
    checks: form.checks.images.length > 0 ? { ...form.checks } : null,
    practice: null,
    completion: { code: form.completionCode.trim(), url: form.completionUrl.trim() },
    recruitment: {
      mostParticipants: form.mostParticipants === '' ? null : form.mostParticipants,
      joinsPerMinute: number(form.joinsPerMinute),
    },
    seed: number(form.seed),
  }
}

/** The field a refusal of the services speaks of: places are named as in the configuration. */
export function fieldOf(place: string | undefined): Field | null {
  const last = place?.split('.') ?? []
  const known: Record<string, Field> = { practice: 'checks', code: 'completionCode', url: 'completionUrl' }
  const fields: Field[] = [
    'name',
    'imageSet',
    'selection',
    'imagesPerParticipant',
    'balanceClasses',
    'checkEvery',
    'checkThreshold',
    'practiceTrials',
    'imagePixels',
    'smoothing',
    'resume',
    'longInterruptionMinutes',
    'checks',
    'consent',
    'instructions',
    'debrief',
    'mostParticipants',
    'joinsPerMinute',
    'seed',
  ]
  for (const part of last) {
    const field = known[part] ?? fields.find((each) => each === part)
    if (field) return field
  }
  return null
}
