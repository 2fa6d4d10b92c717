/**
 * The few Python literals a `.npy` header is made of: a dict of strings, booleans, tuples of integers, and lists (which
 * structured types use and which are refused later). A parser, because headers differ in spacing, key order and quotes.
 */
import { LIMITS } from './limits'

export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal }

/** Parses one literal; throws a plain Error with the position where it stops being one. */
export function parseLiteral(text: string): Literal {
  let at = 0
  let depth = 0

  const fail = (): never => {
    throw new Error(`the header stops making sense at its character ${at}`)
  }
  const skip = (): void => {
    while (/[ \t\n]/.test(text[at] ?? '')) at++
  }
  const take = (token: string): boolean => {
    skip()
    if (!text.startsWith(token, at)) return false
    at += token.length
    return true
  }
  const items = (close: string): Literal[] => {
    const list: Literal[] = []
    while (!take(close)) {
      list.push(value())
      if (take(',')) continue
      if (!take(close)) fail()
      break
    }
    return list
  }
  const dict = (): Literal => {
    const entries: Record<string, Literal> = {}
    while (!take('}')) {
      const key = value()
      if (typeof key !== 'string' || !take(':')) return fail()
      Object.defineProperty(entries, key, { value: value(), enumerable: true, configurable: true, writable: true })
      if (take(',')) continue
      if (!take('}')) fail()
      break
    }
    return entries
  }
  const nested = <T>(read: () => T): T => {
    if (++depth > LIMITS.npy.depth) throw new Error(`the header has more than ${LIMITS.npy.depth} brackets in brackets`)
    const found = read()
    depth--
    return found
  }
  const value = (): Literal => {
    skip()
    if (take('{')) return nested(dict)
    if (take('(')) return nested(() => items(')'))
    if (take('[')) return nested(() => items(']'))
    if (take('True')) return true
    if (take('False')) return false
    if (take('None')) return null
    const rest = text.slice(at)
    const string = /^[ub]?(?:'([^'\\]*)'|"([^"\\]*)")/.exec(rest)
    if (string) {
      at += string[0].length
      return string[1] ?? string[2] ?? ''
    }
    // Python 2 wrote long integers with an L.
    const number = /^(-?\d+)L?/.exec(rest)
    if (number) {
      at += number[0].length
      return Number(number[1])
    }
    return fail()
  }

  const result = value()
  skip()
  if (at !== text.length) fail()
  return result
}
