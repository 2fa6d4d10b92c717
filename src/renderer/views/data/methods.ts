/** The ways from judgments to distributions, in a person's words, and which of them a label set allows. */
import type { LabelSetInfo } from '../../../domain/labels/sets'
import type { Aggregation } from '../../../domain/study'

export const METHODS: { method: Aggregation; name: string; about: string; people: boolean }[] = [
  {
    method: 'counts',
    name: 'Counts',
    about: 'The share of people who chose each class: the published definition.',
    people: false,
  },
  { method: 'majority', name: 'Majority vote', about: 'All of it to the class most people chose.', people: false },
  {
    method: 'dawid-skene',
    name: 'Dawid-Skene',
    about: 'Each person’s own confusions, estimated together with the labels.',
    people: true,
  },
  { method: 'mace', name: 'MACE', about: 'Tells people who answer from people who guess.', people: true },
  { method: 'wawa', name: 'Wawa', about: 'Weighs people by how often they agree with the majority.', people: true },
]

/** Null where the method can be used. */
export function whyNot(labels: LabelSetInfo, method: Aggregation): string | null {
  if (labels.judgments === null) return 'Needs counts: choose the set this one was made of.'
  const people = METHODS.find((each) => each.method === method)?.people ?? false
  if (people && labels.annotators === null) return 'Needs to know who gave which judgment.'
  return null
}
