/**
 * Adding files to a project: everything is read first (readSources.ts), then each thing's place is decided
 * (placement.ts), then one transaction. A refusal anywhere changes nothing. Images come before labels whichever order
 * was given. Not here: file formats (src/formats), progress across processes (jobs).
 */
import { rmSync } from 'node:fs'
import { digestImages, digestLabels } from '../../formats/sets/digest'
import { standsAsItIs, type Pictures } from '../../formats/sets/matching'
import type { Imported, ImageSetData, LabelSetData } from '../../formats/sets/types'
import type { ReadOptions } from '../../formats/encodings/readOptions'
import type { ImportedItem } from '../../domain/labels/sets'
import { badFile, StudioError } from '../../domain/errors'
import { nameProblem, repairName } from '../../domain/names'
import type { ProjectStore } from '../storage'
import { writeTemporary } from '../storage/files'
import { confirmPixels, placePixels, withdrawPixels } from '../storage/pixelFiles'
import { processName } from '../storage/processes'
import { imageNames } from '../project/kept'
import { placeLabels } from './placement'

interface Planned<T> {
  data: T
  name: string
  digest: string
  /** Already in the project under this name, byte for byte: nothing to add. */
  present: boolean
}

export interface AddOptions extends ReadOptions {
  /** Called in the transaction before anything is added; what it throws changes nothing. */
  verify?: () => void
}

/** Adds what was read, all or nothing. Aborting before the last moment leaves no trace. */
export async function addToProject(
  store: ProjectStore,
  items: Imported[],
  options: AddOptions = {},
): Promise<ImportedItem[]> {
  // Everything is decided before anything is written: a refusal leaves the database as it was, to the byte.
  const taken: Taken = new Set()
  const images = items
    .filter((item) => item.kind === 'images')
    .map((data) => plan(store, taken, data, digestImages(data)))
  // Labels that name images of this same import mean those, whatever name they got here.
  const renamed = new Map(images.map(({ data, name }) => [data.name, name]))
  const places = placesOf(store, images)
  const labels = items
    .filter((item) => item.kind === 'labels')
    .map((item) => placeLabels(item, places, renamed, options.choices?.order))
    .map(({ data, imageSet }) => {
      // Images that are still to come get their name by the same rule.
      const waitsFor = places.some(({ name }) => name === imageSet) ? imageSet : repairName(imageSet)
      return { ...plan(store, taken, data, digestLabels(data)), imageSet: waitsFor }
    })
  const claim = `import:${processName()}`
  store.claims.take(claim, items.map(({ path }) => path).join(', '))
  const written: { plan: Planned<ImageSetData>; temporary: string }[] = []
  const placed: string[] = []
  try {
    for (const each of images) {
      if (each.present) continue
      options.signal?.throwIfAborted()
      options.onProgress?.({ label: `Writing ${each.name}`, done: 0, total: null, secondsLeft: null })
      written.push({ plan: each, temporary: writeTemporary(store.pixelsFile(0), [each.data.pixels], options.signal) })
      // Cancelling takes effect between files.
      await new Promise(setImmediate)
    }
    options.signal?.throwIfAborted()
    options.onProgress?.({ label: 'Adding to the project', done: 0, total: null, secondsLeft: null })
    store.transaction(() => {
      options.verify?.()
      for (const { plan: each, temporary } of written) {
        refuseTaken(store.imageSets.find(each.name), each)
        refuseUnfitting(store, each.data, picturesOf(each))
        const target = store.pixelsFile(store.imageSets.insert(each.data, each.name, each.digest))
        placePixels(temporary, target)
        placed.push(target)
      }
      for (const each of labels) {
        if (each.present) continue
        refuseTaken(store.labelSets.find(each.name), each)
        store.labelSets.insert(each.data, each.name, each.imageSet, each.digest)
      }
    })
    for (const target of placed.splice(0)) confirmPixels(target)
    return [...images, ...labels].map(describe)
  } finally {
    for (const target of placed) withdrawPixels(target)
    for (const { temporary } of written) rmSync(temporary, { force: true })
    store.claims.release(claim)
  }
}

/** Names already given out in this import: two folders called `images` become `images` and `images-2`. */
type Taken = Set<string>

function plan<T extends Imported>(store: ProjectStore, taken: Taken, data: T, digest: string): Planned<T> {
  const table = data.kind === 'images' ? store.imageSets : store.labelSets
  for (let number = 1; ; number++) {
    const name = repairName(data.name, number === 1 ? '' : `-${number}`)
    if (taken.has(`${data.kind} ${name}`)) continue
    const found = table.find(name)
    // The same distributions without the annotators behind them are not the same label set.
    const same = found?.digest === digest && (data.kind === 'images' || sameKind(store, name, data))
    if (found && !same) continue
    taken.add(`${data.kind} ${name}`)
    return { data, name, digest, present: found !== null }
  }
}

function sameKind(store: ProjectStore, name: string, data: LabelSetData): boolean {
  const found = store.labelSets.find(name)
  return found?.format === data.format && found.annotators === (data.annotators?.code.length ?? null)
}

function refuseTaken(found: unknown, each: Planned<Imported>) {
  // Another process added it since it was planned.
  if (found) throw new StudioError('conflict', `${each.name} is already in the project.`, { file: each.data.path })
}

/** Labels may have waited for these images: they must fit, row by row as they stand. */
function refuseUnfitting(store: ProjectStore, data: ImageSetData, pictures: Pictures) {
  for (const waiting of store.labelSets.list().filter(({ imageSet }) => imageSet === pictures.name)) {
    if (waiting.images !== pictures.count) {
      const reason = `has ${pictures.count} images, but the label set ${waiting.name} waits for ${waiting.images} of ${pictures.name}`
      throw badFile(data.path, undefined, reason)
    }
    const judgments = store.labelSets.judgments.read(waiting.id)
    if (judgments && !standsAsItIs(judgments, pictures)) {
      const reason = `The label set ${waiting.name} waits for images of this name, and its rows are about other images or count them in another order.`
      const hint = 'Rename the images, or import them into a project without those labels and the labels after them.'
      throw new StudioError('bad-file', reason, { file: data.path, place: 'images', hint })
    }
  }
}

function placesOf(store: ProjectStore, coming: readonly Planned<ImageSetData>[]): Pictures[] {
  const there = store.imageSets.list().map(({ id, name, count, classes, digest }): Pictures => ({
    name,
    count,
    classes: classes.length,
    digest,
    labels: () => store.imageSets.labels(id),
    fileNames: () => imageNames(store, id),
  }))
  return [...there, ...coming.filter(({ present }) => !present).map(picturesOf)]
}

const picturesOf = ({ data, name, digest }: Planned<ImageSetData>): Pictures => ({
  name,
  count: data.count,
  classes: data.classes.length,
  digest,
  labels: () => data.labels,
  fileNames: () => data.fileNames,
})

/** Why a set is not called what its file is; empty where it is, or where the name was merely taken. */
function nameReport(data: Imported, name: string): string[] {
  const problem = nameProblem(data.name)
  return problem === null
    ? []
    : [`The name ${JSON.stringify(shown(data.name))} cannot be used, so it is ${JSON.stringify(name)} here. ${problem}`]
}

const shown = (name: string): string => (name.length > 60 ? `${repairName(name).slice(0, 60)}…` : name)

const describe = ({ data, name, present }: Planned<Imported>): ImportedItem => ({
  path: data.path,
  format: data.format,
  kind: data.kind,
  name,
  count: data.kind === 'images' ? data.count : data.images,
  report: [
    ...(present ? ['Already in the project, byte for byte: nothing was added.'] : []),
    ...nameReport(data, name),
    ...data.report,
  ],
})
