/**
 * What a file may leave open and only its owner knows; where it matters and was not chosen, an import refuses and asks.
 */
import { z } from 'zod'

/** How rows that name pictures by number alone count them: 1, 2, 10 (natural) or 1, 10, 2 (lexical). */
export const ORDERS = ['natural', 'lexical'] as const
export type Order = (typeof ORDERS)[number]

/** Which judgments of the same image by the same person count, where there are several in different trials. */
export const REPEATS = ['all', 'first', 'last'] as const
export type Repeats = (typeof REPEATS)[number]

/** Of text that is neither UTF-8 nor marked as UTF-16. */
export const ENCODINGS = [
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'iso-8859-15',
  'macintosh',
  'utf-16le',
  'utf-16be',
  'shift_jis',
  'gb18030',
  'euc-kr',
] as const
export type NamedEncoding = (typeof ENCODINGS)[number]

export const importChoices = z.strictObject({
  order: z.enum(ORDERS).optional(),
  /** All, unless something else is chosen. */
  repeats: z.enum(REPEATS).optional(),
  encoding: z.enum(ENCODINGS).optional(),
})
export type ImportChoices = z.infer<typeof importChoices>
/** What a refusal may ask for. */
export type OpenChoice = Extract<keyof ImportChoices, 'order' | 'encoding'>
