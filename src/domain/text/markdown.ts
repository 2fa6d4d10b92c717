/**
 * Words as Markdown that says just these words: no markup, no HTML, no entity, no new line and no table cell can come
 * of them, whatever program shows the file.
 */

// eslint-disable-next-line no-control-regex -- control characters have no business in a text that is shown
const BREAKS = /[\x00-\x20\x7f\x85\u2028\u2029]+/g

export function escapeMarkdown(words: string): string {
  return (
    words
      .replace(BREAKS, ' ')
      .trim()
      .replace(/[\\`*[\]<>#|~&$]/g, (sign) => `\\${sign}`)
      // Between letters and digits it is no markup anywhere.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
      // Marks of lists and lines, which a number or a word behind them is not.
      .replace(/^[-+=](?=[-+=\s]|$)/, (sign) => `\\${sign}`)
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
      .replace(/:(?=\/\/)/g, '\\:')
      .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\\.`)
  )
}
