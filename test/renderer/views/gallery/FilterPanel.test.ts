/** Every condition of the gallery: which are offered, and the change each asks for. */
import { describe, expect, it } from 'vitest'
import { CIFAR10_CLASSES } from '../../../../src/domain/labels/sets'
import { START, type GalleryState } from '../../../../src/renderer/lib/galleryAddress'
import FilterPanel from '../../../../src/renderer/views/gallery/FilterPanel.vue'
import {
  all,
  button,
  choose,
  input,
  maybe,
  nameOf,
  optionsOf,
  press,
  select,
  settled,
  show,
  textOf,
  type,
} from '../../../support/mounted/page'

async function open(state: Partial<GalleryState> = {}, props: Record<string, unknown> = {}) {
  const wrapper = show(FilterPanel, {
    state: { ...START, ...state },
    classes: CIFAR10_CLASSES,
    attacks: [{ name: 'PGD 4/255', runs: 2 }],
    hasNetwork: true,
    compared: false,
    first: 'soft',
    second: 'hard',
    active: 0,
    ...props,
  })
  await press(/^Filters/)
  await settled()
  return { set: () => wrapper.emitted('set')?.at(-1)?.[0] }
}
const fields = () => all('combobox').map(nameOf)
const ranges = () => all('group').map(nameOf)

describe('FilterPanel', () => {
  it('tells on its button how many conditions are in force', async () => {
    await open({}, { active: 3 })
    expect(textOf(button(/^Filters/))).toBe('Filters3')
  })

  it('offers what people said where there is no network, and nothing of networks', async () => {
    await open({}, { hasNetwork: false })
    expect(fields()).toHaveLength(3)
    expect(maybe('combobox', /[Nn]etwork/)).toBeUndefined()
    expect(ranges().length).toBe(1)
  })

  it('offers the comparison only with a second network', async () => {
    await open()
    expect(maybe('combobox', 'The two networks')).toBeUndefined()
  })

  it('asks about both networks where there are two', async () => {
    const { set } = await open({}, { compared: true })
    await choose(select('The two networks'), /soft/)
    expect(set()).toHaveProperty('pair')
  })

  it('asks for a class by its number, and for any by null', async () => {
    const { set } = await open({ label: 3 })
    expect(optionsOf(select('Label'))[select('Label').selectedIndex]).toBe('cat')
    await choose(select('Label'), 'airplane')
    expect(set()).toEqual({ label: 0 })
    await choose(select('Label'), 'Any')
    expect(set()).toEqual({ label: null })
  })

  it.each([
    ['People’s majority is', 'Wrong', { people: 'wrong' }],
    ['Network is', 'Right', { network: 'right' }],
    ['Their first choices', 'Differ', { guesses: 'differ' }],
    ['People’s first choice', 'dog', { peopleGuess: 5 }],
    ['Network’s first choice', 'dog', { networkGuess: 5 }],
    ['Attack', 'PGD 4/255 · 2 runs', { attack: 'PGD 4/255' }],
  ])('%s: %s', async (label, option, change) => {
    const { set } = await open()
    await choose(select(label), option)
    expect(set()).toEqual(change)
  })

  it('offers what an attack did only under an attack', async () => {
    await open()
    expect(maybe('combobox', 'The network was')).toBeUndefined()
    expect(ranges()).not.toContain('Change under attack')
  })

  it('offers what the attack chosen did', async () => {
    await open({ attack: 'PGD 4/255' })
    expect(optionsOf(select('The network was'))).toHaveLength(4)
    expect(ranges()).toContain('Change under attack')
  })

  it('takes everything of the attack away with it: what it did, its range, and the order by it', async () => {
    const { set } = await open({
      attack: 'PGD 4/255',
      outcome: 'fooled',
      sort: 'attack-change',
      ranges: { 'attack-change': [0.1, null], 'human-entropy': [0.5, null] },
    })
    expect(maybe('combobox', 'The network was')).toBeDefined()
    await choose(select('Attack'), 'None')
    expect(set()).toEqual({
      attack: null,
      outcome: null,
      sort: 'human-entropy',
      ranges: { 'human-entropy': [0.5, null] },
    })
  })

  it('keeps another order when the attack is taken away', async () => {
    const { set } = await open({ attack: 'PGD 4/255', sort: 'confidence' })
    await choose(select('Attack'), 'None')
    expect(set()).not.toHaveProperty('sort')
  })

  it('says that there is no attack to choose', async () => {
    await open({}, { attacks: [] })
    expect(optionsOf(select('Attack'))).toEqual(['No attack on these runs'])
  })

  it('adds a range to those in force, and takes it away when it is emptied', async () => {
    const { set } = await open({ ranges: { confidence: [0, null] } })
    const name = ranges().find((each) => /entropy/i.test(each))!
    await type(input(`${name}, from`), '0.5')
    expect(set()).toEqual({ ranges: { confidence: [0, null], 'human-entropy': [0.5, null] } })
    await type(input(/^.*onfidence.*, from$/), '')
    expect(set()).toStrictEqual({ ranges: {} })
  })
})
