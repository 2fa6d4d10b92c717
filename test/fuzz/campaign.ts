/**
 * Mutants of whole files, read by the program and, where it accepts them, by an independent reader. A failure is a
 * mutant that ends the process, takes too long, is refused as `internal` or without a reason, or means something else
 * there.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync, copyFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readPath } from '../../src/formats/read'
import type { Imported, LabelSetData } from '../../src/formats/sets/types'
import { StudioError } from '../../src/domain/errors'
import { NO_LABEL } from '../../src/domain/labels/judgments'
import { SeededRandom } from '../../src/domain/random'
import { corpus } from './corpus'
import { mutate } from './mutate'

export interface Campaign {
  seed: number
  /** Ends after so many mutants, or so many milliseconds. */
  mutants: number
  ms: number
  /** A Python with NumPy; null: nobody reads what is accepted again. */
  python: string | null
  /** Of `independent.py`. */
  script: string
  /** Where the mutants that failed are kept; null: nowhere. */
  keep: string | null
}

export interface Failure {
  /** Of this mutant: seed and number make it again. */
  mutant: number
  original: string
  reason: string
}

export interface CampaignReport {
  mutants: number
  refused: number
  accepted: number
  compared: number
  failures: Failure[]
}

const STUCK_MS = 30_000
/** Rows whose sum misses 1 by less are kept as they are (src/formats/sets/probabilities.ts). */
const ROUNDING = 2e-9

/** What a file says, as `independent.py` puts it. */
type Meaning = Record<string, unknown>

export async function runCampaign(options: Campaign): Promise<CampaignReport> {
  const folder = mkdtempSync(join(tmpdir(), 'second-guess-fuzz-'))
  const other = options.python === null ? null : startReader(options.python, options.script)
  const originals = corpus()
  const report: CampaignReport = { mutants: 0, refused: 0, accepted: 0, compared: 0, failures: [] }
  const end = performance.now() + options.ms
  try {
    while (report.mutants < options.mutants && performance.now() < end) {
      const mutant = report.mutants++
      const random = new SeededRandom(options.seed, mutant)
      const original = originals[random.below(originals.length)]
      if (!original) continue
      // Alone in its folder: what lies beside a file may belong to it.
      const own = join(folder, String(mutant))
      mkdirSync(own)
      const path = join(own, original.name)
      // The first round reads the originals as they are: both readers must agree on those.
      const bytes =
        mutant < originals.length ? (originals[mutant]?.bytes ?? original.bytes) : mutate(original.bytes, random)
      writeFileSync(path, bytes)
      const reason = await judge(path, other, report)
      if (reason !== null) {
        report.failures.push({ mutant, original: original.name, reason })
        if (options.keep !== null) copyFileSync(path, join(options.keep, `${options.seed}-${mutant}-${original.name}`))
      }
      rmSync(own, { recursive: true })
    }
    return report
  } finally {
    other?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Why a mutant failed; null where it did not. */
async function judge(path: string, other: OtherReader | null, report: CampaignReport): Promise<string | null> {
  const read = await readInTime(path)
  if (read instanceof StudioError) {
    report.refused++
    if (read.kind === 'internal') return `internal: ${read.message}`
    return read.message === '' ? 'It was refused without a reason.' : null
  }
  if (typeof read === 'string') return read
  report.accepted++
  if (!other) return null
  const theirs = await other.read(path)
  if (theirs === null) return 'The independent reader ended.'
  report.compared++
  if ('error' in theirs) return `It was accepted here and cannot be read there: ${String(theirs['error'])}`
  return difference(meaningOf(read), theirs)
}

async function readInTime(path: string): Promise<Imported[] | StudioError | string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((done) => (timer = setTimeout(() => done('It was not read in time.'), STUCK_MS)))
  try {
    return await Promise.race([readPath(path), late])
  } catch (error) {
    return error instanceof StudioError ? error : `It threw ${String(error)}`
  } finally {
    clearTimeout(timer)
  }
}

function meaningOf([first]: Imported[]): Meaning {
  if (!first) return {}
  if (first.kind === 'images') {
    return { images: createHash('sha256').update(first.pixels).digest('hex'), labels: Array.from(first.labels) }
  }
  if (first.judgments) return { rows: rowsOf(first), totals: totalsOf(first) }
  if (first.counts) return { counts: Array.from(first.counts) }
  return { probabilities: Array.from(first.probabilities) }
}

function rowsOf({ judgments, annotators }: LabelSetData): unknown[] {
  if (!judgments) return []
  return Array.from({ length: judgments.count }, (_, j) => [
    annotators?.code[judgments.annotator[j] ?? 0],
    judgments.trial[j],
    judgments.image[j],
    judgments.files[judgments.file[j] ?? 0],
    judgments.truth[j] === NO_LABEL ? null : judgments.truth[j],
    judgments.chosen[j],
    judgments.isCheck[j],
    judgments.reactionTimeMs[j],
    judgments.elapsedMs[j],
  ])
}

function totalsOf({ counts, probabilities, images }: LabelSetData): Record<string, number> {
  const classes = probabilities.length / images
  const cells = Array.from(counts ?? [], (n, k) => [`${Math.floor(k / classes)} ${k % classes}`, n] as const)
  return Object.fromEntries(cells.filter(([, n]) => n > 0))
}

/** Where two meanings differ, in a sentence; null where they do not. Numbers may differ by rounding. */
function difference(ours: Meaning, theirs: Meaning): string | null {
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort()
  for (const key of keys) {
    const [here, there] = [ours[key], theirs[key]]
    if (!isEqual(here, there)) return `${key}: ${short(here)} here, ${short(there)} there.`
  }
  return null
}

const short = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300))

function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b || Math.abs(a - b) <= ROUNDING * Math.abs(a)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, i) => isEqual(each, b[i]))
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const [one, other] = [a as Meaning, b as Meaning]
    const keys = new Set([...Object.keys(one), ...Object.keys(other)])
    return [...keys].every((key) => isEqual(one[key], other[key]))
  }
  return a === b
}

interface OtherReader {
  /** Null where it ended. */
  read(path: string): Promise<Meaning | null>
  close(): void
}

function startReader(python: string, script: string): OtherReader {
  const child = spawn(python, ['-W', 'ignore', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async read(path) {
      child.stdin.write(`${path}\n`)
      const { value, done } = await lines.next()
      return done === true ? null : (JSON.parse(value) as Meaning)
    },
    close: () => child.kill(),
  }
}
