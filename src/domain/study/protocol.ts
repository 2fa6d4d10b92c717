/** What a protocol asks of a participant and of the data, worked out before anybody begins (paper, section 4.2). */
import { StudioError } from '../errors'
import { NO_LABEL } from '../labels/judgments'
import type { SessionStage, StudyConfig, StudyProtocol } from '.'

/** Images one participant judges, attention checks not counted. `candidates`: images that can be drawn at all. */
export const imagesOf = (protocol: StudyProtocol, candidates: number): number =>
  Math.min(protocol.imagesPerParticipant ?? candidates, candidates)

/** Attention checks of one participant: one after every `checkEvery` images. */
export const checksOf = (protocol: StudyProtocol, candidates: number): number =>
  protocol.checkEvery > 0 ? Math.floor(imagesOf(protocol, candidates) / protocol.checkEvery) : 0

/** Trials of one participant, checks among them. */
export const trialsOf = (protocol: StudyProtocol, candidates: number): number =>
  imagesOf(protocol, candidates) + checksOf(protocol, candidates)

/** Trials from one break to the next: the images between two checks and the check that ends them; 0 for no blocks. */
export const blockOf = (protocol: StudyProtocol): number => (protocol.checkEvery > 0 ? protocol.checkEvery + 1 : 0)

/** Images that can be drawn: the selection or all, and where classes are balanced only those that have one. */
export function candidatesOf(config: Pick<StudyConfig, 'selection' | 'protocol'>, labels: Uint8Array): Int32Array {
  const all = config.selection ? Int32Array.from(new Set(config.selection)) : Int32Array.from(labels.keys())
  return config.protocol.balanceClasses ? all.filter((image) => labels[image] !== NO_LABEL) : all
}

const STAGES = ['consent', 'instructions', 'practice', 'trials', 'finished'] as const

/** The stage after `stage` that has anything in it; from null, the first. */
export function stageAfter(config: Pick<StudyConfig, 'pages' | 'protocol'>, stage: SessionStage | null): SessionStage {
  const { pages, protocol } = config
  const empty: Partial<Record<SessionStage, boolean>> = {
    consent: pages.consent.trim() === '',
    instructions: pages.instructions.trim() === '',
    practice: protocol.practiceTrials === 0,
  }
  const from = stage === null ? -1 : STAGES.indexOf(stage as (typeof STAGES)[number])
  return STAGES.slice(from + 1).find((next) => !empty[next]) ?? 'finished'
}

interface SetFacts {
  classes: string[]
  count: number
  /** Class per image, NO_LABEL where there is none. */
  labels: Uint8Array
}

const refuse = (place: string, reason: string, hint?: string): never => {
  throw new StudioError('bad-input', reason, { place, hint })
}

export interface Shortage {
  /** The setting that asks for too much. */
  place: 'imagesPerParticipant' | 'balanceClasses'
  reason: string
  hint: string
}

/**
 * Why some participant would get fewer images than the protocol promises: attention checks of the judged set are not
 * shown again as trials, and take away as many. Null where everybody gets what is promised, whatever checks are drawn.
 */
export function shortage(
  { protocol, checks, imageSet }: Pick<StudyConfig, 'protocol' | 'checks' | 'imageSet'>,
  candidates: Int32Array,
  labels: Uint8Array,
  classes: readonly string[],
): Shortage | null {
  if (checks?.imageSet !== imageSet) return null
  const [wanted, drawn] = [imagesOf(protocol, candidates.length), checksOf(protocol, candidates.length)]
  const pool = new Set(checks.images)
  /** Of these images left to the participant whose checks take the most of them. */
  const left = (images: Int32Array) => images.length - Math.min(drawn, images.filter((image) => pool.has(image)).length)
  const hint =
    'Choose checks from another image set or outside of the selection, or ask for fewer images per participant.'
  if (left(candidates) < wanted) {
    const many = protocol.imagesPerParticipant === null ? `all ${candidates.length}` : String(wanted)
    const reason = `A participant is to judge ${many} images, but up to ${candidates.length - left(candidates)} of the ${candidates.length} are that participant’s attention checks, which are not shown again: ${left(candidates)} are left.`
    return { place: 'imagesPerParticipant', reason, hint }
  }
  if (!protocol.balanceClasses || protocol.imagesPerParticipant === null) return null
  const most = Math.ceil(wanted / classes.length)
  for (const [c, name] of classes.entries()) {
    const own = left(candidates.filter((image) => labels[image] === c))
    if (own >= most) continue
    const reason = `Class ${name} has ${own} images left beside a participant’s attention checks, which are not shown again; ${most} per participant are needed.`
    return { place: 'balanceClasses', reason, hint }
  }
  return null
}

/**
 * Throws StudioError('bad-input') naming the setting where the protocol cannot be carried out on the data: a class with
 * too few images, too few obvious images for the checks, a pool that lies outside its set or has other classes, checks
 * that take away images which are promised.
 */
export function checkStudy(config: StudyConfig, images: SetFacts, pools: (name: string) => SetFacts | null): void {
  const { protocol } = config
  const outside = config.selection?.find((image) => image >= images.count)
  if (outside !== undefined)
    refuse('selection', `Image ${outside} is outside ${config.imageSet}, which has ${images.count}.`)
  if (images.classes.length < 2 || images.classes.length > 10)
    refuse('imageSet', `${config.imageSet} has ${images.classes.length} classes; the ring has room for 2 to 10.`)
  const candidates = candidatesOf(config, images.labels)
  const wanted = imagesOf(protocol, candidates.length)
  if (candidates.length === 0) refuse('imageSet', 'No image can be drawn: none has a class.', 'Do not balance classes.')
  if ((protocol.imagesPerParticipant ?? 0) > candidates.length)
    refuse(
      'imagesPerParticipant',
      `Only ${candidates.length} images can be drawn, ${protocol.imagesPerParticipant} are asked for.`,
    )
  if (protocol.balanceClasses && protocol.imagesPerParticipant !== null) {
    const most = Math.ceil(wanted / images.classes.length)
    images.classes.forEach((name, c) => {
      const members = candidates.filter((image) => images.labels[image] === c).length
      if (members < most)
        refuse(
          'balanceClasses',
          `Class ${name} has ${members} images, ${most} per participant are needed.`,
          'Ask for fewer images per participant, or do not balance classes.',
        )
    })
  }
  checkPool('checks', config.checks, checksOf(protocol, candidates.length), images, pools)
  checkPool('practice', config.practice ?? config.checks, protocol.practiceTrials > 0 ? 1 : 0, images, pools)
  const short = shortage(config, candidates, images.labels, images.classes)
  if (short) refuse(short.place, short.reason, short.hint)
}

function checkPool(
  place: 'checks' | 'practice',
  pool: StudyConfig['checks'],
  needed: number,
  images: SetFacts,
  pools: (name: string) => SetFacts | null,
): void {
  const what = place === 'checks' ? 'attention checks' : 'practice'
  if (!pool) {
    if (needed > 0)
      refuse(place, `The protocol has ${what}, which need obvious images.`, 'Choose some, or propose them.')
    return
  }
  const set = pools(pool.imageSet)
  if (!set) return refuse(place, `There is no image set ${pool.imageSet} in this project.`)
  if (set.classes.join('\n') !== images.classes.join('\n'))
    refuse(place, `${pool.imageSet} has other classes than the images of the study.`)
  const bad = pool.images.find((image) => image >= set.count || set.labels[image] === NO_LABEL)
  if (bad !== undefined)
    refuse(place, `Image ${bad} of ${pool.imageSet} ${bad >= set.count ? 'does not exist' : 'has no class'}.`)
  const distinct = new Set(pool.images).size
  if (distinct < needed)
    refuse(
      place,
      `${needed} obvious images are needed for ${what}, ${distinct} are chosen.`,
      'A participant sees none twice.',
    )
}
