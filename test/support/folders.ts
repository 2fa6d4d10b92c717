/** Which folders of the sources import each other in a circle. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** Relative specifiers of static and dynamic imports, exports and type imports. */
const IMPORT = /(?:from|import)\s*\(?\s*['"](\.[^'"?]+)['"]/g

function target(file: string, specifier: string): string | null {
  const base = path.posix.join(path.posix.dirname(file), specifier)
  return (
    [base, `${base}.ts`, `${base}.vue`, `${base}/index.ts`].find(
      (each) => /\.(ts|vue)$/.test(each) && existsSync(each),
    ) ?? null
  )
}

/** Of each folder below `root`, those whose files its own files import; run in the root of the project. */
export async function folderLinks(root: string): Promise<Map<string, Set<string>>> {
  const links = new Map<string, Set<string>>()
  const files = (await readdir(root, { recursive: true })).map((name) => path.posix.join(root, name))
  for (const file of files.filter((each) => /\.(ts|vue)$/.test(each))) {
    const folder = path.posix.dirname(file)
    for (const [, specifier = ''] of (await readFile(file, 'utf8')).matchAll(IMPORT)) {
      const found = target(file, specifier)
      const other = found && path.posix.dirname(found)
      if (other && other !== folder) links.set(folder, (links.get(folder) ?? new Set()).add(other))
    }
  }
  return links
}

/** The strongly connected sets of more than one node, each in alphabetical order. */
export function circles(links: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>()
    const open = [from]
    for (let node = open.pop(); node !== undefined; node = open.pop())
      for (const next of links.get(node) ?? []) {
        if (seen.has(next)) continue
        seen.add(next)
        open.push(next)
      }
    return seen
  }
  const reached = new Map([...links.keys()].map((node) => [node, reach(node)]))
  return [...reached].flatMap(([node, all]) => {
    const circle = [...all].filter((other) => reached.get(other)?.has(node)).sort()
    return circle.length > 1 && circle[0] === node ? [circle] : []
  })
}
