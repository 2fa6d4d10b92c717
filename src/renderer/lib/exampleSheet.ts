/** Adversarial examples as a picture to save: a row each of the image, the change and what it became, and in words. */
import { FONT, readPalette } from './palette'
import { adversarialRgba, changeRgba, originalRgba, type Example, type ImageShape } from './attackImages'

const SIDE = 96
const GAP = 8
const TEXT = 232

export interface Sheet {
  examples: readonly Example[]
  shape: ImageShape
  /** By which the change is multiplied, for each. */
  factor: (example: Example) => number
  words: (example: Example) => string
}

const width = 3 * SIDE + 5 * GAP + TEXT
const heightOf = (rows: number) => GAP + rows * (SIDE + GAP)

/** The three pictures of an example, each as a canvas of its own size. */
function pictures(example: Example, { shape, factor }: Sheet): HTMLCanvasElement[] {
  const all = [
    originalRgba(example, shape),
    changeRgba(example, shape, factor(example)),
    adversarialRgba(example, shape),
  ]
  return all.map((rgba) => {
    const canvas = document.createElement('canvas')
    canvas.width = shape.width
    canvas.height = shape.height
    canvas.getContext('2d')?.putImageData(new ImageData(rgba, shape.width, shape.height), 0, 0)
    return canvas
  })
}

export async function sheetPng(sheet: Sheet): Promise<Blob> {
  const { ground, ink } = readPalette()
  const canvas = document.createElement('canvas')
  canvas.width = 2 * width
  canvas.height = 2 * heightOf(sheet.examples.length)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('The browser gave no drawing context.')
  context.scale(2, 2)
  context.fillStyle = ground
  context.fillRect(0, 0, width, heightOf(sheet.examples.length))
  context.imageSmoothingEnabled = false
  context.font = `12px ${FONT}`
  context.fillStyle = ink
  sheet.examples.forEach((example, row) => {
    const y = heightOf(row)
    pictures(example, sheet).forEach((picture, at) =>
      context.drawImage(picture, GAP + at * (SIDE + GAP), y, SIDE, SIDE),
    )
    context.fillText(sheet.words(example), GAP + 3 * (SIDE + GAP), y + SIDE / 2 + 4)
  })
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
  if (!blob) throw new Error('The browser could not encode the picture.')
  return blob
}

export function sheetSvg(sheet: Sheet): string {
  const { ground, ink } = readPalette()
  const height = heightOf(sheet.examples.length)
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const rows = sheet.examples.map((example, row) => {
    const y = heightOf(row)
    const images = pictures(example, sheet).map(
      (picture, at) =>
        `<image x="${GAP + at * (SIDE + GAP)}" y="${y}" width="${SIDE}" height="${SIDE}" style="image-rendering:pixelated" href="${picture.toDataURL()}"/>`,
    )
    const words = `<text x="${GAP + 3 * (SIDE + GAP)}" y="${y + SIDE / 2 + 4}">${escaped(sheet.words(example))}</text>`
    return images.join('') + words
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="${ink}"><rect width="100%" height="100%" fill="${ground}"/>${rows.join('')}</svg>`
}
