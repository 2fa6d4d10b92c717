/** The store of studies behind the real client, with a bridge of the test's own in place of the preload script's. */
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Bridge, EventName, Events, Reply } from '../../src/contract'
import type { StudyInfo } from '../../src/domain/study'

const study = (id: number, change: Partial<StudyInfo> = {}) =>
  ({ id, name: `Study ${id}`, kind: 'crowd', judgments: 0, ...change }) as StudyInfo
const project = (path: string) => ({ path }) as Events['project.changed']

/** Answers are given by the test, one question after the other. */
async function open() {
  vi.resetModules()
  const waiting: { name: string; answer: (reply: Reply<unknown>) => void }[] = []
  let tell: (name: EventName, payload: unknown) => void = () => undefined
  const calls = new Proxy(
    {},
    { get: (_, name: string) => () => new Promise((answer) => waiting.push({ name, answer })) },
  )
  const bridge: Bridge = {
    calls: calls as Bridge['calls'],
    onEvent(listener) {
      tell = listener as typeof tell
      return () => undefined
    },
    pathOf: () => '',
  }
  vi.stubGlobal('window', { secondGuess: bridge })
  setActivePinia(createPinia())
  const { useStudies } = await import('../../src/renderer/stores/studies')
  const store = useStudies()
  store.subscribe()
  async function answer(name: string, reply: Reply<unknown>) {
    await vi.waitFor(() => expect(waiting[0]?.name).toBe(name), { timeout: 60_000 })
    waiting.shift()?.answer(reply)
    await new Promise((done) => setTimeout(done))
  }
  return { store, answer, tell: (name: EventName, payload: unknown) => tell(name, payload), waiting }
}

describe('the store of studies', () => {
  let opened: Awaited<ReturnType<typeof open>>
  beforeEach(async () => (opened = await open()))

  it('is fetched once, then kept by events, newest first and by kind', async () => {
    const { store, answer, tell, waiting } = opened
    const fetched = store.fetch()
    expect(store.known).toBe(false)
    await answer('studies.list', { ok: true, value: [study(1), study(2), study(3, { kind: 'personal' })] })
    await fetched
    tell('study.changed', study(4))
    tell('study.changed', study(1, { judgments: 7 }))
    expect(store.crowd.map(({ id }) => id)).toEqual([4, 2, 1])
    expect(store.personal.map(({ id }) => id)).toEqual([3])
    expect(store.byId(1)?.judgments).toBe(7)
    expect(waiting).toEqual([])
  })
  it('believes an event that overtook the list', async () => {
    const { store, answer, tell } = opened
    const fetched = store.fetch()
    tell('study.changed', study(1, { judgments: 9 }))
    tell('study.changed', study(2))
    await answer('studies.list', { ok: true, value: [study(1, { judgments: 3 })] })
    await fetched
    expect(store.studies.map(({ id, judgments }) => [id, judgments])).toEqual([
      [1, 9],
      [2, 0],
    ])
  })
  it('takes the newer of two lists, whichever arrives last', async () => {
    const { store, answer, waiting } = opened
    const first = store.fetch()
    const second = store.fetch()
    const [slow] = waiting.splice(0, 1)
    await answer('studies.list', { ok: true, value: [study(2)] })
    slow?.answer({ ok: true, value: [study(1)] })
    await Promise.all([first, second])
    expect(store.studies.map(({ id }) => id)).toEqual([2])
  })
  it('does not bring back a removed study by an event under way', async () => {
    const { store, answer, tell } = opened
    tell('study.changed', study(1))
    const removed = store.remove(1)
    await answer('studies.remove', { ok: true, value: null })
    await removed
    tell('study.changed', study(1))
    expect(store.studies).toEqual([])
  })
  it('keeps a study whose removal was refused, and says why', async () => {
    const { store, answer, tell } = opened
    tell('study.changed', study(1))
    const removed = store.remove(1)
    const refused = expect(removed).rejects.toThrow('holds judgments')
    await answer('studies.remove', { ok: false, error: { kind: 'conflict', message: 'It holds judgments.' } })
    await refused
    expect(store.studies).toHaveLength(1)
  })
  it('starts anew with another project, and not with a change of this one', async () => {
    const { store, answer, tell, waiting } = opened
    const fetched = store.fetch()
    await answer('studies.list', { ok: true, value: [study(1)] })
    await fetched
    tell('project.changed', project('/a'))
    await answer('studies.list', { ok: true, value: [study(1)] })
    tell('project.changed', project('/a'))
    expect(waiting).toEqual([])
    tell('project.changed', project('/b'))
    expect(store.studies).toEqual([])
    expect(store.known).toBe(false)
    await answer('studies.list', { ok: true, value: [study(5)] })
    expect(store.studies.map(({ id }) => id)).toEqual([5])
  })
  it('says what went wrong and keeps what it knew', async () => {
    const { store, answer, tell } = opened
    tell('study.changed', study(1))
    const fetched = store.fetch()
    await answer('studies.list', { ok: false, error: { kind: 'internal', message: 'Lost.' } })
    await fetched
    expect(store.error?.message).toBe('Lost.')
    expect(store.known).toBe(true)
    expect(store.studies).toHaveLength(1)
  })
})
