/** A file that the services made, saved to the browser's downloads. */
import { saveBlob } from './save'

const TYPES: Record<string, string> = {
  csv: 'text/csv',
  md: 'text/markdown',
  tex: 'application/x-tex',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
  zip: 'application/zip',
  html: 'text/html',
}

export function saveFile({ name, bytes }: { name: string; bytes: Uint8Array }) {
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  saveBlob(new Blob([new Uint8Array(bytes)], { type }), name)
}

export const textOf = ({ bytes }: { bytes: Uint8Array }): string => new TextDecoder().decode(bytes)
