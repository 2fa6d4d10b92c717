/** JSON that strangers wrote: bounded in depth before it is parsed, and told where a key is there twice. */
import { LIMITS } from './limits'

interface Outline {
  /** Arrays and objects within each other. */
  depth: number
  /** Keys of the outermost object as they are written, quotes and escapes included. */
  keys: string[]
}

/** Looks at the brackets and keys of a JSON text in one pass; what it says of text that is no JSON means nothing. */
export function outline(text: string): Outline {
  const keys: string[] = []
  let depth = 0
  let deepest = 0
  let last = ''
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 0x22) {
      const from = i
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++
      if (depth === 1) last = text.slice(from, i + 1)
    } else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x7d || char === 0x5d) depth--
    else if (char === 0x3a && depth === 1) keys.push(last)
  }
  return { depth: deepest, keys }
}

/** Why a text is refused before it is parsed: null where nothing speaks against it. */
export const tooDeep = ({ depth }: Outline): string | null =>
  depth > LIMITS.json.depth ? `It nests ${depth} arrays and objects; at most ${LIMITS.json.depth} are read.` : null
