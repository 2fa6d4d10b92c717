/** One participant's session: all that a participant's token opens, and only with that token. */
import { z } from 'zod'
import { LONGEST_IDENTIFIER, normalizeIdentifier } from '../domain/identifiers'
import type { AnswerReceipt, SessionView } from '../domain/study'
import { answer, call, index } from './fields'

const classIndex = z.number().int().min(0).max(254)

const milliseconds = z.number().min(0).max(1e12)

const token = z.string().min(16).max(64)

/** In its normal form from here on, so that one person is one however the identifier was written. */
const identifier = z
  .string()
  .max(1000)
  .transform((text, context) => {
    const normal = normalizeIdentifier(text)
    if (normal !== null) return normal
    context.addIssue({
      code: 'custom',
      message: `An identifier has at most ${LONGEST_IDENTIFIER} characters and no control characters.`,
    })
    return z.NEVER
  })

export const external = z.strictObject({
  service: z.enum(['prolific', 'mturk', 'other']),
  participant: identifier.refine((text) => text !== '', 'The identifier of the participant is empty.'),
  study: identifier,
  session: identifier,
})

export const environment = z.strictObject({
  browser: z.string().max(500),
  screenWidth: z.number(),
  screenHeight: z.number(),
  windowWidth: z.number(),
  windowHeight: z.number(),
  pixelRatio: z.number(),
  language: z.string().max(50),
  frameMs: z.number(),
})

export const sessionAnswer = z.strictObject({
  practice: z.boolean(),
  trial: index,
  chosen: classIndex,
  slot: classIndex,
  reactionTimeMs: milliseconds,
  onsetMs: milliseconds,
  elapsedMs: milliseconds,
  focusLosses: z.number().int().min(0).max(65_535),
})

/** A session's token, or a place in the waiting line of a recruitment link. */
export type JoinReply =
  | { token: string; waiting: null }
  /** `ticket` is null where the line is too long for a place; `seconds` is an estimate. */
  | { token: null; waiting: { ticket: string | null; seconds: number; retryMs: number } }

/** An image to be judged, and in personal labelling what was answered before. */
export interface SessionImage {
  height: number
  width: number
  channels: number
  /** uint8, (height, width, channels). */
  pixels: Uint8Array
  chosen: number | null
}

export const PARTICIPANT_CALLS = {
  'session.open': call(z.strictObject({ token, environment }), answer<SessionView>()),
  /** Leaves a page (consent given, instructions read). */
  'session.advance': call(z.strictObject({ token, from: z.enum(['consent', 'instructions']) }), answer<SessionView>()),
  /** The image of the trial at hand or the one after it. */
  'session.image': call(z.strictObject({ token, practice: z.boolean(), trial: index }), answer<SessionImage>()),
  /** Answers once the judgment is on disk. The same answer sent twice is stored once. */
  'session.answer': call(z.strictObject({ token, answer: sessionAnswer }), answer<AnswerReceipt>()),
  'session.withdraw': call(z.strictObject({ token }), answer<SessionView>()),
  /**
   * A recruitment service's link: makes a session for somebody new and answers its token, or says how long to wait: the
   * page then asks again with the ticket of its place in the line.
   */
  'session.join': call(
    z.strictObject({ join: token, external: external.nullable(), ticket: z.string().max(64).nullable().optional() }),
    answer<JoinReply>(),
  ),
} as const
