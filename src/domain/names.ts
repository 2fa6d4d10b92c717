/**
 * The one rule for names of image sets, label sets, studies and imported networks, at every entrance: 1 to 200
 * characters of well-formed Unicode, without control characters, and without space at either end.
 */

/** UTF-16 code units, as `String.length` counts. */
export const LONGEST_NAME = 200

const CONTROL = /[\p{Cc}\u2028\u2029]/u
const CONTROLS = /\s*[\p{Cc}\u2028\u2029][\s\p{Cc}\u2028\u2029]*/gu
/** Halves of surrogate pairs: with `u` a whole pair is one character. */
const HALF_PAIR = /\p{Cs}/gu

/** What is wrong with a name, as a sentence for the person who chose it; null where nothing is. */
export function nameProblem(name: string, longest = LONGEST_NAME): string | null {
  if (name.trim() === '') return 'A name has at least 1 character that is no space.'
  if (name.length > longest) return `A name has at most ${longest} characters, not ${name.length}.`
  if (name.search(HALF_PAIR) !== -1) return 'A name is well-formed Unicode; this one holds half a surrogate pair.'
  if (CONTROL.test(name)) return 'A name has no control characters and no line breaks.'
  return name.trim() === name ? null : 'A name has no space at its beginning or end.'
}

/**
 * A name made of what a file or a folder is called: half surrogate pairs become U+FFFD, control characters and the
 * spaces around them one space, spaces at the ends go, what is too long is cut at a whole character, and nothing at all
 * becomes "unnamed". Leaves a valid name as it is. `suffix` ("-2") is kept whole within the length.
 */
export function repairName(name: string, suffix = ''): string {
  const plain = name.replace(HALF_PAIR, '\ufffd').replace(CONTROLS, ' ').trim()
  return `${cut(plain === '' ? 'unnamed' : plain, LONGEST_NAME - suffix.length)}${suffix}`
}

/** At most so many code units, and no half of a surrogate pair. */
function cut(name: string, longest: number): string {
  if (name.length <= longest) return name
  return name.slice(0, longest).replace(HALF_PAIR, '').trimEnd()
}
