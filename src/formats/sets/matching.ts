/**
 * Which pictures the rows of a label file are about. A file name decides where there is one; the numbers beside names
 * must be explained by some order of the pictures, else the file contradicts itself. Rows by number alone are taken
 * only where every order that is possible says the same, or where the owner names the order.
 */
import { StudioError } from '../../domain/errors'
import type { Order } from '../../domain/importChoices'
import { NO_LABEL, type JudgmentTable } from '../../domain/labels/judgments'
import { aggregate } from '../../domain/study/exclusion'
import { orderOf } from './fileOrder'
import { count } from '../../domain/text/numbers'
import { shown } from '../encodings/files'
import { countsToProbabilities } from '../../domain/labels/statistics'
import type { LabelSetData } from './types'

/** What is known of an image set. */
export interface Pictures {
  name: string
  count: number
  classes: number
  digest: string
  /** Class index per image, NO_LABEL where the publisher gave none. */
  labels(): Uint8Array
  /** Of each image, null where they have none. */
  fileNames(): readonly string[] | null
}

/** A way to count the pictures of a set. */
interface Numbering {
  words: string
  order: Order | null
  imageOf: (number: number) => number | undefined
}

/**
 * The labels with each row on the image it is about, over all images of the set. Throws bad-file naming the row where
 * names match nothing, several pictures, or contradict the numbers, and asks for `order` where only its owner knows.
 */
export function matchPictures(data: LabelSetData, pictures: Pictures, order?: Order): LabelSetData {
  const names = pictures.fileNames()
  const known = data.imageSetDigest === pictures.digest
  const orders = names && !known ? ordersOf(names) : []
  const tried = orders.length > 0 ? orders : [OWN]
  const { judgments } = data
  if (!judgments) return orderTable(data, pictures, tried, order)
  const { found: named, missing } = names ? findNamed(judgments, names) : { found: null, missing: null }
  if (missing && !known) throw unknownName(data, pictures, missing)
  const possible = explaining(judgments, named, pictures, tried)
  if (possible.length > 0 || !named?.some(Boolean)) {
    if (possible.length === 0) throw contradictedTruth(data, judgments, pictures)
    return place(data, judgments, named, pictures, possible, order)
  }
  // Numbers may count from 1 where nothing depends on them.
  const fromOne = tried.map((each) => ({
    ...each,
    words: `${each.words}, from 1`,
    imageOf: (n: number) => each.imageOf(n - 1),
  }))
  const later = areAllDecided(judgments, named) ? explaining(judgments, named, pictures, fromOne) : []
  if (later.length === 0) throw contradictedNames(data, judgments, named, pictures, names ?? [])
  return place(data, judgments, named, pictures, later, order)
}

const OWN: Numbering = {
  words: 'as the image set does, which has an order of its own',
  order: null,
  imageOf: (number) => number,
}

/** Whether every row is about the image of its number, by all names and published labels. */
export function standsAsItIs(judgments: JudgmentTable, pictures: Pictures): boolean {
  const names = pictures.fileNames()
  const { found, missing } = names ? findNamed(judgments, names) : { found: null, missing: null }
  return !missing && explaining(judgments, found, pictures, [OWN]).length > 0
}

/** The ways to count the pictures of a set that lies in one of the two orders; none where its order is its own. */
function ordersOf(names: readonly string[]): Numbering[] {
  const [natural, lexical] = [orderOf(names, 'natural'), orderOf(names, 'lexical')]
  const isOwn = (order: Int32Array): boolean => order.every((image, at) => image === at)
  if (!isOwn(natural) && !isOwn(lexical)) return []
  const numbering = (order: Order, of: Int32Array): Numbering => {
    const [a, b] = order === 'natural' ? ['2', '10'] : ['10', '2']
    return { words: `in ${order} order (${a} before ${b})`, order, imageOf: (number) => of[number] }
  }
  return [numbering('natural', natural), numbering('lexical', lexical)]
}

/** Per file of the judgments, the pictures it may be; null for those that are no names. */
type Named = (readonly number[] | null)[]

interface Found {
  found: Named
  /** The first row whose name is that of no picture, and how many such names there are. */
  missing: { row: number; name: string; names: number } | null
}

function findNamed({ count: rows, isCheck, file, files }: JudgmentTable, names: readonly string[]): Found {
  const index: NameIndex = { names, byPath: groupBy(names, (name) => name), byLast: groupBy(names, lastOf) }
  const found: Named = files.map(() => null)
  const missing = new Map<number, number>()
  for (let j = 0; j < rows; j++) {
    const at = file[j] ?? 0
    const text = files[at] ?? ''
    if (isCheck[j] || text === '' || found[at] || missing.has(at)) continue
    const images = candidates(cleaned(text), index)
    if (images.length > 0) found[at] = images
    else missing.set(at, j)
  }
  const [first] = missing
  return { found, missing: first ? { row: first[1], name: files[first[0]] ?? '', names: missing.size } : null }
}

function unknownName(data: LabelSetData, pictures: Pictures, { row, name, names }: NonNullable<Found['missing']>) {
  const more = names > 1 ? ` (${count(names)} such names)` : ''
  const reason = `No picture of ${pictures.name} is called ${shown(name)}${more}.`
  const hint =
    'A row that names a file is matched by that name. Correct the names, or leave them empty to match by number.'
  return new StudioError('bad-file', reason, { file: data.path, place: `row ${row + 1}`, hint })
}

const cleaned = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '')
const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

interface NameIndex {
  names: readonly string[]
  /** Images by their whole path, and by the last part of it. */
  byPath: ReadonlyMap<string, readonly number[]>
  byLast: ReadonlyMap<string, readonly number[]>
}

function groupBy(names: readonly string[], keyOf: (name: string) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  names.forEach((name, image) => {
    const group = groups.get(keyOf(name))
    if (group) group.push(image)
    else groups.set(keyOf(name), [image])
  })
  return groups
}

/**
 * The pictures a name may mean: those of that path, else those that share its last parts, else those of its last part.
 */
function candidates(name: string, { names, byPath, byLast }: NameIndex): readonly number[] {
  const exact = byPath.get(name)
  if (exact) return exact
  const alike = byLast.get(lastOf(name)) ?? []
  const endsWith = (path: string, end: string): boolean => path.endsWith(`/${end}`)
  const partly = alike.filter((image) => endsWith(names[image] ?? '', name) || endsWith(name, names[image] ?? ''))
  return partly.length > 0 ? partly : alike
}

const candidatesOf = (named: Named | null, { file }: JudgmentTable, row: number): readonly number[] | null =>
  named?.[file[row] ?? 0] ?? null

/** Whether every row names one picture. */
const areAllDecided = (judgments: JudgmentTable, named: Named | null): boolean =>
  judgments.isCheck.every((check, j) => check === 1 || candidatesOf(named, judgments, j)?.length === 1)

/** The numberings that agree with every name and every published label in the file. */
function explaining(
  judgments: JudgmentTable,
  named: Named | null,
  pictures: Pictures,
  numberings: readonly Numbering[],
): Numbering[] {
  const labels = pictures.labels()
  return numberings.filter((each) => {
    for (let j = 0; j < judgments.count; j++) {
      if (judgments.isCheck[j]) continue
      const image = each.imageOf(judgments.image[j] ?? -1)
      const candidates = candidatesOf(named, judgments, j)
      if (image === undefined || image < 0 || image >= pictures.count) return false
      if (candidates && !candidates.includes(image)) return false
      if (differs(judgments.truth[j], labels[image])) return false
    }
    return true
  })
}

const differs = (truth: number | undefined, label: number | undefined): boolean =>
  truth !== label && truth !== NO_LABEL && truth !== undefined && label !== NO_LABEL && label !== undefined

function place(
  data: LabelSetData,
  judgments: JudgmentTable,
  named: Named | null,
  pictures: Pictures,
  possible: readonly Numbering[],
  order: Order | undefined,
): LabelSetData {
  const decided = (j: number) => candidatesOf(named, judgments, j)?.length === 1
  const open = Array.from(judgments.image.keys()).filter((j) => !judgments.isCheck[j] && !decided(j))
  const numbers = new Set(open.map((j) => judgments.image[j] ?? 0))
  const numbering = settle(data, pictures, possible, numbers, order)
  const image = judgments.image.map((number, j) => {
    if (judgments.isCheck[j]) return number
    const [only = 0, ...others] = candidatesOf(named, judgments, j) ?? [0, 0]
    return others.length === 0 ? only : (numbering.imageOf(number) ?? number)
  })
  const moved = image.some((each, j) => each !== judgments.image[j])
  const byName = named?.some(Boolean) === true && open.length < judgments.count
  const said = byName
    ? [`Rows were matched by file name; their numbers count the pictures ${numbering.words}.`]
    : orderReport(numbering, moved || order !== undefined)
  const report = [...data.report, ...said]
  if (!moved && data.images === pictures.count) return { ...data, report }
  const excluded = data.annotators?.excluded ?? new Uint8Array(0)
  const { counts } = aggregate({ ...judgments, image }, excluded, pictures.count, pictures.classes)
  const probabilities = countsToProbabilities(counts, pictures.classes)
  return { ...data, images: pictures.count, judgments: { ...judgments, image }, counts, probabilities, report }
}

/** The numbering for rows that only numbers place. */
function settle(
  data: LabelSetData,
  pictures: Pictures,
  possible: readonly Numbering[],
  numbers: ReadonlySet<number>,
  order: Order | undefined,
): Numbering {
  const [first] = possible
  if (!first) throw new StudioError('internal', 'There is no order to choose from.')
  const wanted = order && possible.find((each) => each.order === order)
  if (wanted) return wanted
  if (order && first.order !== null) {
    const reason = `Its rows do not count the pictures of ${pictures.name} in ${order} order: names or published labels say ${first.words}.`
    throw new StudioError('bad-file', reason, { file: data.path, place: 'order' })
  }
  const differing = [...numbers].find((number) =>
    possible.some((each) => each.imageOf(number) !== first.imageOf(number)),
  )
  if (differing === undefined) return first
  const names = pictures.fileNames() ?? []
  const ways = possible.map(({ words, imageOf }) => `${shown(names[imageOf(differing) ?? -1] ?? '?')} ${words}`)
  const reason = `Its rows have numbers and no file names, and number ${differing} of ${pictures.name} is ${ways.join(', or ')}.`
  const hint = 'Choose the order that they count in: natural or lexical (--order).'
  throw new StudioError('bad-file', reason, { file: data.path, place: 'rows', hint, choice: 'order' })
}

const orderReport = ({ words }: Numbering, matters: boolean): string[] =>
  matters ? [`Rows count the pictures ${words}.`] : []

/** A table of counts or probabilities, its rows in the order of the images. */
function orderTable(
  data: LabelSetData,
  pictures: Pictures,
  possible: readonly Numbering[],
  order: Order | undefined,
): LabelSetData {
  const numbering = settle(data, pictures, possible, new Set(Array(data.images).keys()), order)
  const { images } = data
  const classes = pictures.classes
  const target = Array.from({ length: images }, (_, row) => numbering.imageOf(row) ?? row)
  const moved = target.some((image, row) => image !== row)
  const report = [...data.report, ...orderReport(numbering, moved || order !== undefined)]
  if (!moved) return { ...data, report }
  const probabilities = new Float64Array(data.probabilities.length)
  const counts = data.counts && new Uint32Array(data.counts.length)
  target.forEach((image, row) => {
    probabilities.set(data.probabilities.subarray(row * classes, (row + 1) * classes), image * classes)
    counts?.set(data.counts?.subarray(row * classes, (row + 1) * classes) ?? [], image * classes)
  })
  return { ...data, probabilities, counts, report }
}

function contradictedTruth(data: LabelSetData, judgments: JudgmentTable, pictures: Pictures): StudioError {
  const labels = pictures.labels()
  for (let j = 0; j < judgments.count; j++) {
    const image = judgments.image[j] ?? -1
    if (judgments.isCheck[j] || !differs(judgments.truth[j], labels[image])) continue
    const reason = `It says that image ${image} was published as class ${judgments.truth[j]}, in ${pictures.name} it is class ${labels[image]}.`
    return new StudioError('bad-file', reason, { file: data.path, place: `row ${j + 1}` })
  }
  return new StudioError('bad-file', `Its rows do not fit the images of ${pictures.name}.`, {
    file: data.path,
    place: 'rows',
  })
}

function contradictedNames(
  data: LabelSetData,
  judgments: JudgmentTable,
  named: Named,
  pictures: Pictures,
  names: readonly string[],
): StudioError {
  const labels = pictures.labels()
  for (let j = 0; j < judgments.count; j++) {
    const found = judgments.isCheck[j] ? null : candidatesOf(named, judgments, j)
    const number = judgments.image[j] ?? -1
    if (!found) continue
    const name = shown(judgments.files[judgments.file[j] ?? 0] ?? '')
    const [only] = found
    if (found.length === 1 && differs(judgments.truth[j], labels[only ?? -1])) {
      const reason = `It says that ${name} was published as class ${judgments.truth[j]}, in ${pictures.name} it is class ${labels[only ?? -1]}.`
      return new StudioError('bad-file', reason, { file: data.path, place: `row ${j + 1}` })
    }
    if (found.includes(number)) continue
    const there = names[number] === undefined ? 'there is none of that number' : `that is ${shown(names[number])}`
    const reason = `It says image ${number} and the file ${name}; in ${pictures.name} ${there}, and neither natural nor lexical order explains its numbers.`
    const hint = 'Correct the numbers or the names: where they contradict each other, neither is taken.'
    return new StudioError('bad-file', reason, { file: data.path, place: `row ${j + 1}`, hint })
  }
  return new StudioError('bad-file', `Its rows do not fit the images of ${pictures.name}.`, {
    file: data.path,
    place: 'rows',
  })
}
