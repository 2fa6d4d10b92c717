/** What the palette can do: one file per place answers its commands, index.ts gathers them. */
import type { Router } from 'vue-router'

export interface Command {
  /** Stable, so that it is known again as a recent one. */
  id: string
  title: string
  /** What kind of thing it is, shown at the end of its line. */
  kind: 'Place' | 'Action' | 'Project' | 'Run' | 'Label set' | 'Image set' | 'Study' | 'Image' | 'Measure'
  /** Found by these words too. */
  words?: string
  /** Keys that do the same elsewhere. */
  keys?: string[]
  act: () => unknown
}

/** The commands of a place as things stand; what cannot be done now is left out. */
export type CommandSource = (router: Router) => Command[]

/** Commands made of what is typed: an image by its number. */
export type TypedSource = (router: Router, text: string) => Command[]

export const action = (id: string, title: string, act: () => unknown, more: Partial<Command> = {}): Command => ({
  id,
  title,
  kind: 'Action',
  act,
  ...more,
})
