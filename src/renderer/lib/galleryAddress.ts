/**
 * What the gallery shows as an address, and back: every condition, the order, the networks, the image opened. What is
 * as it is by default is not in the address, and what an address says that means nothing is as by default.
 */
import {
  ALL_IMAGES,
  CORRECTNESS,
  GALLERY_FIELDS,
  GALLERY_FILTERS,
  GUESSES,
  OUTCOMES,
  PAIRS,
  type GalleryField,
  type GalleryWhere,
} from '../../domain/labels/gallery'

export const PLOTS = ['people', 'entropy', 'cross-entropy'] as const
export type Plot = (typeof PLOTS)[number]

export interface GalleryState extends Omit<GalleryWhere, 'among'> {
  /** Name of the label set; null for the newest. */
  labels: string | null
  /** Key of a network choice; null for the first. */
  shownNetwork: string | null
  /** Key of the one compared with; null for none. */
  against: string | null
  attack: string | null
  find: string
  sort: GalleryField
  order: 'ascending' | 'descending'
  /** What the scatter sets against each other: people and network, or one measure of both networks. */
  plot: Plot
  /** The image opened. */
  image: number | null
}

const { among: _, ...everything } = ALL_IMAGES
export const NO_CONDITIONS = everything
export const START: GalleryState = {
  ...NO_CONDITIONS,
  labels: null,
  shownNetwork: null,
  against: null,
  attack: null,
  find: '',
  sort: 'human-entropy',
  order: 'descending',
  plot: 'people',
  image: null,
}

/** Keeps what the network has held out: only of those images it has a confidence. */
export const HELD_OUT: GalleryState['ranges'] = { confidence: [0, null] }

export type Query = Record<string, string>
/** As a router has them: a name may be given several times, or without a value. */
type Given = Readonly<Record<string, string | null | undefined | (string | null)[]>>

const oneOf =
  <T extends string>(values: readonly T[]) =>
  (text: string): T | null =>
    values.find((value) => value === text) ?? null
const whole = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : null)
const words = (text: string) => (text === '' ? null : text)

/** State by state: its name in the address and how it is read; null where that means nothing. */
const PARTS: {
  [K in Exclude<keyof GalleryState, 'ranges'>]: [name: string, read: (text: string) => GalleryState[K] | null]
} = {
  labels: ['labels', words],
  shownNetwork: ['network', words],
  against: ['against', words],
  attack: ['attack', words],
  find: ['find', words],
  sort: ['sort', oneOf(GALLERY_FIELDS)],
  order: ['order', oneOf(['ascending', 'descending'])],
  plot: ['plot', oneOf(PLOTS)],
  image: ['image', whole],
  filter: ['filter', oneOf(GALLERY_FILTERS)],
  label: ['label', whole],
  peopleGuess: ['people-say', whole],
  networkGuess: ['network-says', whole],
  people: ['people-are', oneOf(CORRECTNESS)],
  network: ['network-is', oneOf(CORRECTNESS)],
  guesses: ['guesses', oneOf(GUESSES)],
  outcome: ['outcome', oneOf(OUTCOMES)],
  pair: ['pair', oneOf(PAIRS)],
}

const END = /^-?\d+(\.\d+)?$/
/** "0.2..1.3", "0.2..", "..1.3". */
function readRange(text: string): [number | null, number | null] | null {
  const [least, most, ...rest] = text.split('..')
  if (least === undefined || most === undefined || rest.length > 0) return null
  const [low, high] = [least, most].map((end) => (END.test(end) ? Number(end) : null))
  return low === null && high === null ? null : [low ?? null, high ?? null]
}

export function readState(given: Given): GalleryState {
  const text = (name: string): string | null => {
    const value = given[name]
    return (Array.isArray(value) ? value[0] : value) ?? null
  }
  const state: Record<string, unknown> = { ...START }
  for (const [key, [name, read]] of Object.entries(PARTS)) {
    const asked = text(name)
    const value = asked === null ? null : read(asked)
    if (value !== null) state[key] = value
  }
  const ranges: Record<string, [number | null, number | null]> = {}
  for (const field of GALLERY_FIELDS) {
    const range = readRange(text(field) ?? '')
    if (range) ranges[field] = range
  }
  return { ...(state as unknown as GalleryState), ranges }
}

export function writeState(state: GalleryState): Query {
  const query: Query = {}
  for (const [key, [name]] of Object.entries(PARTS)) {
    const value = state[key as keyof typeof PARTS]
    if (value !== START[key as keyof typeof PARTS] && value !== null) query[name] = String(value)
  }
  for (const [field, range] of Object.entries(state.ranges))
    if (range[0] !== null || range[1] !== null) query[field] = `${range[0] ?? ''}..${range[1] ?? ''}`
  return query
}
