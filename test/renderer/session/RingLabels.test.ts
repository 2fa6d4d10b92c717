/** The labels around the image: which answer counts for which way of pressing, and what a screen reader hears. */
import { describe, expect, it } from 'vitest'
import { CIFAR10_CLASSES } from '../../../src/domain/labels/sets'
import RingLabels from '../../../src/renderer/session/RingLabels.vue'
import { ring } from '../../../src/renderer/session/ring'
import { all, button, click, nameOf, show } from '../../support/mounted/page'

const LAYOUT = [3, 0, 1, 2, 9, 8, 7, 6, 5, 4]
const open = (change: Record<string, unknown> = {}) =>
  show(RingLabels, {
    ring: ring(
      { width: 1000, height: 800 },
      160,
      LAYOUT.map(() => 60),
    ),
    classes: [...CIFAR10_CLASSES],
    layout: LAYOUT,
    marked: null,
    wrong: null,
    ...change,
  })
const down = (name: string, init: PointerEventInit) =>
  button(name).dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, isPrimary: true, ...init }))

describe('RingLabels', () => {
  it('names each label with its key, in the participant’s own order', () => {
    open()
    expect(all('button').map(nameOf)).toEqual([
      'cat, key 1',
      'airplane, key 2',
      'automobile, key 3',
      'bird, key 4',
      'truck, key 5',
      'ship, key 6',
      'horse, key 7',
      'frog, key 8',
      'dog, key 9',
      'deer, key 0',
    ])
  })

  it('has no key beyond ten', () => {
    const classes = Array.from({ length: 11 }, (_, at) => `class ${at}`)
    const layout = classes.map((_, at) => at)
    open({
      classes,
      layout,
      ring: ring(
        { width: 1000, height: 800 },
        160,
        layout.map(() => 60),
      ),
    })
    expect(all('button').map(nameOf).slice(-2)).toEqual(['class 9, key 0', 'class 10'])
  })

  it('answers when the pointer goes down, once for the click that follows', async () => {
    const wrapper = open()
    down('bird, key 4', { button: 0 })
    await click(button('bird, key 4'), { detail: 1 })
    expect(wrapper.emitted('press')?.map(([slot]) => slot)).toEqual([3])
  })

  it('answers a screen reader’s activation, a click without a pointer', async () => {
    const wrapper = open()
    await click(button('bird, key 4'), { detail: 0 })
    expect(wrapper.emitted('press')?.map(([slot]) => slot)).toEqual([3])
  })

  it.each([
    ['the right button', { button: 2 }],
    ['a second finger', { button: 0, isPrimary: false }],
  ])('does not answer %s', (_, init) => {
    const wrapper = open()
    down('bird, key 4', init)
    expect(wrapper.emitted('press')).toBeUndefined()
  })

  it('gives the event along: its time is the answer’s', () => {
    const wrapper = open()
    down('bird, key 4', { button: 0 })
    expect(wrapper.emitted('press')?.[0]?.[1]).toBeInstanceOf(PointerEvent)
  })

  it('tells which was chosen before, and no other', () => {
    open({ marked: 3 })
    expect(all('button').map((label) => label.getAttribute('aria-pressed'))).toEqual(['true', ...Array(9).fill(null)])
  })

  it('strikes the wrong answer of practice and fills the right one', () => {
    open({ marked: 3, wrong: 0 })
    expect(button('cat, key 1').classList.contains('marked')).toBe(true)
    expect(button('airplane, key 2').classList.contains('wrong')).toBe(true)
    expect(document.querySelectorAll('.marked, .wrong')).toHaveLength(2)
  })
})
