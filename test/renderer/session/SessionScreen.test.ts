/** A session from consent to its end, by keys: the real flow, a door and a clock of the page's own. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../../src/domain/errors'
import type { AnswerReceipt, SessionAnswer, SessionView } from '../../../src/domain/study'
import type { SessionDoor } from '../../../src/renderer/session/door'
import SessionScreen from '../../../src/renderer/session/SessionScreen.vue'
import { maybe, press, settled, show, textOf, the, until } from '../../support/mounted/page'
import { aView } from './examples'

beforeAll(
  () => void Object.defineProperty(document, 'fonts', { configurable: true, value: { ready: Promise.resolve() } }),
)
afterAll(() => void Reflect.deleteProperty(document, 'fonts'))

function open(first: Partial<SessionView>, change: Partial<SessionDoor> = {}, inWindow = false) {
  const sent: SessionAnswer[] = []
  let view = aView({ trials: { position: 0, total: 3 }, ...first })
  const door: SessionDoor = {
    open: async () => view,
    advance: async (from) => (view = { ...view, stage: from === 'consent' ? 'instructions' : 'trials', page: '' }),
    image: async () => ({ height: 1, width: 1, channels: 1, pixels: new Uint8Array(1), chosen: null }),
    answer: async (given): Promise<AnswerReceipt> => {
      sent.push(given)
      const position = given.trial + 1
      const stage = position < 3 ? 'trials' : 'finished'
      view = { ...view, stage, trials: { position, total: 3 } }
      return { feedback: null, stage, position, revision: 0 }
    },
    withdraw: async () => (view = { ...view, stage: 'stopped', stopped: 'withdrawn' }),
    close: () => undefined,
    ...change,
  }
  const wrapper = show(SessionScreen, { door, inWindow })
  return { wrapper, sent, chosen: () => sent.map(({ trial, chosen }) => [trial, chosen]) }
}
const heading = () => textOf(document.querySelector('h1'))
const shows = (title: string) => until(() => expect(heading()).toBe(title))
function keyDown(name: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) {
  const event = new KeyboardEvent('keydown', { key: name, code: name, bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  return event.defaultPrevented
}
const keyUp = (name: string) =>
  document.body.dispatchEvent(new KeyboardEvent('keyup', { key: name, code: name, bubbles: true }))
function tap(name: string) {
  keyDown(name)
  keyUp(name)
}
/** Until the image is there and this answer counts. */
async function answerBy(name: string, sent: SessionAnswer[]) {
  const before = sent.length
  await until(() => {
    tap(name)
    expect(sent.length).toBe(before + 1)
  })
}
const begin = async () => {
  await shows('Before you begin')
  await press('Begin')
  await shows('Label the image')
}

describe('SessionScreen', () => {
  it('goes from consent to the end, answered by keys', async () => {
    const { sent, chosen } = open({ stage: 'consent', page: 'Run by the lab.' })
    await shows('Consent')
    await press('I agree, go on')
    await shows('Instructions')
    await press('Begin')
    await shows('Label the image')
    await answerBy('4', sent)
    await answerBy('0', sent)
    await answerBy('1', sent)
    await shows('Done, thank you')
    expect(chosen()).toEqual([
      [0, 3],
      [1, 9],
      [2, 0],
    ])
    expect(sent.every(({ reactionTimeMs }) => reactionTimeMs >= 0)).toBe(true)
  })

  it('announces each image once it is there', async () => {
    const { sent } = open({})
    await begin()
    await until(() => expect(textOf(the('status'))).toBe('Image 1 of 3.'))
    await answerBy('4', sent)
    await until(() => expect(textOf(the('status'))).toBe('Image 2 of 3.'))
  })

  it('does not answer the next image with a key that is held', async () => {
    const { sent } = open({})
    await begin()
    await until(() => {
      keyUp('4')
      keyDown('4')
      expect(sent).toHaveLength(1)
    })
    await until(() => expect(textOf(the('status'))).toBe('Image 2 of 3.'))
    for (let times = 0; times < 5; times++) {
      keyDown('4', { repeat: true })
      keyDown('4')
      await settled()
    }
    expect(sent).toHaveLength(1)
    await answerBy('4', sent)
  })

  it('leaves keys with modifiers to the browser', async () => {
    const { sent } = open({})
    await begin()
    await until(() => expect(textOf(the('status'))).toBe('Image 1 of 3.'))
    expect(keyDown('4', { ctrlKey: true })).toBe(false)
    keyUp('4')
    expect(sent).toEqual([])
  })

  it('pauses by Escape, counts no answer meanwhile, and goes on', async () => {
    const { sent } = open({})
    await begin()
    await answerBy('4', sent)
    await until(() => expect(textOf(the('status'))).toBe('Image 2 of 3.'))
    tap('Escape')
    await settled()
    expect(the('dialog')).toBeDefined()
    expect(document.querySelector('.trial')?.hasAttribute('inert')).toBe(true)
    tap('4')
    await settled()
    expect(sent).toHaveLength(1)
    tap('Escape')
    await until(() => expect(maybe('dialog')).toBeUndefined())
    await answerBy('4', sent)
  })

  it('asks once more before somebody does not take part', async () => {
    const withdraw = vi.fn(async () => aView({ stage: 'stopped', stopped: 'withdrawn' }))
    open({ stage: 'consent' }, { withdraw })
    await shows('Consent')
    await press('I do not agree')
    expect(withdraw).not.toHaveBeenCalled()
    await press('Back')
    expect(heading()).toBe('Consent')
    await press('I do not agree')
    await press('I do not take part')
    await shows('You have left the study')
    expect(withdraw).toHaveBeenCalledTimes(1)
    expect(document.body.textContent).toContain('P0003')
  })

  it('says where somebody comes back to', async () => {
    open({ resumed: 'trial', trials: { position: 1, total: 3 } })
    await shows('Welcome back')
    expect(document.body.textContent).toContain('image 2 of 3')
  })

  it('says that a link opens nothing', async () => {
    open({}, { open: () => Promise.reject(new StudioError('forbidden', 'The token is wrong.')) })
    await shows('This link opens no session')
    expect(textOf(the('alert'))).toContain('The token is wrong.')
  })

  it('tries again after what may pass', async () => {
    let fails = true
    open({}, { open: async () => (fails ? Promise.reject(new StudioError('internal', 'Down.')) : aView()) })
    await shows('This does not work right now')
    fails = false
    await press('Try again')
    await shows('Before you begin')
  })

  it('leaves the page when it is outside, and the window when it is inside', async () => {
    const outside = open({})
    await begin()
    await until(() => expect(textOf(the('status'))).toBe('Image 1 of 3.'))
    tap('Escape')
    await settled()
    await press('Leave')
    expect(outside.wrapper.emitted('leave')).toHaveLength(1)
    expect(heading()).toBe('You can close this page')
  })

  it('goes back to correct, in a labelling of one’s own', async () => {
    const { sent, chosen } = open({ kind: 'personal' }, {}, true)
    await shows('Label the image')
    await answerBy('4', sent)
    await until(() => expect(textOf(the('status'))).toBe('Image 2 of 3.'))
    await until(() => {
      tap('Backspace')
      expect(textOf(the('status'))).toBe('Image 1 of 3.')
    })
    await answerBy('5', sent)
    expect(chosen()).toEqual([
      [0, 3],
      [0, 4],
    ])
  })
})
