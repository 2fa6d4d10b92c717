/** The study service: sessions from the first page to the last, resuming, decisions, what is published. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readPath } from '../../../src/formats/read'
import type { LabelSetData } from '../../../src/formats/sets/types'
import { countsToProbabilities } from '../../../src/domain/labels/statistics'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { publishStudy } from '../../../src/main/study/publish'
import { planImage, planIsCheck } from '../../../src/domain/study/draw'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { openStudio, participant, type Studio } from '../studySetup'
import { someLabels } from '../temporary'

const store = (studio: Studio) => studio.services.project.store()
const answersOf = (studio: Studio, number: number, study = 1) => {
  const session = store(studio).sessions.byNumber(study, number)
  return session ? store(studio).answers.ofSession(session.id) : []
}

async function withStudy(change?: Parameters<typeof studyConfig>[0], protocol?: Parameters<typeof studyConfig>[1]) {
  const studio = await openStudio()
  const study = await studio.call('studies.create', studyConfig(change, protocol))
  const invite = async (count = 1) =>
    (await studio.call('studies.invite', { study: study.id, count })).map(({ token }) => participant(studio, token))
  const first = async () => {
    const [one] = await invite()
    if (!one) throw new Error('nobody was invited')
    return one
  }
  return { studio, study, invite, first }
}

describe('a session', () => {
  test('goes from practice to the last trial, and every field is stored as it was answered', async () => {
    const { studio, first } = await withStudy()
    const one = await first()
    const view = await one.open()
    expect(view).toMatchObject({
      stage: 'practice',
      code: 'P0001',
      trials: { position: 0, total: 24 },
      practice: { position: 0, total: 3 },
    })
    expect([...view.layout].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(await one.go()).toEqual({ stage: 'finished', position: 24 })
    const rows = answersOf(studio, 1)
    expect(rows.map(({ trial }) => trial)).toEqual(Array.from({ length: 24 }, (_, i) => i))
    expect(rows.filter(({ isCheck }) => isCheck).map(({ trial }) => trial)).toEqual([5, 11, 17, 23])
    for (const row of rows) {
      expect(row.truth).toBe(row.image % 10)
      expect(row.chosen).toBe(row.truth)
      expect(view.layout[row.slot]).toBe(row.chosen)
      expect(row.focusLosses).toBe(row.trial % 2)
      expect(row.elapsedMs - row.onsetMs).toBe(650)
      expect(row.reactionTimeMs).toBe(612.5 + row.elapsedMs / 1e4)
      expect(Math.abs(Date.now() - row.answeredAt)).toBeLessThan(60_000)
    }
    const images = rows.filter(({ isCheck }) => !isCheck).map(({ image }) => image)
    expect(new Set(images).size).toBe(20)
    expect(Array.from({ length: 10 }, (_, c) => images.filter((image) => image % 10 === c).length)).toEqual(
      Array<number>(10).fill(2),
    )
    expect(await one.open()).toMatchObject({ stage: 'finished', page: 'Thank you.', completion: { code: 'DONE' } })
  })

  test('practice repeats an image until it is right, tells what is right, and is never among the answers', async () => {
    const { studio, first } = await withStudy()
    const one = await first()
    await one.open()
    const wrong = await one.answer(true, 0, true)
    const truth = wrong.feedback?.label ?? -1
    expect(wrong).toMatchObject({ stage: 'practice', position: 0, feedback: { correct: false } })
    expect(await one.answer(true, 0)).toMatchObject({
      position: 1,
      revision: 1,
      feedback: { correct: true, label: truth },
    })
    expect(answersOf(studio, 1)).toEqual([])
    await one.answer(true, 1)
    expect(await one.answer(true, 2)).toMatchObject({ stage: 'trials', position: 0 })
  })

  test('tells a participant nothing about what is right or what is a check', async () => {
    const { studio, first } = await withStudy({}, { practiceTrials: 0 })
    const one = await first()
    const view = await one.open()
    for (let trial = 0; trial < 24; trial++) {
      const image = await studio.call(
        'session.image',
        { token: one.token, practice: false, trial },
        { participant: one.token },
      )
      expect(Object.keys(image).sort()).toEqual(['channels', 'chosen', 'height', 'pixels', 'width'])
      expect(image.chosen).toBeNull()
      const receipt = await one.answer(false, trial)
      expect(receipt.feedback).toBeNull()
    }
    expect(Object.keys(view).sort()).toEqual([
      'classes',
      'code',
      'completion',
      'elapsedMs',
      'imagePixels',
      'kind',
      'layout',
      'page',
      'practice',
      'resumed',
      'smoothing',
      'stage',
      'stopped',
      'study',
      'trials',
    ])
  })

  test('shows only the image at hand and the next', async () => {
    const { first } = await withStudy({}, { practiceTrials: 0 })
    const one = await first()
    await one.go(7)
    await expect(one.image(false, 6)).rejects.toThrow(/not at hand/)
    await expect(one.image(false, 9)).rejects.toThrow(/not at hand/)
    await expect(one.image(true, 0)).rejects.toThrow(/not at hand/)
    await one.image(false, 7)
    await one.image(false, 8)
  })

  test('an answer sent twice is stored once; another answer to the same trial is refused', async () => {
    const { studio, first } = await withStudy({}, { practiceTrials: 0 })
    const one = await first()
    await one.open()
    const answer = one.make(3, false, 0)
    const receipt = await one.send(answer)
    expect(await one.send(answer)).toEqual(receipt)
    await expect(one.send({ ...one.make(4, false, 0) })).rejects.toThrow(/not the image at hand/)
    await expect(one.send(one.make(4, false, 2))).rejects.toThrow(/not the image at hand/)
    expect(answersOf(studio, 1).map(({ trial, chosen, revision }) => ({ trial, chosen, revision }))).toEqual([
      { trial: 0, chosen: 3, revision: 0 },
    ])
  })

  test('a label that is not on that slot is refused', async () => {
    const { first } = await withStudy({}, { practiceTrials: 0 })
    const one = await first()
    await one.open()
    const answer = one.make(3, false, 0)
    await expect(one.send({ ...answer, slot: (answer.slot + 1) % 10 })).rejects.toThrow(/not on that slot/)
    await expect(one.send({ ...answer, chosen: 77 })).rejects.toThrow(/not on that slot/)
  })

  test('pages come first and are left once', async () => {
    const { studio, first } = await withStudy({
      pages: { consent: '# May we?', instructions: 'Do this.', debrief: '' },
    })
    const one = await first()
    expect(await one.open()).toMatchObject({ stage: 'consent', page: '# May we?' })
    await expect(one.image(true, 0)).resolves.toBeGreaterThan(-1)
    const role = { participant: one.token }
    const next = await studio.call('session.advance', { token: one.token, from: 'consent' }, role)
    expect(next).toMatchObject({ stage: 'instructions', page: 'Do this.' })
    expect(await studio.call('session.advance', { token: one.token, from: 'consent' }, role)).toMatchObject({
      stage: 'instructions',
    })
    expect(await studio.call('session.advance', { token: one.token, from: 'instructions' }, role)).toMatchObject({
      stage: 'practice',
    })
  })
})

describe('opened again', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
  const later = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000)

  test('soon: at the trial on the screen, layout and images as before, times going on', async () => {
    const { studio, first } = await withStudy({}, { practiceTrials: 0 })
    const one = await first()
    await one.go(9)
    const before = one.seen()
    const image = await one.image(false, 9)
    later(20)
    const view = await one.open()
    expect(view).toMatchObject({ resumed: 'trial', trials: { position: 9 }, layout: before.layout })
    expect(view.elapsedMs).toBe(answersOf(studio, 1).at(-1)?.elapsedMs)
    expect(await one.image(false, 9)).toBe(image)
  })

  test('late: the block anew, the first answers kept as earlier revisions and not counted', async () => {
    const { studio, study, first } = await withStudy({}, { practiceTrials: 0 })
    const one = await first()
    await one.go(9)
    later(45)
    expect(await one.open()).toMatchObject({ resumed: 'block', trials: { position: 6 } })
    // Trials 6 to 8 are to be judged again: they do not count until then.
    expect((await studio.call('studies.list', {}))[0]?.judgments).toBe(5)
    await one.go()
    const rows = answersOf(studio, 1)
    expect(rows.map(({ revision }) => revision)).toEqual(rows.map(({ trial }) => (trial >= 6 && trial < 9 ? 1 : 0)))
    expect((await studio.call('studies.list', {}))[0]?.judgments).toBe(20)
    const [info] = await studio.call('studies.participants', { study: study.id })
    expect(info).toMatchObject({ state: 'finished', excluded: false })
  })

  test('late, restart: from the first trial, the checks counted once', async () => {
    const { studio, study, first } = await withStudy({}, { practiceTrials: 0, resume: 'restart' })
    const one = await first()
    await one.go(13, [0, 1]) // two checks wrong at first
    later(45)
    expect(await one.open()).toMatchObject({ resumed: 'start', trials: { position: 0 } })
    await one.go()
    const session = store(studio).sessions.byToken(one.token)
    expect(session).toMatchObject({ checks: 4, checksCorrect: 4 })
    expect((await studio.call('studies.quality', { study: study.id, threshold: 0.75 })).rows[0]).toMatchObject({
      checks: 4,
      checkScore: 1,
    })
  })

  test('late, refuse: it has ended and says so', async () => {
    const { first } = await withStudy({}, { practiceTrials: 0, resume: 'refuse' })
    const one = await first()
    await one.go(9)
    later(45)
    expect(await one.open()).toMatchObject({ stage: 'stopped', stopped: 'refused' })
    await expect(one.send(one.make(0, false, 9))).rejects.toThrow(/has ended/)
  })

  test('who stays away gives the rest of their images back to others', async () => {
    const { studio, invite } = await withStudy({}, { practiceTrials: 0, imagesPerParticipant: 20 })
    const [absent, ...others] = await invite(4)
    await absent?.go(6)
    later(45)
    for (const each of others) await each.go()
    // 60 images, 5 judged by the first and 60 by the others: without giving back, 15 images would have none.
    expect((await studio.call('studies.list', {}))[0]?.judgmentsPerImage).toMatchObject({ min: 1, max: 2 })
  })
})

describe('drawing images over a study', () => {
  test('stays even while people come, stop and are excluded', async () => {
    const { studio, invite } = await withStudy({}, { practiceTrials: 0 })
    const people = await invite(30)
    for (const [at, each] of people.entries()) {
      if (at % 7 === 3) await each.go(8)
      else await each.go(Infinity, at % 5 === 2 ? [0, 1, 2, 3] : [])
      if (at % 7 === 3) await studio.call('session.withdraw', { token: each.token }, { participant: each.token })
    }
    const [study] = await studio.call('studies.list', {})
    expect(study?.sessions).toMatchObject({ finished: 26, stopped: 4 })
    expect(study?.sessions.excluded).toBeGreaterThan(5)
    const { min = 0, max = 9 } = study?.judgmentsPerImage ?? {}
    expect(max - min).toBeLessThanOrEqual(1)
  })

  test('what is kept in memory equals what is counted from the database', async () => {
    const { studio, study, invite } = await withStudy({}, { practiceTrials: 0 })
    const people = await invite(12)
    for (const [at, each] of people.entries()) await each.go(at * 2, at % 3 === 0 ? [0, 1] : [])
    await studio.call('studies.decide', { study: study.id, participant: 4, verdict: 'exclude', reason: 'odd' })
    await studio.call('studies.decide', { study: study.id, participant: 1, verdict: 'include', reason: 'known' })
    const kept = await studio.call('studies.list', {})
    const other = openProject(studio.folder, { repair: false })
    const counted = new Map<number, number>()
    for (const session of other.sessions.ofStudy(study.id)) {
      const score = session.checks > 0 ? session.checksCorrect / session.checks : 1
      if (session.verdict === 'exclude' || (session.verdict === null && score < 0.75)) continue
      for (const { image, isCheck } of other.answers.ofSession(session.id))
        if (!isCheck) counted.set(image, (counted.get(image) ?? 0) + 1)
    }
    const infos = await studio.call('studies.participants', { study: study.id })
    expect(kept[0]?.sessions).toEqual({
      ...Object.fromEntries(
        (['invited', 'running', 'finished', 'stopped'] as const).map((state) => [
          state,
          infos.filter((each) => each.state === state).length,
        ]),
      ),
      excluded: infos.filter(({ excluded }) => excluded).length,
    })
    other.close()
    expect(kept[0]?.judgments).toBe([...counted.values()].reduce((sum, n) => sum + n, 0))
    expect(kept[0]?.judgmentsPerImage.max).toBe(Math.max(...counted.values()))
  })

  test('goes on from what another process stored', async () => {
    const { studio, study, invite } = await withStudy({}, { practiceTrials: 0 })
    const [one, two] = await invite(2)
    await one?.go()
    const other = openProject(studio.folder, { repair: false })
    const session = other.sessions.byNumber(study.id, 1)
    if (session) other.transaction(() => other.sessions.save({ ...session, verdict: 'exclude' }))
    other.close()
    await two?.go()
    expect((await studio.call('studies.list', {}))[0]).toMatchObject({ judgments: 20, sessions: { excluded: 1 } })
  })

  test('no participant sees a check as a trial where both come from one set', async () => {
    const checks = { imageSet: 'images', images: Array.from({ length: 20 }, (_, i) => i) }
    const { studio, invite } = await withStudy({ checks }, { practiceTrials: 0 })
    for (const each of await invite(5)) {
      await each.open()
      const session = store(studio).sessions.byToken(each.token)
      const plan = store(studio).sessions.plan(session?.id ?? 0) ?? new Int32Array()
      const shown = Array.from({ length: 24 }, (_, t) => planImage(plan, t))
      expect(new Set(shown).size).toBe(24)
      expect(shown.filter((_, t) => planIsCheck(plan, t)).length).toBe(4)
    }
  })
})

describe('how many trials there are', () => {
  /** 60 images, all each; of these 10 may be checks, 6 of which a participant gets. */
  const all = (imageSet: string): Parameters<typeof studyConfig> => [
    {
      checks: { imageSet, images: Array.from({ length: 10 }, (_, i) => i) },
      practice: { imageSet: 'obvious', images: [20, 21, 22, 23] },
    },
    { imagesPerParticipant: null, balanceClasses: false, checkEvery: 10, practiceTrials: 3 },
  ]

  test('all images each cannot be kept with checks from among them: refused with the reason, and kept with others', async () => {
    const [change, protocol] = all('images')
    const refused = withStudy(change, protocol)
    await expect(refused).rejects.toThrow(
      /to judge all 60 images, but up to 6 of the 60 are .* attention checks.*: 54 are left/,
    )
    await expect(refused).rejects.toMatchObject({ where: { place: 'imagesPerParticipant' } })
    const { studio, first } = await withStudy(...all('obvious'))
    const one = await first()
    expect((await one.open()).trials.total).toBe(66)
    await one.go()
    const session = store(studio).sessions.byToken(one.token)
    const plan = store(studio).sessions.plan(session?.id ?? 0) ?? new Int32Array()
    const judged = Array.from({ length: 66 }, (_, t) => t)
      .filter((t) => !planIsCheck(plan, t))
      .map((t) => planImage(plan, t))
    expect(judged.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, image) => image))
  })

  test.each(['images', 'obvious'])(
    'is said before, during, after and on opening again alike, checks from %s',
    async (from) => {
      const studio = await openStudio()
      const pages = { consent: 'May we?', instructions: 'So.', debrief: '' }
      // As an earlier version let it in.
      const study = store(studio).studies.insert({ ...studyConfig(...all(from)), pages }, 'join-token-of-the-study')
      const [invited] = await studio.call('studies.invite', { study, count: 1 })
      const one = participant(studio, invited?.token ?? '')
      const before = (await one.open()).trials.total
      const listed = async () => (await studio.call('studies.participants', { study }))[0]?.total
      expect(await listed()).toBe(before)
      const role = { participant: one.token }
      for (const stage of ['consent', 'instructions'] as const) {
        const view = await studio.call('session.advance', { token: one.token, from: stage }, role)
        expect(view.trials.total, stage).toBe(before)
      }
      const { position } = await one.go(9)
      expect(position).toBe(9)
      expect((await one.open()).trials).toEqual({ position: 9, total: before })
      expect(await listed()).toBe(before)
      expect(await one.go()).toMatchObject({ stage: 'finished', position: before })
      expect((await one.open()).trials.total).toBe(before)
      expect(before).toBe(from === 'images' ? 59 : 66)
    },
  )
})

describe('personal labelling', () => {
  test('goes back and corrects; the correction is a revision and the newest counts', async () => {
    const studio = await openStudio()
    const { id } = await studio.call(
      'studies.create',
      studyConfig(
        { kind: 'personal', checks: null, selection: [5, 3, 8] },
        { imagesPerParticipant: null, checkEvery: 0, practiceTrials: 0, order: 'sequence', balanceClasses: false },
      ),
    )
    const { token } = await studio.call('studies.label', { study: id })
    expect(await studio.call('studies.label', { study: id })).toEqual({ token })
    const me = participant(studio, token)
    expect((await me.open()).trials).toEqual({ position: 0, total: 3 })
    expect([await me.image(false, 0), await me.image(false, 1)]).toEqual([5, 3])
    await me.answer(false, 0)
    await me.answer(false, 1)
    const corrected = me.make(9, false, 0)
    expect(await me.send(corrected)).toMatchObject({ revision: 1, position: 2 })
    expect(await me.send(corrected)).toMatchObject({ revision: 1 })
    expect((await studio.call('session.image', { token, practice: false, trial: 0 })).chosen).toBe(9)
    await me.answer(false, 2)
    // After the last image, too.
    expect(await me.send(me.make(1, false, 2))).toMatchObject({ revision: 1, stage: 'finished' })
    expect(answersOf(studio, 1).map(({ chosen }) => chosen)).toEqual([9, 3, 1])
    await expect(studio.call('studies.remove', { study: id })).rejects.toThrow(/never deleted/)
  })
})

describe('the owner', () => {
  test('excludes, includes and leaves to the rule again, and the ledger keeps it all', async () => {
    const { studio, study, first } = await withStudy({}, { practiceTrials: 0 })
    await (await first()).go(Infinity, [0, 1])
    const excluded = async () => (await studio.call('studies.participants', { study: study.id }))[0]?.excluded
    expect(await excluded()).toBe(true)
    const decide = (verdict: 'exclude' | 'include' | null, reason: string) =>
      studio.call('studies.decide', { study: study.id, participant: 1, verdict, reason })
    expect(await decide('include', 'a slip')).toMatchObject({ verdict: 'include', excluded: false })
    await decide(null, 'on second thoughts')
    expect(await excluded()).toBe(true)
    await studio.call('studies.setThreshold', { study: study.id, threshold: 0.5, reason: 'hard checks' })
    expect(await excluded()).toBe(false)
    expect(await studio.call('studies.ledger', { study: study.id })).toMatchObject([
      { kind: 'verdict', participant: 'P0001', from: 'rule', to: 'include', reason: 'a slip' },
      { kind: 'verdict', participant: 'P0001', from: 'include', to: 'rule', reason: 'on second thoughts' },
      { kind: 'threshold', participant: null, from: '0.75', to: '0.5', reason: 'hard checks' },
    ])
    expect(answersOf(studio, 1)).toHaveLength(24)
  })

  test('cannot change what is shown once somebody has begun, but the pages', async () => {
    const { studio, study, first } = await withStudy()
    const one = await first()
    const protocol = { ...study.protocol, imagesPerParticipant: 10 }
    expect(await studio.call('studies.change', { study: study.id, change: { protocol } })).toMatchObject({
      protocol: { imagesPerParticipant: 10 },
    })
    await one.open()
    await expect(studio.call('studies.change', { study: study.id, change: { protocol } })).rejects.toThrow(/has begun/)
    await studio.call('studies.change', { study: study.id, change: { name: 'renamed', state: 'closed' } })
    expect(await one.open()).toMatchObject({ stage: 'stopped', stopped: 'closed', study: 'renamed' })
    await expect(one.image(true, 0)).rejects.toThrow(/closed/)
    await studio.call('studies.change', { study: study.id, change: { state: 'open' } })
    expect(await one.open()).toMatchObject({ stage: 'practice', stopped: null })
  })

  test('a name is taken once; an impossible study is refused and nothing is left of it', async () => {
    const { studio } = await withStudy()
    await expect(studio.call('studies.create', studyConfig())).rejects.toThrow(/named study already/)
    await expect(
      studio.call('studies.create', studyConfig({ name: 'big' }, { imagesPerParticipant: 61 })),
    ).rejects.toThrow(/Only 60 images/)
    await expect(studio.call('studies.create', studyConfig({ name: 'x', imageSet: 'nowhere' }))).rejects.toThrow(
      /no image set nowhere/,
    )
    expect((await studio.call('studies.list', {})).map(({ name }) => name)).toEqual(['study'])
    await studio.call('studies.remove', { study: 1 })
    expect(await studio.call('studies.list', {})).toEqual([])
  })

  test('a removed study is found by nothing, and taken back as it was until its name is given again', async () => {
    const { studio, study } = await withStudy()
    const [invited] = await studio.call('studies.invite', { study: study.id, count: 1 })
    const before = await studio.call('studies.list', {})
    await studio.call('studies.remove', { study: study.id })
    await expect(studio.call('studies.participants', { study: study.id })).rejects.toThrow(/no such study/)
    await expect(studio.call('session.join', { join: study.joinToken, external: null })).rejects.toThrow(
      /opens no study/,
    )
    expect(await studio.call('studies.restore', { study: study.id })).toEqual(before[0])
    expect(await studio.call('studies.participants', { study: study.id })).toEqual([invited])
    await expect(studio.call('studies.restore', { study: study.id })).rejects.toThrow(/gone for good/)

    await studio.call('studies.remove', { study: study.id })
    await studio.call('studies.create', studyConfig())
    await expect(studio.call('studies.restore', { study: study.id })).rejects.toThrow(/gone for good/)
    expect((await studio.call('studies.list', {})).map(({ id }) => id)).not.toContain(study.id)
  })

  test('withdrawing takes a participant out for good', async () => {
    const { studio, study, first } = await withStudy({}, { practiceTrials: 0 })
    const one = await first()
    await one.go(4)
    expect(await studio.call('session.withdraw', { token: one.token }, { participant: one.token })).toMatchObject({
      stage: 'stopped',
      stopped: 'withdrawn',
    })
    expect(await studio.call('studies.list', {})).toMatchObject([
      { judgments: 0, sessions: { stopped: 1, excluded: 1 } },
    ])
    await expect(
      studio.call('studies.decide', { study: study.id, participant: 1, verdict: null, reason: '' }),
    ).rejects.toThrow(/withdrawn/)
    expect(await studio.call('studies.ledger', { study: study.id })).toMatchObject([
      { kind: 'withdrawn', participant: 'P0001' },
    ])
  })

  test('a recruitment link gives everybody one session, and none to who has begun elsewhere', async () => {
    const { studio, study } = await withStudy()
    const external = { service: 'prolific' as const, participant: '5f3a', study: 's1', session: 'x1' }
    const join = study.joinToken
    const token = (await studio.call('session.join', { join, external }, { join })).token ?? ''
    expect(await studio.call('session.join', { join, external }, { join })).toEqual({ token, waiting: null })
    const other = await studio.call('session.join', { join, external: { ...external, participant: '77' } }, { join })
    expect(other.token).not.toBe(token)
    await participant(studio, token).open()
    await expect(studio.call('session.join', { join, external }, { join })).rejects.toThrow(/taken part already/)
    const infos = await studio.call('studies.participants', { study: study.id })
    expect(infos.map((each) => each.external?.participant)).toEqual(['5f3a', '77'])
    await studio.call('studies.change', { study: study.id, change: { state: 'closed' } })
    await expect(studio.call('session.join', { join, external: null }, { join })).rejects.toThrow(/closed/)
  })

  test('proposes as checks only images on which all judgments agree with the label, the most judged first', async () => {
    const { studio } = await withStudy()
    const propose = (labelSet: string | null, perClass: number) =>
      studio.call('studies.proposeChecks', { imageSet: 'images', labelSet, perClass, seed: 1 })
    // Of class 0: image 10 has most judgments, 30 is unanimous and wrong, 40 is disputed, 0, 20 and 50 are unanimous.
    const judged = someLabels(60, 'judged', 'images', 10)
    const counts = judged.counts ?? new Uint32Array(0)
    counts[10 * 10] = 12
    counts.set([0, 10], 30 * 10)
    counts.set([9, 1], 40 * 10)
    await addToProject(store(studio), [{ ...judged, counts, probabilities: countsToProbabilities(counts, 10) }])
    const { pool, verified } = await propose('judged', 10)
    expect(verified).toBe(true)
    expect(pool.images.filter((image) => image % 10 === 0).sort((x, y) => x - y)).toEqual([0, 10, 20, 50])
    expect((await propose('judged', 1)).pool.images[0]).toBe(10)
    // Without judgments: labelled images of every class, which nobody has verified.
    const guessed = await propose(null, 2)
    expect(guessed).toMatchObject({ verified: false, pool: { imageSet: 'images' } })
    expect(guessed.pool.images.map((image) => image % 10)).toEqual(
      Array.from({ length: 20 }, (_, i) => Math.floor(i / 2)),
    )
  })
})

test('what is published holds the newest judgments, and stays when more come', async () => {
  const { studio, study, invite } = await withStudy({}, { practiceTrials: 0 })
  await expect(publishStudy(store(studio), study.id)).rejects.toThrow(/no judgment/)
  const [one, two] = await invite(2)
  await one?.go()
  const first = await publishStudy(store(studio), study.id)
  expect(first).toMatchObject({ name: 'study', format: 'study', kind: 'labels', count: 60 })
  expect(await studio.call('data.stats', { labelSet: 'study' })).toMatchObject({
    judgments: 20,
    annotators: 1,
    excluded: 0,
  })
  await two?.go(Infinity, [0, 1, 2])
  expect(await publishStudy(store(studio), study.id)).toMatchObject({ name: 'study-2' })
  expect(await studio.call('data.stats', { labelSet: 'study-2' })).toMatchObject({
    judgments: 20,
    annotators: 2,
    excluded: 1,
  })
  expect(await studio.call('data.stats', { labelSet: 'study' })).toMatchObject({ annotators: 1 })
  const info = store(studio).labelSets.find('study')
  const judgments = store(studio).labelSets.judgments.read(info?.id ?? 0)
  expect(judgments?.count).toBe(24)
  expect(judgments?.session?.slot.every((slot) => slot < 10)).toBe(true)
  expect(store(studio).labelSets.judgments.annotators(info?.id ?? 0)?.layout?.[0]).toEqual(one?.seen().layout)
})

describe('an export while people are still at it', () => {
  test.each(['cifar10h-raw', 'tidy', 'jsonl'] as const)(
    'as %s comes home with the same counts, decisions by hand included',
    async (format) => {
      const { studio, study, invite } = await withStudy({}, { practiceTrials: 0 })
      const people = await invite(5)
      for (const [at, each] of people.entries())
        await each.go(at === 4 ? 9 : Infinity, at === 1 || at === 2 ? [0, 1] : [])
      await studio.call('studies.decide', { study: study.id, participant: 1, verdict: 'exclude', reason: 'asleep' })
      await studio.call('studies.decide', { study: study.id, participant: 2, verdict: 'include', reason: 'known well' })
      const out = join(studio.folder, 'exports', 'export.txt')
      const { rows } = await studio.call('studies.export', { study: study.id, format, out, identifiers: false })
      expect(rows).toBe(4 * 24 + 9)
      const [labels] = (await readPath(out)) as LabelSetData[]
      await publishStudy(store(studio), study.id)
      const published = store(studio).labelSets.arrays(store(studio).labelSets.find('study')?.id ?? 0)
      expect(labels?.counts).toEqual(published.counts)
      expect(labels).toMatchObject({ imageSet: 'images', images: 60 })
      const about = readFileSync(`${out}.about.json`, 'utf8')
      expect(JSON.parse(about)).toMatchObject({
        rules: {
          threshold: 0.75,
          byHand: [
            { annotator: 'P0001', verdict: 'exclude', reason: 'asleep' },
            { annotator: 'P0002', verdict: 'include', reason: 'known well' },
          ],
        },
      })
    },
  )

  test('names nobody unless it is asked to', async () => {
    const { studio, study } = await withStudy({}, { practiceTrials: 0 })
    const external = { service: 'prolific' as const, participant: 'a-person-of-flesh', study: 'st', session: 'se' }
    const joined = await studio.call('session.join', { join: study.joinToken, external }, { join: study.joinToken })
    const token = joined.token ?? ''
    await participant(studio, token).go()
    const written = async (identifiers: boolean) => {
      const out = join(studio.folder, 'exports', `named-${identifiers}.csv`)
      await studio.call('studies.export', { study: study.id, format: 'tidy', out, identifiers })
      return ['', '.about.json', '.participants.csv'].map((ending) => readFileSync(out + ending, 'utf8')).join('\n')
    }
    const anonymous = await written(false)
    const session = store(studio).sessions.byToken(token)
    for (const secret of [
      'a-person-of-flesh',
      token,
      study.joinToken,
      'prolific',
      ENVIRONMENT.browser,
      session?.startedAt ?? '?',
    ])
      expect(anonymous).not.toContain(secret)
    expect(anonymous).toContain('P0001')
    const [labels] = (await readPath(join(studio.folder, 'exports', 'named-false.csv'))) as LabelSetData[]
    expect(labels?.judgments?.session?.answeredAt.every((at) => at === 0)).toBe(true)
    const named = await written(true)
    expect(named).toContain('a-person-of-flesh')
    expect(named).not.toContain(token)
  })
})
