/** Pictures drawn as SVG text rather than on a canvas: on the page, to PNG, and the pieces they are made of. */
import { CHART_CSS } from '../../domain/charts/looks'
import type { Markup } from '../../domain/charts/markup'

export const escapeXml = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Draws an SVG document at twice its size. */
export async function svgToPng(svg: string, width: number, height: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image(width, height)
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = width * 2
    canvas.height = height * 2
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
    if (!blob) throw new Error('The browser could not encode the picture.')
    return blob
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Markup of ours (domain/charts), which escapes whatever is not markup, as an element. */
export function elementOf({ html }: Markup): Element {
  const found = new DOMParser().parseFromString(html, 'text/html').body.firstElementChild
  if (!found) throw new RangeError('The markup holds no element.')
  return document.importNode(found, true)
}

let adopted = false
/** Gives the looks of charts to everything in an element of class "picture", once for the page. */
export function adoptChartLooks(): void {
  if (adopted) return
  adopted = true
  const sheet = new CSSStyleSheet()
  const text = '.picture svg text { font: 12px var(--sans); fill: var(--ink-2) }'
  sheet.replaceSync(`${text}\n${CHART_CSS.replaceAll(/^svg /gm, '.picture svg ')}`)
  document.adoptedStyleSheets.push(sheet)
}
