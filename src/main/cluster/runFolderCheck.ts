/**
 * Whether the folder of a finished run holds all that belongs to it, whole: before it is taken into another project.
 */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { elements } from '../../formats/encodings/elements'
import { parseNpyHeader } from '../../formats/encodings/npy'
import { decodeCheckpoint } from '../../engine/training/checkpoint'
import { IMPORTED } from '../../domain/runs/stage'
import type { RunConfig } from '../../domain/runs/config'
import type { RunInfo } from '../../domain/runs/info'
import { badFile } from '../../domain/errors'
import { completeConfig, runKey } from '../../domain/runs/runKey'
import { BEST, CHECKPOINT } from '../storage/runFiles'
import { setsOf, type SetDigest, type Sets } from './runData'

/** Longer than any header of an array this program reads. */
const NPY_HEAD = 16_384

const set = z.looseObject({ name: z.string(), digest: z.string() })
const configFile = z.looseObject({
  config: z.looseObject({ network: z.string(), attacks: z.array(z.looseObject({})) }),
  data: z.looseObject({ images: set, labels: set.nullish(), further: z.array(set).default([]) }),
})

/**
 * Answers the data that the run itself says it was made of.
 *
 * @throws StudioError('bad-file') naming what is missing, cut off, or of another run
 */
export function checkRunFolder(folder: string, run: RunInfo): Sets<SetDigest> {
  const sets = configOf(folder, run)
  for (const name of needed(run))
    if (!existsSync(join(folder, name)))
      throw badFile(join(folder, name), undefined, `It is missing from run ${run.id}.`)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name)
    if (!entry.isFile() || entry.name.endsWith('.part')) continue
    if (entry.name.endsWith('.npy')) checkArray(file, rowsOf(entry.name, run))
    else if (entry.name.endsWith('.json')) readJson(file)
    else if (entry.name === CHECKPOINT || entry.name === BEST) decodeCheckpoint(readFileSync(file), file)
  }
  return sets
}

function needed({ config, result }: RunInfo): string[] {
  const predictions = (result?.heldOut ?? 0) > 0 ? ['predictions.npy', 'held-out.npy'] : []
  const sets = (result?.sets ?? []).flatMap((_, n) => [`predictions-${n + 1}.npy`, `images-${n + 1}.npy`])
  // What was trained elsewhere has no state here.
  const checkpoint = config.network.startsWith(IMPORTED) ? [] : [CHECKPOINT]
  return [...checkpoint, 'result.json', ...predictions, ...sets]
}

/** How many rows an array must have; null where nothing says so. */
function rowsOf(name: string, { result }: RunInfo): number | null {
  if (name === 'predictions.npy' || name === 'held-out.npy') return result?.heldOut ?? null
  const number = /^(?:predictions|images)-(\d+)\.npy$/.exec(name)?.[1]
  return number === undefined ? null : (result?.sets?.[Number(number) - 1]?.images ?? null)
}

function checkArray(file: string, rows: number | null) {
  const head = Buffer.alloc(NPY_HEAD)
  const handle = openSync(file, 'r')
  let length: number
  try {
    length = readSync(handle, head, 0, NPY_HEAD, 0)
  } finally {
    closeSync(handle)
  }
  const { shape, type, offset } = parseNpyHeader(file, head.subarray(0, length))
  const [wanted, found] = [offset + elements(shape) * type.bytes, statSync(file).size]
  if (found !== wanted)
    throw badFile(file, `byte ${found}`, `The file has ${found} bytes, not ${wanted}: it is cut off or has grown.`)
  if (rows !== null && shape[0] !== rows)
    throw badFile(file, 'header', `It has ${shape[0]} rows; the run measured ${rows} images.`)
}

function configOf(folder: string, run: RunInfo): Sets<SetDigest> {
  const file = join(folder, 'config.json')
  const parsed = configFile.safeParse(readJson(file))
  if (!parsed.success)
    throw badFile(file, parsed.error.issues[0]?.path.join('.'), 'It is not what a run leaves behind.')
  const { config, data } = parsed.data
  const key = runKey(config as unknown as RunConfig)
  if (key !== run.key) throw badFile(file, 'config', `It is of another run (${key}) than run ${run.id} (${run.key}).`)
  const named = setsOf(completeConfig(config as unknown as RunConfig))
  // A name of both leaves open which of them is meant: the sets' own rows are compared too.
  const isBoth = (name: string) => named.images.includes(name) && named.labels.includes(name)
  const of = (names: string[]) => data.further.filter(({ name }) => names.includes(name) && !isBoth(name))
  return {
    images: [data.images, ...of(named.images)],
    labels: [...(data.labels ? [data.labels] : []), ...of(named.labels)],
  }
}

function readJson(file: string): unknown {
  if (!existsSync(file)) throw badFile(file, undefined, 'It is missing.')
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch {
    throw badFile(file, undefined, 'It is not whole JSON.')
  }
}
