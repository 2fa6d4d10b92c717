/** The window's built files by address, for both doors. The path is contained after decoding, links followed. */
import { readFile, realpath, stat } from 'node:fs/promises'
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

interface KeptAsset {
  asset: Asset
  /** What the file was like when it was read. */
  state: string
}

/** Files by resolved path: a crowd that opens its page asks for the same few again and again. */
const kept = new Map<string, KeptAsset>()

async function stateOf(path: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(path)
  return `${ino} ${size} ${mtimeMs}`
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
  const asked = resolve(folder, `.${decoded.endsWith('/') ? `${decoded}index.html` : decoded}`)
  const known = kept.get(asked)
  try {
    // A link that leads elsewhere now leads to another file: it is looked at anew.
    if (known && (await stateOf(asked)) === known.state) return known.asset
    const root = await realpath(folder)
    const type = TYPES[extname(asked)]
    if (!type || !asked.startsWith(resolve(folder) + sep)) return null
    const real = await realpath(asked)
    if (!real.startsWith(root + sep)) return null
    const state = await stateOf(real)
    const asset = { type, bytes: new Uint8Array(await readFile(real)) }
    kept.set(asked, { asset, state })
    return asset
  } catch {
    kept.delete(asked)
    return null
  }
}
