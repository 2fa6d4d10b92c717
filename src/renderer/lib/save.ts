/** Saving and copying from the window: files go to the browser's downloads, texts to the clipboard. */
import { neutralizeCell, type Cell } from '../../domain/text/csv'
import { escapeMarkdown } from '../../domain/text/markdown'

export function saveBlob(blob: Blob, fileName: string) {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The download has its own reference by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 1_000)
}

export const saveText = (text: string, fileName: string, type: string) =>
  saveBlob(new Blob([text], { type: `${type};charset=utf-8` }), fileName)

/** Whether it worked: a page without focus or permission may not write the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

/** For pages served over plain HTTP to another machine, where the clipboard interface is absent. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.setAttribute('aria-hidden', 'true')
  document.body.append(area)
  area.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way where the clipboard is not offered
  const worked = document.execCommand('copy')
  area.remove()
  return worked
}

/** Letters, digits and hyphens: "resnet_basic_20 · accuracy" becomes "resnet-basic-20-accuracy". */
export function fileStem(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

/** RFC 4180: comma, quotes doubled, CRLF. No text is a formula to a spreadsheet. */
export function toCsv(head: string[], rows: Cell[][]): string {
  const field = (cell: Cell) => {
    const text = cell === null ? '' : String(neutralizeCell(cell))
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [head, ...rows].map((row) => row.map(field).join(',') + '\r\n').join('')
}

export function toMarkdown(head: string[], rows: Cell[][]): string {
  const line = (cells: Cell[]) => `| ${cells.map((cell) => escapeMarkdown(String(cell ?? ''))).join(' | ')} |`
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n') + '\n'
}
