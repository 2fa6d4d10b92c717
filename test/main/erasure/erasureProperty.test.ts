/** Erasing any participant leaves the study as it would be if that participant had never answered. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { eraseParticipant } from '../../../src/main/erasure/participant'
import { addToProject } from '../../../src/main/labels/addToProject'
import { createStudy, infoOf, invite } from '../../../src/main/study/owner'
import { exportStudy } from '../../../src/main/study/exports'
import { publishStudy } from '../../../src/main/study/publish'
import { qualityOf } from '../../../src/main/study/quality'
import { sessionsOf } from '../../../src/main/study/sessions'
import { studyStates } from '../../../src/main/study/state'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import { planImage } from '../../../src/domain/study/draw'
import { agreement } from '../../../src/domain/labels/agreement'
import { ENVIRONMENT, studyConfig } from '../studyConfig'
import { someImages, temporaryFolder } from '../temporary'

interface Person {
  /** Trials answered, of 24. */
  trials: number
  /** Answers are drawn from it. */
  seed: number
}

/**
 * A study in which these people answer one after the other. Images come in the order of the set, so that what somebody
 * is shown does not depend on who answered before.
 */
async function studyOf(people: readonly (Person | null)[]) {
  const store = openProject(join(temporaryFolder(), 'project'))
  await addToProject(store, [someImages(60, 'images'), someImages(40, 'obvious', 100)])
  const study = createStudy(store, studyConfig({}, { order: 'sequence', balanceClasses: false, practiceTrials: 0 }))
  const states = studyStates(store)
  const sessions = sessionsOf(states)
  store.transaction(() => {
    const invited = invite(store, study, people.length)
    people.forEach((person, at) => {
      const session = invited[at]
      if (!person || !session) return
      const { layout } = sessions.open(session, ENVIRONMENT)
      const plan = store.sessions.plan(session.id) ?? new Int32Array(0)
      for (let trial = 0; trial < person.trials; trial++) {
        const chosen = (planImage(plan, trial) + ((person.seed + trial) % 7 === 0 ? 1 : 0)) % 10
        const onsetMs = 1000 * trial + person.seed
        sessions.answer(session, {
          practice: false,
          trial,
          chosen,
          slot: layout.indexOf(chosen),
          reactionTimeMs: 500 + person.seed / 8,
          onsetMs,
          elapsedMs: onsetMs + 650,
          focusLosses: 0,
        })
      }
    })
  })
  return { store, states, study }
}

async function facts({ store, states, study }: Awaited<ReturnType<typeof studyOf>>, name: string) {
  const { tallies } = states.get(study.id)
  const folder = temporaryFolder()
  const files = []
  for (const format of ['tidy', 'cifar10h-raw', 'jsonl', 'counts', 'probs'] as const) {
    await exportStudy(states, study.id, format, join(folder, format), true)
    files.push(readFileSync(join(folder, format)))
    if (format === 'tidy') files.push(readFileSync(join(folder, `${format}.participants.csv`)))
  }
  const { judgments, judgmentsPerImage } = infoOf(states, study.id)
  return {
    judgments,
    judgmentsPerImage,
    answered: [...tallies.answered],
    promised: [...tallies.promised],
    quality: qualityOf(states)(study.id, 0.9),
    published: setOf(store, name),
    files,
  }
}

/** A label set without its report, which rightly tells of the erasure. */
function setOf(store: ProjectStore, name: string) {
  const set = store.labelSets.find(name)
  if (!set) return null
  const { id, judgments, annotators, excluded, digest } = set
  const { counts, images, classes, probabilities } = store.labelSets.arrays(id)
  const table = store.labelSets.judgments
  const rows = table.read(id)
  const names = rows?.files ?? []
  return {
    ...{ judgments, annotators, excluded, digest, counts, probabilities },
    agreement: counts && agreement(counts, images, classes),
    people: table.annotators(id),
    // By name: pictures that only the erased participant saw stay in the list of names.
    rows: { ...rows, files: null, file: Array.from(rows?.file ?? [], (at) => names[at]) },
  }
}

const person = fc.record({ trials: fc.integer({ min: 1, max: 24 }), seed: fc.integer({ min: 0, max: 1000 }) })

test('counts, tallies, quality, agreement, published sets and exports are those of the study without them', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-28T10:00:00Z') })
  await fc.assert(
    fc.asyncProperty(fc.array(person, { minLength: 2, maxLength: 4 }), fc.nat(), async (people, pick) => {
      const chosen = pick % people.length
      const erased = await studyOf(people)
      const without = await studyOf(people.map((each, at) => (at === chosen ? null : each)))
      // Where nobody's judgments count, nothing can be published.
      fc.pre([erased, without].every(({ states, study }) => infoOf(states, study.id).judgments > 0))
      await publishStudy(erased.store, erased.study.id)
      const before = setOf(erased.store, 'study')
      const answers = people[chosen]?.trials
      const { store, states, study } = erased
      const result = store.transaction(() =>
        eraseParticipant(states, study, chosen + 1, { decidedBy: 'a test', reason: '' }),
      )
      expect(result.answers).toBe(answers)
      await publishStudy(without.store, without.study.id)
      const expected = await facts(without, 'study')
      expect(setOf(store, 'study')).not.toEqual(before)
      // Invited and never opened, somebody is promised nothing and stands in no file.
      expect(await facts(erased, 'study')).toEqual(expected)
      // What was kept in memory is what a fresh reading says.
      expect(await facts({ ...erased, states: studyStates(store) }, 'study')).toEqual(expected)
      for (const each of [erased, without]) each.store.close()
    }),
    { numRuns: 8, seed: 11 },
  )
  vi.useRealTimers()
}, 120_000)
