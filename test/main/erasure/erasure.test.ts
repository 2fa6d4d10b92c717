/** Erasing a participant: what is gone, what was computed again, what is left in the files, and what a kill leaves. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { readPath } from '../../../src/formats/read'
import { requireUnchanged } from '../../../src/main/runs/inputs'
import { aggregateLabels } from '../../../src/main/labels/aggregation'
import { eraseAnnotator, eraseParticipant } from '../../../src/main/erasure/participant'
import { addToProject } from '../../../src/main/labels/addToProject'
import { publishStudy } from '../../../src/main/study/publish'
import { studyStates } from '../../../src/main/study/state'
import { Tallies } from '../../../src/main/study/tallies'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import { writeConfig } from '../../../src/main/storage/runFiles'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { openStudio, participant, type Studio } from '../studySetup'
import { someImages, someLabels, temporaryFolder } from '../temporary'

const EXTERNAL = 'prolific-5f2a-external-identifier'
const BROWSER = 'Mozilla/5.0 (a browser like no other) Rare/77.1'
const decision = { decidedBy: 'The ethics board', reason: 'Asked for by letter.' }
const storeOf = (studio: Studio) => studio.services.project.store()

/** Four participants of whom the second, recruited by a service, is to be erased. */
async function crowd() {
  const studio = await openStudio()
  const study = await studio.call('studies.create', studyConfig())
  const join_ = async (external: string) => {
    const { token } = await studio.call('session.join', {
      join: study.joinToken,
      external: { service: 'prolific', participant: external, study: 's', session: 'x' },
    })
    return participant(studio, token ?? 'nobody')
  }
  const first = await join_('somebody-else-1')
  const second = await join_(EXTERNAL)
  const role = { participant: second.token }
  await studio.call('session.open', { token: second.token, environment: { ...ENVIRONMENT, browser: BROWSER } }, role)
  const third = await join_('somebody-else-3')
  for (const each of [first, second, third]) await each.go(Infinity, each === second ? [0] : [])
  const erase = () => studio.call('studies.erase', { study: study.id, participant: 2, ...decision })
  return { studio, study, first, second, third, erase, join: join_ }
}

/** Names of the files in a folder that hold any of these texts. */
function filesHolding(folder: string, ...texts: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    if (!statSync(join(folder, name)).isFile()) return false
    const bytes = readFileSync(join(folder, name))
    return texts.some((text) => bytes.includes(text))
  })
}

const publish = (studio: Studio, study: number) => publishStudy(storeOf(studio), study)
function labels(store: ProjectStore, name: string) {
  const set = store.labelSets.find(name)
  if (!set) throw new Error(`no label set ${name}`)
  const { judgments } = store.labelSets
  return {
    set,
    arrays: store.labelSets.arrays(set.id),
    judgments: judgments.read(set.id),
    annotators: judgments.annotators(set.id),
  }
}

describe('the participant', () => {
  test('is gone from the study with everything that identifies, and a tombstone is left', async () => {
    const { studio, study, second, erase } = await crowd()
    await studio.call('studies.decide', {
      study: study.id,
      participant: 2,
      verdict: 'exclude',
      reason: 'Jane Doe, room 12',
    })
    const changes: unknown[] = []
    studio.services.events.subscribe((name, payload) => name === 'study.changed' && changes.push(payload))
    const practice = Number(
      new Database(join(studio.folder, 'project.sqlite'), { readonly: true })
        .prepare('SELECT count(*) FROM practice_answers p JOIN sessions s ON s.id = p.session WHERE number = 2')
        .pluck()
        .get(),
    )
    expect(practice).toBeGreaterThan(0)
    expect(await erase()).toMatchObject({ answers: 24, practiceAnswers: practice, recalculated: [], outdated: [] })
    expect((await studio.call('studies.participants', { study: study.id })).map(({ code }) => code)).toEqual([
      'P0001',
      'P0003',
    ])
    expect(await studio.call('studies.erasures', { study: study.id })).toEqual([
      { number: 2, at: expect.any(String), answers: 24, practiceAnswers: practice, ...decision },
    ])
    const ledger = await studio.call('studies.ledger', { study: study.id })
    expect(ledger.map(({ kind, participant: code, to, reason }) => ({ kind, code, to, reason }))).toEqual([
      { kind: 'verdict', code: 'P0002', to: 'exclude', reason: '' },
      { kind: 'erased', code: 'P0002', to: '24', reason: 'Decided by The ethics board. Asked for by letter.' },
    ])
    const open = (token: string) => studio.call('session.open', { token, environment: ENVIRONMENT })
    const words = 'This link opens no session.'
    await expect(open('x'.repeat(32))).rejects.toThrow(words)
    await expect(open(second.token)).rejects.toThrow(words)
    expect(studio.services.studies.roleOf(second.token)).toBeNull()
    await vi.waitFor(() => expect(changes.length).toBeGreaterThan(0))
    await expect(erase()).rejects.toThrow(/P0002 was erased already, on \d{4}-/)
    const nobody = { study: study.id, participant: 77, ...decision }
    await expect(studio.call('studies.erase', nobody)).rejects.toThrow(/no such participant/)
    await expect(studio.call('studies.erase', { ...nobody, decidedBy: ' ' })).rejects.toThrow(/>=1|too small|at least/i)
  })

  test('leaves numbers that are never given again, even when the last one is erased', async () => {
    const { studio, study, join } = await crowd()
    await studio.call('studies.erase', { study: study.id, participant: 3, ...decision })
    await join('a-new-person')
    const people = await studio.call('studies.participants', { study: study.id })
    expect(people.map(({ code }) => code)).toEqual(['P0001', 'P0002', 'P0004'])
  })

  test('frees the images: whoever comes next draws them, in this process and after reopening', async () => {
    const { studio, study, erase } = await crowd()
    const before = (await studio.call('studies.list', {}))[0]
    await erase()
    const after = (await studio.call('studies.list', {}))[0]
    expect(before?.judgments).toBe(60)
    expect(after).toMatchObject({ judgments: 40, sessions: { finished: 2 } })
    const store = storeOf(studio)
    const row = store.studies.get(study.id)
    if (!row) throw new Error('the study is gone')
    const afresh = new Tallies(store, row, 60)
    expect(afresh.answered.reduce((sum, n) => sum + n, 0)).toBe(40)
    // Somebody new gets the twenty images that nobody has judged now, and all are judged once again.
    const { token } = await studio.call('session.join', { join: study.joinToken, external: null })
    await participant(studio, token ?? 'nobody').go()
    expect((await studio.call('studies.list', {}))[0]?.judgmentsPerImage).toEqual({ min: 1, max: 1, mean: 1 })
    expect((await studio.call('studies.quality', { study: study.id, threshold: 0.75 })).rows).toHaveLength(3)
  })
})

describe('label sets', () => {
  test('published from the study are computed again, say so, and equal one published afterwards', async () => {
    const { studio, study, erase } = await crowd()
    const store = storeOf(studio)
    await publish(studio, study.id)
    await aggregateLabels(store, 'study', 'counts')
    await aggregateLabels(store, 'study', 'wawa')
    await aggregateLabels(store, 'study', 'dawid-skene')
    const ds = labels(store, 'study-dawid-skene')
    const judged = async () =>
      ((await studio.call('labels.judged', { labelSet: 'study' })) ?? []).reduce((sum, n) => sum + n, 0)
    // Read once before, as an open window does: nothing that was kept may be told afterwards.
    expect(await judged()).toBe(60)
    const digest = labels(store, 'study').set.digest
    expect(await erase()).toMatchObject({
      recalculated: ['study', 'study-counts', 'study-wawa'],
      outdated: ['study-dawid-skene'],
    })
    const now = labels(store, 'study')
    expect(now.set).toMatchObject({ judgments: 40, annotators: 2, excluded: 0 })
    expect(now.set.digest).not.toBe(digest)
    expect(now.set.report).toEqual([
      '40 judgments by 2 participants.',
      expect.stringMatching(/^0 participants excluded/),
      '20 images have no judgment; their distribution is uniform.',
      expect.stringMatching(/^\d{4}-\d\d-\d\d: 24 judgments by one annotator were erased/),
    ])
    expect(now.annotators?.code).toEqual(['P0001', 'P0003'])
    expect(await judged()).toBe(40)
    expect(labels(store, 'study-counts').arrays.counts).toEqual(now.arrays.counts)
    expect(labels(store, 'study-wawa').set.report.at(-1)).toMatch(/24 judgments by one annotator were erased/)
    expect(labels(store, 'study-dawid-skene').arrays).toEqual(ds.arrays)
    expect(labels(store, 'study-dawid-skene').set.report.at(-1)).toMatch(/Aggregate study again/)
    // Every image's own judgments, whose rows have a gap now.
    for (let image = 0; image < 60; image++) {
      const { judgments } = await studio.call('labels.image', { labelSet: 'study', image })
      const counts = now.arrays.counts?.subarray(image * 10, image * 10 + 10).reduce((sum, n) => sum + n, 0)
      expect(judgments).toHaveLength(counts ?? -1)
      for (const { answeredAt } of judgments) expect(Date.parse(answeredAt ?? '')).toBeGreaterThan(1e12)
    }
    // The same judgments published now are the set that is there.
    expect(await publish(studio, study.id)).toMatchObject({
      name: 'study',
      report: expect.arrayContaining(['Already in the project, byte for byte: nothing was added.']),
    })
    expect(store.labelSets.list().map(({ name }) => name)).toHaveLength(4)
  })

  test('of an earlier version, and exports imported again, are found by what they hold; others of that code stay', async () => {
    const { studio, study, erase } = await crowd()
    const store = storeOf(studio)
    await publish(studio, study.id)
    const raw = new Database(join(studio.folder, 'project.sqlite'))
    raw.exec('UPDATE label_sets SET study = NULL')
    raw.close()
    const out = join(temporaryFolder(), 'again.csv')
    await studio.call('studies.export', { study: study.id, format: 'tidy', out, identifiers: true })
    const read = await readPath(out)
    await addToProject(
      store,
      read.map((item) => ({ ...item, name: 'again' })),
    )
    // Another study's P0002, with other answers.
    const other = await studio.call('studies.create', studyConfig({ name: 'other', seed: 99 }))
    const tokens = await studio.call('studies.invite', { study: other.id, count: 2 })
    for (const { token } of tokens) await participant(studio, token).go()
    await publish(studio, other.id)
    const untouched = labels(store, 'other')
    expect((await erase()).recalculated).toEqual(['study', 'again'])
    for (const name of ['study', 'again']) expect(labels(store, name).annotators?.code).toEqual(['P0001', 'P0003'])
    expect(labels(store, 'again').arrays).toEqual(labels(store, 'study').arrays)
    expect(labels(store, 'other')).toEqual(untouched)
  })

  test('whose excluded annotator is erased keep their distributions, and what was made of them stays as it is', async () => {
    const { studio, study, erase } = await crowd()
    const store = storeOf(studio)
    await studio.call('studies.decide', {
      study: study.id,
      participant: 2,
      verdict: 'exclude',
      reason: 'Named Jane Doe',
    })
    await publish(studio, study.id)
    await aggregateLabels(store, 'study', 'mace')
    const before = labels(store, 'study')
    const mace = labels(store, 'study-mace')
    expect(JSON.stringify(store.labelSets.rules(before.set.id))).toContain('Jane Doe')
    expect(await erase()).toMatchObject({ recalculated: ['study'], outdated: [] })
    const after = labels(store, 'study')
    expect(after.arrays).toEqual(before.arrays)
    expect(after.set).toMatchObject({ digest: before.set.digest, annotators: 2, excluded: 0 })
    expect(store.labelSets.rules(after.set.id).verdicts).toEqual([])
    expect(labels(store, 'study-mace')).toEqual(mace)
  })

  test('read from a file lose an annotator by code in the same way', async () => {
    const { studio, study, erase } = await crowd()
    const store = storeOf(studio)
    const out = join(temporaryFolder(), 'raw.csv')
    await studio.call('studies.export', { study: study.id, format: 'cifar10h-raw', out, identifiers: false })
    const other = openProject(join(temporaryFolder(), 'other'))
    onTestFinished(() => other.close())
    const [data] = await readPath(out)
    if (data?.kind !== 'labels') throw new Error('no labels were read')
    await addToProject(other, [{ ...data, name: 'raw', imageSet: 'images' }])
    const { set, annotators } = labels(other, 'raw')
    const annotator = annotators?.code.indexOf('P0002') ?? -1
    const { answers } = other.transaction(() => eraseAnnotator(other, { set, annotator }, decision))
    await erase()
    await publish(studio, study.id)
    expect(answers).toBe(24)
    expect(labels(other, 'raw').arrays).toEqual(labels(store, 'study').arrays)
    expect(other.erasures.newest()).toBe(1)
  })

  test('a publication and an aggregation under way when somebody is erased do not bring the judgments back', async () => {
    const { studio, study, erase } = await crowd()
    const store = storeOf(studio)
    let erased = false
    const meanwhile = async () => {
      if (erased) return
      erased = true
      await erase()
    }
    // Between the reading and the transaction.
    await publishStudy(store, study.id, { onProgress: ({ label }) => label.startsWith('Adding') && void meanwhile() })
    expect(labels(store, 'study').annotators?.code).toEqual(['P0001', 'P0003'])
    const others: unknown[] = []
    const aggregation = aggregateLabels(store, 'study', 'counts', {
      onProgress({ label }) {
        if (label.startsWith('Adding') && others.length === 0)
          others.push(studio.services.erasure.erase({ study: study.id, participant: 3, ...decision }))
      },
    })
    await expect(aggregation).rejects.toThrow(/erased while study was being aggregated/)
    await Promise.all(others)
    expect(store.labelSets.find('study-counts')).toBeNull()
  })

  test('a run that was paused on them is refused with the reason; finished ones keep what they have', async () => {
    const { studio, study, erase } = await crowd()
    const store = storeOf(studio)
    await publish(studio, study.id)
    const images = store.imageSets.find('images')
    const dataNow = () => ({ images: images!, labels: labels(store, 'study').set, further: [] }) // inserted by crowd()
    const folder = store.runFolder(1)
    mkdirSync(folder, { recursive: true })
    writeConfig(folder, { name: 'whatever' } as never, dataNow())
    await erase()
    // Without a state it begins anew.
    expect(() => requireUnchanged(store, 1, dataNow())).not.toThrow()
    writeFileSync(join(folder, 'checkpoint'), 'x')
    expect(() => requireUnchanged(store, 1, dataNow())).toThrow(
      /^Run 1 cannot be resumed: study is no longer what the run began with\. Judgments were erased from it on \d{4}-/,
    )
    writeConfig(folder, { name: 'whatever' } as never, dataNow())
    expect(() => requireUnchanged(store, 1, dataNow())).not.toThrow()
  })
})

describe('the files', () => {
  test('hold nothing of the participant afterwards: database, log and backups', async () => {
    const { studio, study, second, erase } = await crowd()
    await publish(studio, study.id)
    mkdirSync(join(studio.folder, 'backups'))
    copyFileSync(join(studio.folder, 'project.sqlite'), join(studio.folder, 'backups', '2026-11-01-v6.sqlite'))
    writeFileSync(join(studio.folder, 'backups', 'notes.txt'), 'mine')
    const texts = [EXTERNAL, BROWSER, second.token]
    // In the log too, before.
    expect(filesHolding(studio.folder, ...texts)).toContain('project.sqlite-wal')
    expect(await erase()).toMatchObject({ backups: 1, clean: false })
    // Participants were at work a moment ago: it is done in their pause.
    await vi.waitFor(() => expect(filesHolding(studio.folder, ...texts)).toEqual([]), 20_000)
    expect(readdirSync(join(studio.folder, 'backups'))).toEqual(['notes.txt'])
    expect(filesHolding(studio.folder, 'somebody-else-1')).toEqual(['project.sqlite'])
  }, 40_000)

  test('are cleaned while participants answer, and none of their answers is lost', async () => {
    const { studio, second, erase, join } = await crowd()
    const fourth = await join('somebody-else-4')
    await fourth.go(2)
    expect(await erase()).toMatchObject({ clean: false })
    await fourth.go(6)
    await vi.waitFor(() => expect(filesHolding(studio.folder, second.token)).toEqual([]), 20_000)
    expect(await fourth.go()).toEqual({ stage: 'finished', position: 24 })
    expect(storeOf(studio).answers.ofSession(4)).toHaveLength(24)
  }, 40_000)

  test('wait for a reader of the older state, and are cleaned when it is gone', async () => {
    const { studio, second } = await crowd()
    await studio.services.close()
    const store = openProject(studio.folder)
    onTestFinished(() => store.close())
    const reader = new Database(join(studio.folder, 'project.sqlite'))
    reader.exec('BEGIN; SELECT count(*) FROM sessions')
    const states = studyStates(store)
    store.transaction(() => eraseParticipant(states, states.get(1).study, 2, decision))
    expect(store.cleanUp()).toBe(false)
    reader.close()
    expect(store.cleanUp()).toBe(true)
    expect(filesHolding(studio.folder, EXTERNAL, second.token)).toEqual([])
    expect(store.cleanUp()).toBe(true)
  })

  /** What a kill at this moment would leave: the files as they are. */
  function leftBehind(folder: string): string {
    const copy = join(temporaryFolder(), 'project')
    mkdirSync(join(copy, 'backups'), { recursive: true })
    for (const name of ['project.sqlite', 'project.sqlite-wal'])
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
    copyFileSync(join(copy, 'project.sqlite'), join(copy, 'backups', 'before.sqlite'))
    return copy
  }

  test('after a kill in the transaction nothing is erased; after one behind it the next opening finishes', async () => {
    const { studio, study, second } = await crowd()
    await publish(studio, study.id)
    const store = storeOf(studio)
    const states = studyStates(store)
    let during = ''
    store.transaction(() => {
      eraseParticipant(states, states.get(study.id).study, 2, decision)
      during = leftBehind(studio.folder)
    })
    const behind = leftBehind(studio.folder)

    const whole = openProject(during)
    expect(whole.notices.filter((text) => text.includes('erased'))).toEqual([])
    expect(whole.sessions.byToken(second.token)?.position).toBe(24)
    expect(whole.erasures.ofStudy(study.id)).toEqual([])
    expect(labels(whole, 'study').annotators?.code).toHaveLength(3)
    expect(readdirSync(join(during, 'backups'))).toEqual(['before.sqlite'])
    whole.close()

    expect(filesHolding(behind, EXTERNAL, second.token)).not.toEqual([])
    const finished = openProject(behind)
    expect(finished.notices.join()).toMatch(/bytes of a participant who was erased: they are removed now/)
    expect(filesHolding(behind, EXTERNAL, BROWSER, second.token)).toEqual([])
    expect(readdirSync(join(behind, 'backups'))).toEqual([])
    expect(finished.erasures.ofStudy(study.id)).toHaveLength(1)
    finished.close()
    const again = openProject(behind)
    expect(again.notices.filter((text) => text.includes('erased'))).toEqual([])
    again.close()
  })

  test('exported into the project before are named, to be deleted by hand', async () => {
    const { studio, study, erase } = await crowd()
    const out = join(studio.folder, 'exports', 'pilot.csv')
    await studio.call('studies.export', { study: study.id, format: 'tidy', out, identifiers: true })
    writeFileSync(join(studio.folder, 'mine.about.json'), '{ not ours')
    const { exports } = await erase()
    expect(exports).toEqual([out, `${out}.participants.csv`])
    const later = join(temporaryFolder(), 'later.csv')
    await studio.call('studies.export', { study: study.id, format: 'tidy', out: later, identifiers: true })
    expect(readFileSync(later, 'utf8')).not.toContain('P0002')
    expect(readFileSync(`${later}.participants.csv`, 'utf8')).not.toContain(EXTERNAL)
  })
})

test('a project of an earlier version learns which set was aggregated from which', async () => {
  const folder = join(temporaryFolder(), 'project')
  const store = openProject(folder)
  await addToProject(store, [
    someImages(20, 'images'),
    someLabels(20, 'a, b', 'images'),
    someLabels(20, 'a, b-counts', 'images'),
  ])
  await aggregateLabels(store, 'a, b', 'majority')
  store.close()
  const raw = new Database(join(folder, 'project.sqlite'))
  raw.exec(`DROP TABLE erased_labels; DROP TABLE erasures; ALTER TABLE label_sets DROP COLUMN study;
    ALTER TABLE label_sets DROP COLUMN derived_from; ALTER TABLE label_sets DROP COLUMN method; PRAGMA user_version = 6`)
  raw.close()
  const again = openProject(folder)
  onTestFinished(() => again.close())
  const id = (name: string) => again.labelSets.find(name)?.id ?? 0
  expect(again.labelSets.origin(id('a, b-majority'))).toEqual({
    study: null,
    derivedFrom: id('a, b'),
    method: 'majority',
  })
  expect(again.labelSets.origin(id('a, b-counts'))).toEqual({ study: null, derivedFrom: null, method: null })
})
