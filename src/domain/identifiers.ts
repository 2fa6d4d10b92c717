/**
 * Identifiers that recruitment services and people put into an address. One person must not become two because of a
 * blank or another encoding of the same letters, so they are compared, stored and exported in one form.
 */

/** Longest identifier, in UTF-16 code units of its normal form. */
export const LONGEST_IDENTIFIER = 200

/**
 * The normal form: Unicode NFC, without characters that never show (zero-width, direction marks), blanks at the ends
 * removed and runs of blanks inside made one space. Upper and lower case stay apart: services tell identifiers apart by
 * them. Null where the text is no identifier: control characters, lone surrogates, U+FFFD (bytes that were not UTF-8,
 * different ones alike), or too long. Cutting instead of refusing could make two people one. Empty text stays empty.
 */
export function normalizeIdentifier(text: string): string | null {
  const shown = text
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim()
  if (/[\p{Cc}\p{Cs}\uFFFD]/u.test(shown)) return null
  const normal = shown.replace(/\s+/gu, ' ')
  return normal.length > LONGEST_IDENTIFIER ? null : normal
}
