/** Every measure has a formula that parses, typesets to what the page may show, and says where and in what range. */
import temml from 'temml'
import { describe, expect, it } from 'vitest'
import { FORMULAS, measureFormula } from '../../src/domain/measures/formulas'
import { KNOWN_MEASURES, measureWords } from '../../src/domain/measures/words'

const typeset = (source: string) =>
  temml.renderToString(source, { displayMode: true, throwOnError: true, strict: true })

describe('the formulas of measures', () => {
  it('are there for every measure, in the same order, and for nothing else', () => {
    expect(Object.keys(FORMULAS)).toEqual(Object.keys(KNOWN_MEASURES))
  })

  it.each(Object.keys(FORMULAS))('%s is typeset as MathML', (measure) => {
    const { formula = '', range = '' } = FORMULAS[measure] ?? {}
    const mathml = typeset(formula)
    expect(mathml).toMatch(/^<math/)
    expect(mathml).not.toContain('merror')
    // A style element would be refused by the content security policy.
    expect(mathml).not.toContain('<style')
    expect(range).not.toBe('')
  })

  it('what does not parse is refused', () => {
    expect(() => typeset(String.raw`\frac{1}{`)).toThrow()
  })

  it('percents are of shares, ranges of the others bare', () => {
    for (const [measure, { range }] of Object.entries(FORMULAS))
      expect(range.includes('%'), measure).toBe(KNOWN_MEASURES[measure]?.share)
  })

  it('of an attack are those of the measure', () => {
    expect(measureFormula('fgsm-4-margin-accuracy')).toBe(FORMULAS['accuracy'])
    // Cross-entropies under attack are not clipped, and neither formula nor words say so.
    expect(measureFormula('crossEntropyToLabels')?.range).toContain('27.6')
    expect(measureFormula('pgd-4-crossEntropyToLabels')?.range).toBe('0 or more (from logits, not clipped)')
    expect(measureWords('crossEntropyToLabels').means).toContain('q clipped below at 1e-12')
    expect(measureWords('pgd-4-crossEntropyToLabels').means).toContain('from logits and never clipped')
    expect(measureFormula('constructor')).toBeNull()
  })
})
