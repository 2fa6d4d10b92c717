/** One rule for names: what is refused, and what imports make of names that would be. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { studyChange } from '../../src/contract'
import { LONGEST_NAME, nameProblem, repairName } from '../../src/domain/names'

/** Also control characters, spaces and halves of surrogate pairs. */
const units = fc.array(fc.oneof(fc.constantFrom(0x20, 0xa0, 0x0a, 0xd83d, 0xde00, 0x2028), fc.nat(0xffff)))
const anything = units.map((codes) => String.fromCharCode(...codes))

it.each([
  ['', /at least 1 character/],
  ['  \u00a0', /at least 1 character/],
  ['a'.repeat(201), /at most 200 characters, not 201/],
  ['half \ud83d pair', /half a surrogate pair/],
  ['two\nlines', /control characters/],
  [' space first', /space at its beginning/],
])('%j is refused with the reason', (name, reason) => {
  expect(nameProblem(name)).toMatch(reason)
  expect(studyChange.safeParse({ name }).error?.issues[0]?.message).toMatch(reason)
})

it.each(['a', 'cifar10-test', 'Katzen und Hunde', '\u732b \ud83d\ude00', 'a'.repeat(200)])(
  '%j is left as it is',
  (name) => {
    expect(nameProblem(name)).toBeNull()
    expect(repairName(name)).toBe(name)
    expect(studyChange.safeParse({ name }).success).toBe(true)
  },
)

it.each([
  ['', 'unnamed'],
  ['a'.repeat(240), 'a'.repeat(200)],
  ['half \ud83d', 'half \ufffd'],
  [' two \r\n lines ', 'two lines'],
  // A pair is not cut in two.
  [`${'a'.repeat(199)}\ud83d\ude00`, 'a'.repeat(199)],
])('%j becomes %j', (name, repaired) => expect(repairName(name)).toBe(repaired))

it('whatever is repaired is a name, with its suffix, and stays as it is', () => {
  fc.assert(
    fc.property(anything, fc.constantFrom('', '-2', '-10'), (text, suffix) => {
      const name = repairName(text, suffix)
      expect(nameProblem(name)).toBeNull()
      expect(name.length).toBeLessThanOrEqual(LONGEST_NAME)
      expect(name.endsWith(suffix)).toBe(true)
      expect(repairName(name)).toBe(name)
    }),
    { examples: [[`${'a'.repeat(199)}\ud83d\ude00`, '-2']] },
  )
})
