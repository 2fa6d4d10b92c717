/** Writes contact sheets and tables of the gallery's images: page by page, with a turn for the window after each. */
import { zip } from 'fflate'
import type { GalleryColumns } from '../../../domain/labels/gallery'
import { svgContext } from '../../charts/svgContext'
import type { CellLook, CellShape } from '../../lib/cellDrawing'
import { drawSheet, SHEET, sheetPages, wrapped, type SheetPage } from '../../lib/contactSheet'
import { FIELDS } from '../../lib/galleryChoices'
import { fieldOf, NO_CLASS, OUTCOMES } from '../../../domain/labels/gallery'
import { saveBlob, toCsv } from '../../lib/save'
import type { Cell } from '../../../domain/text/csv'
import type { useGallery } from '../../stores/gallery'
import { factsOf, pictureOf } from './cells'

export type SheetFormat = 'png' | 'svg' | 'csv'

export interface Sheet {
  images: readonly number[]
  columns: GalleryColumns
  imageSet: string
  classes: readonly string[]
  look: CellLook
  shape: CellShape
  /** Whose images they are, and which of them in which order: two sentences or more, the first in bold. */
  about: readonly [title: string, rest: string]
  stem: string
}

interface Work {
  store: ReturnType<typeof useGallery>
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}

const turn = () => new Promise((resolve) => setTimeout(resolve))
/** Of a line of the title, and of one below it: what fits the width of a page. */
const [TITLE, BELOW] = [150, 190]
const linesOf = ([title, rest]: Sheet['about'], more = '') => [
  ...wrapped(title, TITLE).slice(0, 1),
  ...wrapped([...wrapped(title, TITLE).slice(1), rest + more].join(' '), BELOW),
]

async function fetchAll({ store }: Work, sheet: Sheet, images: readonly number[], pictures: boolean) {
  await Promise.all([
    store.distributions.ask(images),
    ...(pictures ? images.map((image) => store.pixels.get(sheet.imageSet, image)) : []),
  ])
}

async function drawPage(
  { store }: Work,
  sheet: Sheet,
  page: SheetPage,
  title: string[],
  format: 'png' | 'svg',
): Promise<Uint8Array> {
  const canvas = document.createElement('canvas')
  const scale = format === 'png' ? 2 : 1
  canvas.width = format === 'png' ? page.width * scale : 1
  canvas.height = format === 'png' ? page.height * scale : 1
  const context = canvas.getContext('2d')
  if (!context) throw new Error('The browser gave no drawing context.')
  const facts = (at: number) => {
    const image = sheet.images[at] ?? 0
    const pixels = store.pixels.ready(sheet.imageSet, image)
    return factsOf(
      sheet.columns,
      image,
      store.distributions.get(image),
      pixels ? pictureOf(pixels) : null,
      sheet.classes,
    )
  }
  if (format === 'svg') {
    const svg = svgContext(context, page.width, page.height)
    drawSheet(svg.context, page, title, facts, sheet.look, sheet.shape)
    return new TextEncoder().encode(svg.toSvg(sheet.look.palette.ground, title.join(' ')))
  }
  context.scale(scale, scale)
  drawSheet(context, page, title, facts, sheet.look, sheet.shape)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
  if (!blob) throw new Error('The browser could not encode the picture.')
  return new Uint8Array(await blob.arrayBuffer())
}

async function savePages(sheet: Sheet, format: 'png' | 'svg', work: Work) {
  const pageOf = (number: number, count: number) => (count > 1 ? ` Page ${number} of ${count}.` : '')
  const most = Math.ceil(sheet.images.length / SHEET.perPage)
  const pages = sheetPages(sheet.images.length, linesOf(sheet.about, pageOf(most, most)).length, sheet.shape)
  const files: Record<string, Uint8Array> = {}
  for (const [number, page] of pages.entries()) {
    work.signal.throwIfAborted()
    await fetchAll(work, sheet, sheet.images.slice(page.start, page.end), true)
    const title = linesOf(sheet.about, pageOf(number + 1, pages.length))
    const name =
      pages.length > 1 ? `${sheet.stem}-${String(number + 1).padStart(3, '0')}.${format}` : `${sheet.stem}.${format}`
    files[name] = await drawPage(work, sheet, page, title, format)
    work.onProgress(page.end, sheet.images.length)
    await turn()
  }
  const [[name, bytes] = ['', new Uint8Array()], ...more] = Object.entries(files)
  const type = format === 'png' ? 'image/png' : 'image/svg+xml'
  if (more.length === 0) return saveBlob(new Blob([bytes as BlobPart], { type }), name)
  // Pictures are packed already; vectors are not.
  const packed = await new Promise<Uint8Array>((done, fail) =>
    zip(files, { level: format === 'png' ? 0 : 6, consume: true }, (error, data) => (error ? fail(error) : done(data))),
  )
  work.signal.throwIfAborted()
  saveBlob(new Blob([packed as BlobPart], { type: 'application/zip' }), `${sheet.stem}.zip`)
}

const BATCH = 1_000

async function saveTable(sheet: Sheet, work: Work) {
  const { columns, classes, images } = sheet
  const fields = FIELDS.filter(
    ({ value, needs }) =>
      value !== 'index' &&
      (needs === 'nothing' ||
        (needs === 'network' ? columns.network : needs === 'attack' ? columns.attack : columns.other)),
  )
  const values = fields.map(({ value }) => fieldOf(columns, value))
  const sides = ['people', ...(columns.network ? ['network'] : []), ...(columns.other ? ['other'] : [])] as (
    'people' | 'network' | 'other'
  )[]
  const head = [
    'index',
    'label',
    'people_top',
    'network_top',
    ...(columns.attack ? ['attack_outcome'] : []),
    ...fields.map(({ column }) => column),
    ...sides.flatMap((side) => classes.map((name) => `${side}_${name}`)),
  ]
  const className = (at: number | undefined) => (at === undefined || at === NO_CLASS ? null : (classes[at] ?? at))
  const rows: Cell[][] = []
  for (let start = 0; start < images.length; start += BATCH) {
    work.signal.throwIfAborted()
    const batch = images.slice(start, start + BATCH)
    await fetchAll(work, sheet, batch, false)
    for (const image of batch) {
      const found = work.store.distributions.get(image)
      const outcome = columns.attack?.outcome[image] ?? 0
      rows.push([
        image,
        className(columns.label[image]),
        className(columns.peopleGuess[image]),
        className(columns.network?.guess[image]),
        ...(columns.attack ? [OUTCOMES[outcome - 1] ?? null] : []),
        ...values.map((value) => (Number.isNaN(value(image)) ? null : value(image))),
        ...sides.flatMap((side) => classes.map((_, c) => found?.[side]?.[c] ?? null)),
      ])
    }
    work.onProgress(start + batch.length, images.length)
    await turn()
  }
  saveBlob(new Blob([toCsv(head, rows)], { type: 'text/csv;charset=utf-8' }), `${sheet.stem}.csv`)
}

/** Throws what the fetching threw, or the signal's reason where it was stopped. */
export const exportSheet = (sheet: Sheet, format: SheetFormat, work: Work): Promise<void> =>
  format === 'csv' ? saveTable(sheet, work) : savePages(sheet, format, work)
