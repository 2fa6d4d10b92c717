/** Simulated participants by the thousand: even, repeatable, whole, and as close to their truth as chance allows. */
import { describe, expect, test } from 'vitest'
import { CONFUSION_IN_WORDS } from '../../../src/domain/study/simulation'
import { DEFAULT_MIX, PAPER_PROTOCOL, PERSONAL_PROTOCOL, type SimulatedMix } from '../../../src/domain/study'
import { addToProject } from '../../../src/main/labels/addToProject'
import { readAll } from '../../../src/main/labels/readSources'
import { publishStudy } from '../../../src/main/study/publish'
import { qualityOf } from '../../../src/main/study/quality'
import { simulateStudy } from '../../../src/main/study/simulate'
import { makeSimulatedStudy } from '../../../src/main/study/simulatedStudy'
import { studyStates } from '../../../src/main/study/state'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import { shared } from '../../support/shared'
import { CAREFUL, HALF_AND_HALF, loads, someProject, someStudy } from '../simulated'
import { someImages, someLabels, temporaryFolder } from '../temporary'

const finished = (store: ProjectStore, study: number) =>
  store.sessions.ofStudy(study).filter(({ stage, finishedAt }) => stage === 'finished' && finishedAt !== null)

/** Everything stored about the answers of a study but the moment at which they were stored. */
const answersOf = (store: ProjectStore, study: number) =>
  store.sessions.ofStudy(study).map(({ id, layout, checks, checksCorrect, simulated }) => ({
    layout,
    checks,
    checksCorrect,
    simulated,
    plan: store.sessions.plan(id),
    answers: store.answers.ofSession(id).map(({ answeredAt: _, ...answer }) => answer),
  }))

describe('a simulated study', () => {
  test('as many judgments per image as the published study: evenly spread, off the truth by little more than chance', async () => {
    const store = await someProject(1000)
    const { id } = someStudy(store)
    const simulated = await simulateStudy(store, { study: id, participants: 257, seed: 1, mix: CAREFUL })
    expect(simulated).toMatchObject({ participants: 257, excluded: 0, judgments: 257 * 200, truth: 'people' })
    const { measured, sampling } = simulated.totalVariation
    expect(Math.abs(measured - sampling)).toBeLessThan(0.005)
    expect(sampling).toBeGreaterThan(0.02)
    await publishStudy(store, id)
    const spread = loads(store, 'study')
    expect([Math.min(...spread), Math.max(...spread)]).toEqual([51, 52])
  }, 120_000)

  test('excluded participants are replaced by others: the spread stays even', async () => {
    const store = await someProject(1000)
    const { id } = someStudy(store)
    const simulated = await simulateStudy(store, { study: id, participants: 100, seed: 1, mix: HALF_AND_HALF })
    expect(simulated.excluded).toBe(50)
    expect(simulated.judgments).toBe(50 * 200)
    await publishStudy(store, id)
    const spread = loads(store, 'study')
    expect(spread.reduce((sum, n) => sum + n, 0)).toBe(simulated.judgments)
    expect(Math.max(...spread) - Math.min(...spread)).toBeLessThanOrEqual(2)
  }, 120_000)

  test('the same seed gives the same judgments and the same label set, another seed others', async () => {
    const made = async (seed: number) => {
      const store = await someProject(400)
      const { id, config } = makeSimulatedStudy(store, 'judged', seed)
      const simulated = await simulateStudy(store, { study: id, participants: 30, seed, mix: DEFAULT_MIX })
      const { name } = await publishStudy(store, id)
      return { simulated, config, answers: answersOf(store, id), digest: store.labelSets.find(name)?.digest }
    }
    const [first, again, other] = [await made(4), await made(4), await made(5)]
    expect(again).toEqual(first)
    expect(other.digest).not.toBe(first.digest)
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/)
  }, 60_000)

  test('every participant did the whole protocol: practice apart, ten checks, 20 images of each class, none twice', async () => {
    const store = await someProject(400)
    const { id } = someStudy(store)
    await simulateStudy(store, { study: id, participants: 12, seed: 2, mix: HALF_AND_HALF })
    const sessions = finished(store, id)
    expect(sessions).toHaveLength(12)
    for (const { id: session, kind, layout, practiceTrials, checks, elapsedMs } of sessions) {
      expect([kind, checks, practiceTrials]).toEqual(['simulated', 10, 10])
      expect(layout?.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      const answers = store.answers.ofSession(session)
      expect(answers.map(({ trial }) => trial)).toEqual(Array.from({ length: 210 }, (_, k) => k))
      expect(answers.filter(({ isCheck }) => isCheck).map(({ trial }) => trial % 21)).toEqual(
        Array<number>(10).fill(20),
      )
      const judged = answers.filter(({ isCheck }) => !isCheck)
      expect(new Set(judged.map(({ image }) => image)).size).toBe(200)
      for (let c = 0; c < 10; c++) expect(judged.filter(({ image }) => image % 10 === c)).toHaveLength(20)
      for (const { chosen, slot, image, truth, revision } of answers) {
        expect([layout?.[slot], image % 10, revision]).toEqual([chosen, truth, 0])
      }
      // The clock only goes on, each image as long as its reaction took.
      answers.forEach(({ onsetMs, reactionTimeMs, elapsedMs: at }, k) => {
        expect(at).toBeCloseTo(onsetMs + reactionTimeMs, 6)
        expect(onsetMs).toBeGreaterThan(answers[k - 1]?.elapsedMs ?? 0)
      })
      expect(elapsedMs).toBe(answers.at(-1)?.elapsedMs)
      expect(store.answers.newestPractice(session, 9)).toMatchObject({ image: expect.any(Number) })
    }
  }, 60_000)

  test('the quality table tells the kinds apart: by checks, position bias, agreement and reaction time', async () => {
    const store = await someProject(400)
    const { id } = someStudy(store)
    const mix = { careful: 0.4, hurried: 0.2, onePosition: 0.2, random: 0.2 }
    await simulateStudy(store, { study: id, participants: 40, seed: 2, mix })
    const kinds = new Map(store.sessions.ofStudy(id).map(({ number, simulated }) => [number, simulated ?? '']))
    const { rows, now } = qualityOf(studyStates(store))(id, 0.75)
    const of = (kind: string) => rows.filter(({ number }) => kinds.get(number) === kind)
    expect(['careful', 'hurried', 'onePosition', 'random'].map((kind) => of(kind).length)).toEqual([16, 8, 8, 8])
    const careless = [...of('onePosition'), ...of('random')]
    for (const { checkScore, excluded } of careless) expect([(checkScore ?? 1) < 0.75, excluded]).toEqual([true, true])
    for (const { checkScore } of of('careful')) expect(checkScore).toBeGreaterThanOrEqual(0.9)
    expect(of('hurried').filter(({ excluded }) => excluded).length).toBeLessThanOrEqual(1)
    expect(now.excluded).toBeGreaterThanOrEqual(16)
    // All of one slot, where labels lay on all ten about equally.
    for (const { positionBias } of of('onePosition')) expect(positionBias).toBeGreaterThan(0.8)
    for (const row of rows) if (kinds.get(row.number) !== 'onePosition') expect(row.positionBias).toBeLessThan(0.3)
    const mean = (kind: string, value: 'agreement' | 'medianReactionTimeMs') =>
      of(kind).reduce((sum, row) => sum + (row[value] ?? NaN), 0) / of(kind).length
    expect(mean('careful', 'agreement')).toBeGreaterThan(mean('random', 'agreement') + 0.4)
    expect(mean('careful', 'medianReactionTimeMs')).toBeGreaterThan(mean('hurried', 'medianReactionTimeMs') + 200)
  }, 60_000)

  test('a protocol without checks and practice, every image in order, is gone through too; nobody is excluded', async () => {
    const store = await someProject(200)
    const { id } = someStudy(store, { kind: 'personal', protocol: PERSONAL_PROTOCOL, checks: null, practice: null })
    const simulated = await simulateStudy(store, { study: id, participants: 4, seed: 1, mix: HALF_AND_HALF })
    expect(simulated).toMatchObject({ participants: 4, excluded: 0, judgments: 800 })
    for (const { answers } of answersOf(store, id))
      expect(answers.map(({ image }) => image)).toEqual(Array.from({ length: 200 }, (_, image) => image))
  })

  test('goes on in a study that has participants, and answers about the new ones only', async () => {
    const store = await someProject(400)
    const { id } = someStudy(store)
    const first = await simulateStudy(store, { study: id, participants: 10, seed: 2, mix: CAREFUL })
    const second = await simulateStudy(store, { study: id, participants: 10, seed: 2, mix: CAREFUL })
    expect([first.judgments, second.judgments]).toEqual([2000, 2000])
    await publishStudy(store, id)
    expect(loads(store, 'study')).toEqual(Array<number>(400).fill(10))
    const [one, other] = [0, 10].map((at) =>
      answersOf(store, id)
        [at]?.answers.slice(0, 5)
        .map(({ reactionTimeMs }) => reactionTimeMs),
    )
    expect(one).not.toEqual(other)
  }, 60_000)
})

describe('the truth', () => {
  const words = async (store: ProjectStore, study: number) =>
    (await simulateStudy(store, { study, participants: 1, seed: 1, mix: CAREFUL })).truth

  test('is the newest published label set, not what a study or an aggregation made, nor of other images', async () => {
    const store = await someProject(200)
    await addToProject(store, [
      someLabels(200, 'newer', 'judged', 9),
      { ...someLabels(200, 'own', 'judged'), format: 'aggregate' },
      someLabels(60, 'theirs', 'obvious'),
    ])
    expect(await words(store, someStudy(store).id)).toBe('newer')
  })

  test('is a stated confusion matrix where nothing is published, and unlabelled images are judged too', async () => {
    const store = await someProject(200, null)
    expect(await words(store, someStudy(store).id)).toBe(CONFUSION_IN_WORDS)
    const unlabelled = { ...someImages(50, 'unlabelled', 9), labels: new Uint8Array(50).fill(255) }
    await addToProject(store, [unlabelled])
    const protocol = { ...PAPER_PROTOCOL, imagesPerParticipant: 50, balanceClasses: false }
    const study = someStudy(store, { name: 'other', imageSet: 'unlabelled', protocol })
    const { judgments } = await simulateStudy(store, { study: study.id, participants: 2, seed: 1, mix: CAREFUL })
    expect(judgments).toBe(100)
  })
})

describe('refusals and interruptions', () => {
  const wrong: [string, Partial<SimulatedMix>][] = [
    ['below 1', { careful: 0.5 }],
    ['above 1', { random: 0.3 }],
    ['negative', { careful: 1.1, random: -0.1 }],
  ]
  test.each(wrong)('shares %s are refused before anything is stored', async (_, change) => {
    const store = await someProject(200)
    const { id } = someStudy(store)
    const mix = { ...CAREFUL, ...change }
    await expect(simulateStudy(store, { study: id, participants: 3, seed: 1, mix })).rejects.toMatchObject({
      kind: 'bad-input',
    })
    expect(store.sessions.ofStudy(id)).toEqual([])
  })

  test('an unknown study and a closed one are refused', async () => {
    const store = await someProject(200)
    const study = someStudy(store)
    store.studies.update({ ...study, state: 'closed' })
    const request = { participants: 1, seed: 1, mix: CAREFUL }
    await expect(simulateStudy(store, { ...request, study: study.id })).rejects.toMatchObject({ kind: 'conflict' })
    await expect(simulateStudy(store, { ...request, study: 99 })).rejects.toMatchObject({ kind: 'not-found' })
    expect(store.sessions.ofStudy(study.id)).toEqual([])
  })

  test('stopping leaves complete participants only, and the study goes on from there', async () => {
    const store = await someProject(400)
    const { id } = someStudy(store)
    const abort = new AbortController()
    const told: number[] = []
    const onProgress = ({ done }: { done: number }) => {
      told.push(done)
      if (done >= 20) abort.abort()
    }
    const stopped = simulateStudy(
      store,
      { study: id, participants: 200, seed: 1, mix: CAREFUL },
      { signal: abort.signal, onProgress },
    )
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    const through = finished(store, id).length
    expect(through).toBe(told.at(-1))
    expect(store.sessions.ofStudy(id)).toHaveLength(through)
    for (const { id: session } of finished(store, id)) expect(store.answers.ofSession(session)).toHaveLength(210)
    await simulateStudy(store, { study: id, participants: 40 - through, seed: 1, mix: CAREFUL })
    await publishStudy(store, id)
    expect(loads(store, 'study')).toEqual(Array<number>(400).fill(20))
  }, 60_000)
})

describe('the study that is made where none is named', () => {
  test('is the paper’s, with checks from images on which all judgments agree', async () => {
    const labels = someLabels(400, 'people', 'judged')
    // Everybody agrees on the images from 100 on.
    for (let image = 100; image < 400; image++)
      labels.counts
        ?.fill(0, image * 10, image * 10 + 10)
        .fill(10, image * 10 + (image % 10), image * 10 + (image % 10) + 1)
    const store = await someProject(400, labels)
    const { config } = makeSimulatedStudy(store, 'judged', 6)
    expect(config).toMatchObject({ name: 'simulated-6', seed: 6, imageSet: 'judged', protocol: PAPER_PROTOCOL })
    const { checks, practice } = config
    expect(checks?.imageSet).toBe('judged')
    expect([checks?.images.length, practice?.images.length]).toEqual([200, 20])
    for (const image of [...(checks?.images ?? []), ...(practice?.images ?? [])])
      expect(image).toBeGreaterThanOrEqual(100)
    expect(checks?.images.filter((image) => practice?.images.includes(image))).toEqual([])
    expect(makeSimulatedStudy(store, 'judged', 6).config.name).toBe('simulated-6-2')
  })

  test('takes training images of CIFAR-10 where there are any, and labelled images at random where nothing helps', async () => {
    const store = await someProject(400)
    expect(makeSimulatedStudy(store, 'judged', 1).config.checks?.imageSet).toBe('judged')
    await addToProject(store, [someImages(300, 'cifar10-train', 1)])
    expect(makeSimulatedStudy(store, 'judged', 2).config.checks?.imageSet).toBe('cifar10-train')
    // The newest images, unless the usual ones are there.
    expect(makeSimulatedStudy(store, undefined, 3).config.imageSet).toBe('cifar10-train')
    await addToProject(store, [someImages(300, 'cifar10-test', 2)])
    await addToProject(store, [someImages(300, 'later', 3)])
    expect(makeSimulatedStudy(store, undefined, 4).config.imageSet).toBe('cifar10-test')
  })

  test('images too few for the protocol are refused, and an empty project', async () => {
    const store = await someProject(100)
    expect(() => makeSimulatedStudy(store, 'judged', 1)).toThrow(/100 images.*200/)
    expect(store.studies.list()).toEqual([])
    const empty = openProject(temporaryFolder())
    expect(() => makeSimulatedStudy(empty, undefined, 1)).toThrow(/no images/)
    empty.close()
  })
})

const archive = shared('data', 'cifar10', 'cifar-10-binary.tar.gz')
const counts = shared('data', 'cifar10h', 'cifar10h-counts.npy')

test.skipIf(archive === null || counts === null)(
  'CIFAR-10H: draws from the published counts',
  async () => {
    const store = openProject(temporaryFolder())
    await addToProject(store, await readAll([archive ?? '', counts ?? ''], {}))
    const { id, config } = makeSimulatedStudy(store, undefined, 1)
    expect([config.imageSet, config.checks?.imageSet]).toEqual(['cifar10-test', 'cifar10-train'])
    const simulated = await simulateStudy(store, { study: id, participants: 250, seed: 1, mix: DEFAULT_MIX })
    const { measured, sampling } = simulated.totalVariation
    expect(simulated.truth).toBe('cifar10h-counts')
    expect(measured).toBeGreaterThan(sampling)
    expect(measured - sampling).toBeLessThan(0.01)
    const { name } = await publishStudy(store, id)
    const spread = loads(store, name)
    expect(Math.max(...spread) - Math.min(...spread)).toBeLessThanOrEqual(2)
    store.close()
  },
  120_000,
)
