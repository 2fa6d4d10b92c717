/** How the window writes the values of measures: as files and reports do. */
export {
  measureWords,
  show as showMeasure,
  showChange as showDifference,
  type MeasureWords,
} from '../../domain/measures/text'

export const BETTER_WORDS = { 1: 'more is better', '-1': 'less is better', 0: 'neither way is better' } as const
export const UNIT_WORDS = { share: 'share, in percent', nats: 'nats', count: 'images', plain: 'none' } as const
