/** Attacks with how far each number can be trusted: sorted, unfolded, saved. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import TrustTable from '../../../src/renderer/components/TrustTable.vue'
import TrustNote from '../../../src/renderer/components/TrustNote.vue'
import type { TrustRow } from '../../../src/domain/results/trust'
import { all, click, press, show, textOf, the } from '../../support/mounted/page'

const aRow = (change: Partial<TrustRow>): TrustRow => ({
  key: 'a',
  network: 'resnet_basic_8',
  stage: 'from-scratch',
  protocol: 'described',
  target: 'soft',
  name: 'soft',
  recipe: 'r',
  attack: 'pgd',
  epsilon: 4,
  steps: 10,
  title: 'PGD 4/255',
  way: 'PGD',
  made: [],
  runs: 2,
  accuracy: 0.25,
  crossEntropyToLabels: 3,
  cleanAccuracy: 0.9,
  zeroAgrees: true,
  accuracyAtZero: 0.9,
  maximumPerturbation: 4,
  zeroGradientShare: 0,
  randomNoiseAccuracy: 0.85,
  lossByStep: [1, 2, 3],
  objectiveByStep: [1, 2, 3],
  raisesLoss: true,
  monotone: true,
  blackBox: null,
  ...change,
})
const GOOD = aRow({ key: '2 good', title: 'PGD 8/255', epsilon: 8, maximumPerturbation: 8, accuracy: 0.1 })
const BAD = aRow({ key: '10 bad', target: 'hard', name: 'hard', recipe: 'h', zeroAgrees: false, accuracyAtZero: 0.5 })
const rows = () => [...document.querySelectorAll('[data-row]')].map((row) => row.getAttribute('aria-label'))
const order = () => rows().map((name) => name?.split(',')[0])
const verdicts = () => [...document.querySelectorAll('tbody .verdict')].map(textOf)

describe('TrustTable', () => {
  it('says in short what tells for and against each number', () => {
    show(TrustTable, { rows: [GOOD, BAD] })
    expect(rows()).toEqual(['PGD 8/255, soft: its trust', 'PGD 4/255, hard: its trust'])
    expect(verdicts()).toEqual(['5 pass, 2 not made', '1 to look at'])
    expect(document.querySelector('tbody tr:nth-child(2) .verdict')?.classList.contains('attention')).toBe(true)
  })

  it('sorts by numbers as numbers, either way', async () => {
    show(TrustTable, { rows: [BAD, GOOD] })
    expect(order()).toEqual(['PGD 8/255', 'PGD 4/255'])
    await press('Accuracy')
    expect(order()).toEqual(['PGD 8/255', 'PGD 4/255'])
    await press('Accuracy')
    expect(order()).toEqual(['PGD 4/255', 'PGD 8/255'])
    expect(the('columnheader', 'Accuracy').getAttribute('aria-sort')).toBe('descending')
  })

  it('unfolds one row at a time, with what its parent has to add', async () => {
    show(TrustTable, { rows: [GOOD, BAD] }, { default: '<em>more</em>' })
    const [first, second] = all('button', /its trust$/)
    await click(first)
    expect(first?.getAttribute('aria-expanded')).toBe('true')
    expect(document.querySelectorAll('dl > div')).toHaveLength(7)
    expect(textOf(document.querySelector('em'))).toBe('more')
    await click(second)
    expect(first?.getAttribute('aria-expanded')).toBe('false')
    expect([...document.querySelectorAll('dl')].map((list) => list.getAttribute('aria-label'))).toEqual([
      'Trust of PGD 4/255, hard',
    ])
    await click(second)
    expect(document.querySelector('dl')).toBe(null)
  })

  it('names network, stage and protocol only where the rows differ in them', async () => {
    const wrapper = show(TrustTable, { rows: [GOOD, BAD] })
    expect(document.querySelector('.where')).toBe(null)
    await wrapper.setProps({ rows: [GOOD, { ...BAD, network: 'wrn', protocol: 'released' }] })
    expect([...document.querySelectorAll('.where')].map(textOf)).toEqual(['resnet_basic_8', 'wrn, as released'])
  })

  describe('saved or copied', () => {
    const saved: Blob[] = []
    const copied = vi.fn<(text: string) => Promise<void>>()
    beforeEach(() => {
      saved.length = 0
      copied.mockReset().mockResolvedValue()
      vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => `blob:${saved.push(blob as Blob)}`)
      vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
      vi.stubGlobal('navigator', { clipboard: { writeText: copied } })
    })
    afterEach(() => void vi.unstubAllGlobals())

    it('has every row with the verdict of each check', async () => {
      show(TrustTable, { rows: [GOOD, BAD] })
      await press(/^Save .* CSV$/)
      const lines = (await saved[0]!.text()).trim().split('\r\n')
      expect(lines).toHaveLength(3)
      expect(lines[0]).toContain('check: zero')
      expect(lines.filter((line) => line.includes('attention'))).toHaveLength(1)
    })

    it('has each check with its verdict and meaning', async () => {
      show(TrustTable, { rows: [BAD] })
      await press(/its trust$/)
      await press('Copy the trust of PGD 4/255, hard')
      const [text = ''] = copied.mock.calls[0] ?? []
      expect(text.split('\n')).toHaveLength(8)
      expect(text).toMatch(/^PGD 4\/255, hard\nAccuracy at ε = 0: attention \(50\.00%, clean 90\.00%\)\. /)
    })
  })
})

describe('TrustNote', () => {
  it('says under numbers of attacks what fails behind them', async () => {
    const wrapper = show(TrustNote, { rows: [GOOD, BAD] })
    expect(textOf(document.querySelector('.trust'))).toBe('Trust: 1 of 2 to look at: accuracy at ε = 0.')
    await wrapper.setProps({ rows: [GOOD] })
    expect(textOf(document.querySelector('.trust'))).toMatch(/^Trust: no check fails in the attack/)
    await wrapper.setProps({ rows: [] })
    expect(document.querySelector('.trust')).toBe(null)
  })
})
