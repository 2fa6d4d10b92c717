/** The window's built files by address, for both doors. The path is contained after decoding, links followed. */
import { readFile, realpath } from 'node:fs/promises'
import { extname, resolve, sep } from 'node:path'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
}

export interface Asset {
  type: string
  bytes: Uint8Array<ArrayBuffer>
}

/** The file a request path names, or null: not there, not of a known type, or outside the folder. */
export async function readAsset(folder: string, pathname: string): Promise<Asset | null> {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  // Backslashes and drive letters are separators elsewhere; a second decoding never happens.
  if (/[\0\\:]/.test(decoded)) return null
  const root = await realpath(folder).catch(() => folder)
  const wanted = resolve(root, `.${decoded.endsWith('/') ? `${decoded}index.html` : decoded}`)
  const type = TYPES[extname(wanted)]
  if (!type || !wanted.startsWith(root + sep)) return null
  try {
    const real = await realpath(wanted)
    if (!real.startsWith(root + sep)) return null
    return { type, bytes: new Uint8Array(await readFile(real)) }
  } catch {
    return null
  }
}
