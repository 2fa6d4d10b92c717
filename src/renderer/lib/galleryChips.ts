/** The conditions in force as words, each with the change that lifts it. */
import type { GalleryField } from '../../domain/labels/gallery'
import { fixed } from '../../domain/text/numbers'
import { NO_CONDITIONS, type GalleryState } from './galleryAddress'
import { fieldWords, filterText, OUTCOME_WORDS, pairWords } from './galleryChoices'

export interface Chip {
  key: string
  text: string
  without: Partial<GalleryState>
}

export interface ChipWords {
  classes: readonly string[]
  /** The network's and the other's name. */
  first: string
  second: string
}

function rangeText(field: GalleryField, [least, most]: readonly [number | null, number | null]): string {
  if (field === 'confidence' && least === 0 && most === null) return 'Held out by the network'
  const { text, digits } = fieldWords(field)
  const [low, high] = [least, most].map((end) => (end === null ? null : fixed(end, digits)))
  if (low === null) return `${text} ≤ ${high}`
  return high === null ? `${text} ≥ ${low}` : `${text} ${low} to ${high}`
}

export function chipsOf(state: GalleryState, { classes, first, second }: ChipWords): Chip[] {
  const className = (at: number) => classes[at] ?? String(at)
  const chips: Chip[] = []
  const add = (key: string, text: string, without: Partial<GalleryState>) => chips.push({ key, text, without })
  if (state.filter !== 'all') add('filter', filterText(state.filter), { filter: 'all' })
  if (state.label !== null) add('label', `Label ${className(state.label)}`, { label: null })
  if (state.peopleGuess !== null) add('people-say', `People say ${className(state.peopleGuess)}`, { peopleGuess: null })
  if (state.networkGuess !== null)
    add('network-says', `Network says ${className(state.networkGuess)}`, { networkGuess: null })
  if (state.people) add('people', `People ${state.people}`, { people: null })
  if (state.network) add('network', `Network ${state.network}`, { network: null })
  if (state.guesses) add('guesses', state.guesses === 'agree' ? 'Guesses agree' : 'Guesses differ', { guesses: null })
  if (state.outcome) add('outcome', `${state.attack ?? 'Attack'}: ${OUTCOME_WORDS[state.outcome]}`, { outcome: null })
  else if (state.attack) add('attack', `Attack ${state.attack}`, { attack: null })
  if (state.pair) add('pair', pairWords(first, second)[state.pair], { pair: null })
  for (const [field, range] of Object.entries(state.ranges)) {
    const { [field as GalleryField]: _, ...others } = state.ranges
    add(field, rangeText(field as GalleryField, range), { ranges: others })
  }
  if (state.find) add('find', `“${state.find}”`, { find: '' })
  return chips
}

/** What lifts every condition and leaves networks and order. */
export const WITHOUT_ANY: Partial<GalleryState> = { ...NO_CONDITIONS, find: '' }
