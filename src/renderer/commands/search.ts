/** Which commands a text means, best first: words in any order, one slip a word forgiven. Pure. */
import UFuzzy from '@leeoniya/ufuzzy'
import type { Command } from './command'

/** The text is split into at most so many words that may come in any order. */
const WORDS = 4
/** Beyond so many matches the order does not matter: nobody reads them. */
const RANKED = 20_000

const fuzzy = new UFuzzy({
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its enum exists in declarations only
  intraMode: 1,
  intraIns: 1,
  intraSub: 1,
  intraTrn: 1,
  intraDel: 1,
})

export interface Searched {
  commands: readonly Command[]
  haystack: string[]
}

export const prepare = (commands: readonly Command[]): Searched => ({
  commands,
  haystack: UFuzzy.latinize(commands.map(({ title, kind, words }) => `${title} ${kind} ${words ?? ''}`)),
})

/** Recently used ones first, each part by how well it matches. */
export function search({ commands, haystack }: Searched, text: string, recent: readonly string[]): Command[] {
  const wanted = UFuzzy.latinize(text.trim())
  if (wanted === '') return [...commands]
  const [found, info, order] = fuzzy.search(haystack, wanted, WORDS, RANKED)
  const at = order ? order.map((place) => info.idx[place]) : (found ?? [])
  const matches = at.flatMap((index) => (index === undefined ? [] : (commands[index] ?? [])))
  return recentFirst(matches, recent)
}

export function recentFirst(commands: readonly Command[], recent: readonly string[]): Command[] {
  const known = new Map(commands.map((command) => [command.id, command]))
  const used = recent.flatMap((id) => known.get(id) ?? [])
  return [...used, ...commands.filter(({ id }) => !recent.includes(id))]
}
