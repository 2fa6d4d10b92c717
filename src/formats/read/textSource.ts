/** A text to be read as judgments: where it comes from, and what is known beforehand. */
import type { Readable } from 'node:stream'
import type { NamedEncoding, Repeats } from '../../domain/importChoices'
import type { Sidecar } from '../sets/about'

export interface TextSource {
  /** What refusals name. */
  path: string
  /** Of the label set, unless the content says another. */
  name: string
  /** Bytes. */
  stream: Readable
  sidecar: Sidecar | null
  /** What its owner says; without it, UTF-8 or UTF-16 by its mark. */
  encoding?: NamedEncoding
  repeats?: Repeats
}
