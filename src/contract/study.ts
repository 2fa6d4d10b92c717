/** Studies, as their owner sees them. What bounds there are come of the screen and of sense, not of the paper. */
import { z } from 'zod'
import { EXPORTS } from '../domain/labels/exports'
import {
  DEFAULT_RECRUITMENT,
  type ErasureInfo,
  type ErasureResult,
  type ImagePool,
  type LedgerEntry,
  type ParticipantInfo,
  RESUME_POLICIES,
  SMOOTHINGS,
  STUDY_KINDS,
  type StudyInfo,
  type StudyQuality,
} from '../domain/study'
import { answer, call, id, index, name, newName, nothing, path } from './fields'
import type { JobInfo } from './jobs'

const share = z.number().min(0).max(1)

const markdown = z.string().max(50_000)

export const studyProtocol = z.strictObject({
  imagesPerParticipant: z.number().int().min(1).max(100_000).nullable(),
  balanceClasses: z.boolean(),
  order: z.enum(['even', 'sequence']),
  checkEvery: z.number().int().min(0).max(10_000),
  checkThreshold: share,
  practiceTrials: z.number().int().min(0).max(1000),
  imagePixels: z.number().int().min(32).max(512),
  smoothing: z.enum(SMOOTHINGS),
  resume: z.enum(RESUME_POLICIES),
  longInterruptionMinutes: z.number().positive().max(1e6),
})

const pages = z.strictObject({ consent: markdown, instructions: markdown, debrief: markdown })

const completion = z.strictObject({
  code: z.string().max(200),
  url: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
})

const recruitment = z.strictObject({
  mostParticipants: z.number().int().min(1).max(50_000).nullable(),
  joinsPerMinute: z.number().int().min(1).max(6_000),
})

const pool = z.strictObject({ imageSet: name, images: z.array(index).min(1).max(100_000) })

export const studyConfig = z.strictObject({
  name: newName,
  kind: z.enum(STUDY_KINDS),
  imageSet: name,
  selection: z.array(index).min(1).max(1_000_000).nullable(),
  protocol: studyProtocol,
  pages,
  checks: pool.nullable(),
  practice: pool.nullable(),
  completion,
  /** Absent in what earlier versions of the program wrote. */
  recruitment: recruitment.default(DEFAULT_RECRUITMENT),
  seed: index,
})

/** What may still change once people have begun: nothing that was shown or drawn. */
export const studyChange = z.strictObject({
  name: newName.optional(),
  pages: pages.optional(),
  completion: completion.optional(),
  recruitment: recruitment.optional(),
  state: z.enum(['open', 'closed']).optional(),
  /** Refused once anybody has begun. */
  protocol: studyProtocol.optional(),
  checks: pool.nullable().optional(),
  practice: pool.nullable().optional(),
})

const mix = z.strictObject({ careful: share, hurried: share, onePosition: share, random: share })

/** Where participants reach this program. */
export interface DoorInfo {
  /** "http://192.168.1.20:4000" or the public address of a proxy; null while no door is open to them. */
  address: string | null
  /** Whether the address is the same at the next start, so that links with it stay valid. */
  lasting: boolean
  /** Whether other machines reach it. */
  network: boolean
  /** Whether this program can open one now: on the desktop it can, a server was told at its start. */
  canOpen: boolean
}

export const STUDY_CALLS = {
  'studies.list': call(nothing, answer<StudyInfo[]>()),
  'studies.create': call(studyConfig, answer<StudyInfo>()),
  'studies.change': call(z.strictObject({ study: id, change: studyChange }), answer<StudyInfo>()),
  /** Refused once it holds a judgment by a person. */
  'studies.remove': call(z.strictObject({ study: id }), answer<null>()),
  /** Takes back a removal, until the name is given again or the project is opened anew. */
  'studies.restore': call(z.strictObject({ study: id }), answer<StudyInfo>()),
  /**
   * Obvious images: those on which all judgments of the label set agree with the publisher's label, most judged first.
   * Without a label set, labelled images at random.
   */
  'studies.proposeChecks': call(
    z.strictObject({
      imageSet: name,
      labelSet: name.nullable(),
      perClass: z.number().int().min(1).max(1000),
      seed: index,
    }),
    answer<{ pool: ImagePool; verified: boolean }>(),
  ),
  'studies.participants': call(z.strictObject({ study: id }), answer<ParticipantInfo[]>()),
  'studies.invite': call(
    z.strictObject({ study: id, count: z.number().int().min(1).max(1000) }),
    answer<ParticipantInfo[]>(),
  ),
  /** The owner's own session in a study, made where there is none. */
  'studies.label': call(z.strictObject({ study: id }), answer<{ token: string }>()),
  'studies.quality': call(z.strictObject({ study: id, threshold: share }), answer<StudyQuality>()),
  /** `null` leaves it to the rule. */
  'studies.decide': call(
    z.strictObject({
      study: id,
      participant: id,
      verdict: z.enum(['exclude', 'include']).nullable(),
      reason: z.string().max(1000),
    }),
    answer<ParticipantInfo>(),
  ),
  /**
   * Deletes a participant's answers, identifiers and browser data for good, in the study and in label sets made of it.
   */
  'studies.erase': call(
    z.strictObject({
      study: id,
      participant: id,
      decidedBy: z.string().trim().min(1).max(200),
      reason: z.string().trim().max(1000),
    }),
    answer<ErasureResult>(),
  ),
  /** What is left of participants who were erased, by number. */
  'studies.erasures': call(z.strictObject({ study: id }), answer<ErasureInfo[]>()),
  'studies.setThreshold': call(
    z.strictObject({ study: id, threshold: share, reason: z.string().max(1000) }),
    answer<StudyInfo>(),
  ),
  /** Removes sessions that people never opened, by where they came from; those made within the last minute stay. */
  'studies.clearUnopened': call(
    z.strictObject({ study: id, recruited: z.boolean(), invited: z.boolean(), reason: z.string().max(1000) }),
    answer<{ recruited: number; invited: number; recent: number }>(),
  ),
  'studies.ledger': call(z.strictObject({ study: id }), answer<LedgerEntry[]>()),
  /** Makes a label set of the judgments so far: a named version that does not change any more. */
  'studies.publish': call(z.strictObject({ study: id }), answer<JobInfo>()),
  /** The judgments so far. Without identifiers, nothing of recruitment services or browsers is written. */
  'studies.export': call(
    z.strictObject({ study: id, format: z.enum(EXPORTS), out: path, identifiers: z.boolean() }),
    answer<{ path: string; rows: number }>(),
  ),
  'studies.simulate': call(
    z.strictObject({ study: id, participants: z.number().int().min(1).max(20_000), seed: index, mix }),
    answer<JobInfo>(),
  ),
  /** Up to 20 simulated annotators through the door real participants use. */
  'studies.rehearse': call(
    z.strictObject({ study: id, participants: z.number().int().min(1).max(20), seed: index, mix }),
    answer<JobInfo>(),
  ),
  'studies.door': call(nothing, answer<DoorInfo>()),
  'studies.openDoor': call(z.strictObject({ host: z.string().min(1).max(200) }), answer<DoorInfo>()),
} as const
