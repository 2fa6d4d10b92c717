/** The choices of an import in words. */
import type { NamedEncoding, Order, Repeats } from '../../../domain/importChoices'

export const ORDER_WORDS: { value: Order; text: string }[] = [
  { value: 'natural', text: '1, 2, 10 (natural)' },
  { value: 'lexical', text: '1, 10, 2 (lexical)' },
]

export const REPEATS_WORDS: { value: Repeats; text: string }[] = [
  { value: 'all', text: 'All of them' },
  { value: 'first', text: 'The first' },
  { value: 'last', text: 'The last' },
]

const LANGUAGES: Partial<Record<NamedEncoding, string>> = {
  'windows-1252': 'Western',
  'windows-1250': 'Central European',
  'windows-1251': 'Cyrillic',
  'iso-8859-15': 'Western, ISO',
  macintosh: 'Western, old Macintosh',
  shift_jis: 'Japanese',
  gb18030: 'Chinese',
  'euc-kr': 'Korean',
}

export const encodingName = (encoding: NamedEncoding): string => {
  const language = LANGUAGES[encoding]
  return language ? `${encoding} (${language})` : `${encoding}, without a mark`
}
