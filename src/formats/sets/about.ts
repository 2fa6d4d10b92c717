/**
 * The sidecar `<file>.about.json` beside every export: what the file is, whose it is, and the rules its distributions
 * were made by. A file read with its sidecar leaves nothing to guess. What it says is checked against the file as far
 * as the file can tell; a sidecar that does not fit is refused by its own name.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { EXPORTS } from '../../domain/labels/exports'
import { restoreText } from '../../domain/text/csv'
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import { readAll } from '../encodings/files'
import { outline, tooDeep } from '../encodings/json'
import { LIMITS } from '../encodings/limits'

export type ExportFormat = (typeof EXPORTS)[number]

const ENDING = '.about.json'

export const aboutPath = (file: string): string => `${file}${ENDING}`

/** A name or a code. */
const text = z.string().max(LIMITS.nameLength)
/** What people wrote at any length; the size of a sidecar bounds it. */
const prose = z.string()
const amount = z.number().int().positive().max(0xffffffff)
const credit = { licence: prose.nullable(), citation: prose.nullable() }

const schema = z.strictObject({
  program: z.literal('Second Guess'),
  version: z.literal(1),
  made: z.iso.datetime(),
  format: z.enum(EXPORTS),
  /** Judgments or images, as many as the file has rows. */
  rows: z.number().int().nonnegative(),
  /** CSV: texts that a spreadsheet would take for formulas have an apostrophe in front (`src/domain/text/csv.ts`). */
  formulas: z.literal('neutralized').optional(),
  /** `digest` identifies the distributions (`digestLabels`). */
  labels: z.strictObject({ name: text, source: prose.nullable(), digest: text, ...credit }),
  /** `name` and `digest` (`digestImages`) are null where they are not known. */
  images: z.strictObject({
    name: text.nullable(),
    count: amount,
    classes: z.array(text).min(1).max(255),
    digest: text.nullable(),
    ...credit,
  }),
  /** Null where nothing is known of annotators. */
  rules: z
    .strictObject({
      /** Annotators with a smaller share of their attention checks right are excluded. */
      threshold: z.number().min(0).max(1),
      /** Decisions that go before the rule. */
      byHand: z.array(z.strictObject({ annotator: text, verdict: z.enum(['exclude', 'include']), reason: prose })),
    })
    .nullable(),
})
export type About = z.infer<typeof schema>
/** As read: `path` is the sidecar's own. */
export type Sidecar = About & { path: string }

/** The sidecar of a file, null where there is none. Throws bad-file naming the sidecar, the key and the reason. */
export async function readAbout(file: string): Promise<Sidecar | null> {
  const path = aboutPath(file)
  try {
    return parseAbout(path, await readAll(path, 'Reading the sidecar', {}, LIMITS.json.sidecarBytes))
  } catch (error) {
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? ''
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(code)) return null
    throw error
  }
}

/** A sidecar's content; `path` is what a refusal names. */
export function parseAbout(path: string, bytes: Uint8Array): Sidecar {
  const content = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  const deep = tooDeep(outline(content))
  if (deep !== null) throw misfit(path, 'content', deep)
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    throw misfit(path, 'content', `It is not JSON: ${(error as Error).message.split('\n')[0] ?? ''}.`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) {
    const codes = parsed.data.rules?.byHand.map(({ annotator }) => annotator) ?? []
    const twice = repeated(codes)
    if (twice !== undefined) throw misfit(path, 'key rules.byHand', `The annotator ${twice} is there twice.`)
    return { ...parsed.data, path }
  }
  const [issue] = parsed.error.issues
  throw misfit(path, `key ${issue?.path.join('.') || '(top)'}`, `${issue?.message ?? 'It cannot be used'}.`)
}

/** The first text that was there before. */
export function repeated(texts: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return texts.find((each) => seen.size === seen.add(each).size)
}

/** The refusal of a sidecar that is malformed or speaks of another file. */
export function misfit(path: string, place: string, reason: string): StudioError {
  const hint = 'Put it right or take it away: without it the file is read for what it says itself.'
  return new StudioError('bad-file', reason, { file: path, place, hint })
}

/** How many classes a file has by its sidecar; CIFAR-10's ten without one. */
export const classesOf = (sidecar: Sidecar | null): number => sidecar?.images.classes.length ?? CIFAR10_CLASSES.length

/**
 * A text of a CSV's cell as it was before it was written. A file without a sidecar is read as if it were new; one whose
 * sidecar does not speak of formulas was written before this was done, and its texts are taken as they stand.
 */
export const textOfCell = (sidecar: Sidecar | null): ((cell: string) => string) =>
  sidecar && sidecar.formulas === undefined ? (cell) => cell : restoreText

/** The paths without sidecars of others among them: dropped together with its file, a sidecar is read with it. */
export function withoutSidecars(paths: readonly string[]): string[] {
  const all = new Set(paths.map((path) => resolve(path)))
  return paths.filter((path) => !path.endsWith(ENDING) || !all.has(resolve(path.slice(0, -ENDING.length))))
}

/** Whether a path is named as a sidecar. */
export const isAboutPath = (path: string): boolean => path.endsWith(ENDING)
