/** What lies behind a label set: agreement, one image's judgments, comparison, search, what to label next. */
import type { Input, Output } from '../../shared/contract'
import { StudioError } from '../../shared/errors'
import type { ProjectStore } from '../store'

const missing = (): never => {
  throw new StudioError('internal', 'Not there yet.')
}

export const agreement = (_store: ProjectStore, _labelSet: string): Output<'labels.agreement'> => missing()
export const imageJudgments = (_store: ProjectStore, _query: Input<'labels.image'>): Output<'labels.image'> => missing()
export const compareLabels = (_store: ProjectStore, _query: Input<'labels.compare'>): Output<'labels.compare'> => missing() // prettier-ignore
export const nextImages = (_store: ProjectStore, _query: Input<'labels.next'>): Output<'labels.next'> => missing()
export const searchImages = (_store: ProjectStore, _query: Input<'labels.search'>): Output<'labels.search'> => missing()
