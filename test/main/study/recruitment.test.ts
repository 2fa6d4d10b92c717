/** Recruitment links: who is whom, how many join and how fast, and what the owner may clear. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { JoinReply } from '../../../src/contract'
import type { External, RecruitmentLimits, StudyInfo } from '../../../src/domain/study'
import { studyConfig } from '../studyConfig'
import { openStudio, participant, type Studio } from '../studySetup'

afterEach(() => vi.useRealTimers())

type Given = Omit<External, 'service'> & { service: 'prolific' | 'mturk' | 'other' }
const prolific = (id: string): Given => ({ service: 'prolific', participant: id, study: 'S', session: '' })

async function recruit(limits: Partial<RecruitmentLimits> = {}) {
  const studio = await openStudio()
  const recruitment = { mostParticipants: null, joinsPerMinute: 60, ...limits }
  const study = await studio.call('studies.create', studyConfig({ recruitment }, { practiceTrials: 0 }))
  const join = (external: Given | null = null, ticket: string | null = null) =>
    studio.call('session.join', { join: study.joinToken, external, ticket }, { join: study.joinToken })
  return { studio, study, join }
}
const tokenOf = (reply: JoinReply) => {
  if (reply.token === null) throw new Error('has to wait')
  return reply.token
}
const sessions = async (studio: Studio, { id }: StudyInfo) => studio.call('studies.participants', { study: id })

describe('one person is one participant', () => {
  test.each([
    ['a blank at the end', 'P123 '],
    ['a line break', 'P123\n'],
    ['a no-break space', '\u00a0P123'],
    ['a zero-width space', 'P1\u200b23'],
    ['a byte order mark', '\ufeffP123'],
  ])('%s is nothing', async (_, written) => {
    const { studio, study, join } = await recruit()
    const first = tokenOf(await join(prolific('P123')))
    expect(tokenOf(await join(prolific(written)))).toBe(first)
    expect(await sessions(studio, study)).toHaveLength(1)
  })

  test('the same letters in another encoding are the same, other letters are not', async () => {
    const { join } = await recruit()
    const composed = tokenOf(await join(prolific('Ren\u00e9  M.')))
    expect(tokenOf(await join(prolific('Rene\u0301 M.')))).toBe(composed)
    expect(tokenOf(await join(prolific('rené m.')))).not.toBe(composed)
    expect(tokenOf(await join({ ...prolific('René M.'), service: 'other' }))).not.toBe(composed)
  })

  test.each([
    ['a control character', 'P\u0000123'],
    ['a lone surrogate', 'P\ud800'],
    ['bytes that are no text', 'P\ufffd'],
    ['nothing', ''],
    ['blanks', '   '],
    ['too much', 'x'.repeat(201)],
  ])('%s is refused, and nobody is made', async (_, written) => {
    const { studio, study, join } = await recruit()
    await expect(join(prolific(written))).rejects.toMatchObject({ kind: 'bad-input' })
    expect(await sessions(studio, study)).toEqual([])
  })

  test('whoever joined in an earlier version is found, whatever the link said then', async () => {
    const { studio, study, join } = await recruit()
    const store = studio.services.project.store()
    const row = (external: External, token: string) =>
      store.transaction(() => store.sessions.insert(study.id, { kind: 'person', external, stage: 'trials', token }))
    row({ ...prolific('P7 '), session: 'old' }, 'x'.repeat(24))
    expect(tokenOf(await join(prolific('P7')))).toBe('x'.repeat(24))
    expect(tokenOf(await join(prolific('P7 ')))).toBe('x'.repeat(24))
    await participant(studio, 'x'.repeat(24)).open()
    await expect(join(prolific('P7'))).rejects.toThrow(/taken part already/)
    expect(await sessions(studio, study)).toHaveLength(1)
  })
})

describe('limits', () => {
  test('over the rate a person waits and is let in, in order, with the ticket of the first answer', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] })
    const { studio, study, join } = await recruit({ joinsPerMinute: 2 })
    tokenOf(await join())
    tokenOf(await join(prolific('b')))
    const third = await join(prolific('c'))
    const fourth = await join()
    expect(third).toMatchObject({ token: null, waiting: { seconds: 60 } })
    expect(await sessions(studio, study)).toHaveLength(2)
    for (let second = 5; second < 60; second += 5) {
      vi.advanceTimersByTime(5_000)
      expect(await join(prolific('c'), third.waiting?.ticket)).toMatchObject({ waiting: { seconds: 60 - second } })
      expect(await join(null, fourth.waiting?.ticket)).toMatchObject({ waiting: { seconds: 60 - second } })
    }
    vi.advanceTimersByTime(5_000)
    // Somebody new does not overtake the two that wait.
    expect((await join()).token).toBeNull()
    tokenOf(await join(prolific('c'), third.waiting?.ticket))
    tokenOf(await join(null, fourth.waiting?.ticket))
    expect(await sessions(studio, study)).toHaveLength(4)
  })

  test('who has a session already does not wait', async () => {
    const { join } = await recruit({ joinsPerMinute: 1 })
    const token = tokenOf(await join(prolific('a')))
    expect((await join(prolific('b'))).token).toBeNull()
    expect(tokenOf(await join(prolific('a')))).toBe(token)
  })

  test('fifteen hundred requests at once make as many sessions as a minute allows', async () => {
    const { studio, study, join } = await recruit()
    const replies = await Promise.all(Array.from({ length: 1_500 }, () => join()))
    expect(replies.filter(({ token }) => token !== null)).toHaveLength(60)
    expect(replies.filter(({ waiting }) => waiting !== null)).toHaveLength(1_440)
    expect(await sessions(studio, study)).toHaveLength(60)
  })

  test('links have lines of their own', async () => {
    const { studio, join } = await recruit({ joinsPerMinute: 1 })
    const other = await studio.call(
      'studies.create',
      studyConfig({ name: 'other', recruitment: { mostParticipants: null, joinsPerMinute: 1 } }),
    )
    tokenOf(await join())
    expect((await join()).token).toBeNull()
    tokenOf(await studio.call('session.join', { join: other.joinToken, external: null }, { join: other.joinToken }))
  })

  test('a full study says so, takes nobody by link or invitation, and takes the next who comes for one that left', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] })
    const { studio, study, join } = await recruit({ mostParticipants: 2 })
    const token = tokenOf(await join())
    tokenOf(await join())
    await expect(join()).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('full') as string })
    await expect(studio.call('studies.invite', { study: study.id, count: 1 })).rejects.toThrow(/at most 2 participants/)
    expect(await sessions(studio, study)).toHaveLength(2)
    await studio.call('session.withdraw', { token }, { participant: token })
    vi.advanceTimersByTime(2_000)
    tokenOf(await join())
    await studio.call('studies.change', {
      study: study.id,
      change: { recruitment: { mostParticipants: 3, joinsPerMinute: 60 } },
    })
    await studio.call('studies.invite', { study: study.id, count: 1 })
  })

  test('a study of an earlier version has the defaults', async () => {
    const { studio, study, join } = await recruit()
    const store = studio.services.project.store()
    const { recruitment: _, ...before } = study
    const row = store.studies.get(study.id)
    if (row) store.studies.update({ ...row, config: before as never })
    expect(store.studies.get(study.id)?.config.recruitment).toEqual({ mostParticipants: null, joinsPerMinute: 60 })
    tokenOf(await join())
    const { recruitment: __, ...old } = studyConfig({ name: 'from an old file' })
    expect(await studio.call('studies.create', old)).toMatchObject({ recruitment: { joinsPerMinute: 60 } })
  })
})

describe('clearing sessions that never began', () => {
  async function mixed() {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { studio, study, join } = await recruit()
    const invited = await studio.call('studies.invite', { study: study.id, count: 3 })
    const link = [tokenOf(await join()), tokenOf(await join(prolific('a'))), tokenOf(await join(prolific('b')))]
    const began = participant(studio, link[1] ?? '')
    await began.go(3)
    const opened = participant(studio, invited[0]?.token ?? '')
    await opened.open()
    const excluded = await studio.call('studies.decide', {
      study: study.id,
      participant: 2,
      verdict: 'exclude',
      reason: 'x',
    })
    vi.setSystemTime(Date.now() + 120_000)
    const recent = tokenOf(await join(prolific('c')))
    return { studio, study, join, invited, link, began, excluded, recent }
  }
  const tokens = async (studio: Studio, study: StudyInfo) => (await sessions(studio, study)).map(({ token }) => token)

  test('removes those of the recruitment link, and nothing that began, was decided or was made just now', async () => {
    const { studio, study, invited, link, recent } = await mixed()
    const counts = await studio.call('studies.clearUnopened', {
      study: study.id,
      recruited: true,
      invited: false,
      reason: 'A script opened the link.',
    })
    expect(counts).toEqual({ recruited: 2, invited: 0, recent: 1 })
    expect(await tokens(studio, study)).toEqual([...invited.map(({ token }) => token), link[1], recent])
    expect(await studio.call('studies.ledger', { study: study.id })).toMatchObject([
      { kind: 'verdict' },
      { kind: 'cleared', participant: null, from: '{"recruited":2,"invited":0}', reason: 'A script opened the link.' },
    ])
    await expect(studio.call('session.open', { token: link[0] ?? '', environment: {} as never })).rejects.toThrow()
  })

  test('removes invitations where asked; the answers of the others stay as they were', async () => {
    const { studio, study, invited, began } = await mixed()
    const store = studio.services.project.store()
    const answers = () => store.answers.ofSession(store.sessions.byToken(began.token)?.id ?? 0)
    const before = answers()
    expect(before).toHaveLength(3)
    const counts = await studio.call('studies.clearUnopened', {
      study: study.id,
      recruited: true,
      invited: true,
      reason: '',
    })
    expect(counts).toEqual({ recruited: 2, invited: 1, recent: 1 })
    expect(answers()).toEqual(before)
    expect((await tokens(studio, study)).slice(0, 2)).toEqual([invited[0]?.token, invited[1]?.token])
    expect(await began.go()).toMatchObject({ stage: 'finished' })
  })

  test('numbers are not given again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { studio, study } = await recruit()
    await studio.call('studies.invite', { study: study.id, count: 5 })
    vi.setSystemTime(Date.now() + 120_000)
    await studio.call('studies.clearUnopened', { study: study.id, recruited: true, invited: true, reason: '' })
    expect(await sessions(studio, study)).toEqual([])
    const [next] = await studio.call('studies.invite', { study: study.id, count: 1 })
    expect(next?.code).toBe('P0006')
  })

  test('nothing to clear writes nothing into the decision log', async () => {
    const { studio, study } = await recruit()
    const nothing = { recruited: 0, invited: 0, recent: 0 }
    expect(
      await studio.call('studies.clearUnopened', { study: study.id, recruited: true, invited: true, reason: '' }),
    ).toEqual(nothing)
    expect(await studio.call('studies.ledger', { study: study.id })).toEqual([])
  })
})
