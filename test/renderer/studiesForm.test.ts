/** The form of a study: indices as typed, what is wrong by field, links, the mix, words and changes of participants. */
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { studyConfig } from '../../src/contract'
import { DEFAULT_MIX, PAPER_PROTOCOL, type AnnotatorQuality, type ParticipantInfo } from '../../src/domain/study'
import { DEFAULT_PAGES, placeholders } from '../../src/renderer/views/crowd/defaultPages'
import { parseIndices, showIndices } from '../../src/renderer/views/crowd/indices'
import { joinLink, linksCsv, participantLink, prolificLink } from '../../src/renderer/views/crowd/links'
import { defaultMix, mixOf, mixProblem, mixSum } from '../../src/renderer/views/crowd/mix'
import { changeAt, joinPeople, verdictWords, whoWords } from '../../src/renderer/views/crowd/people'
import {
  configOf,
  emptyForm,
  fieldOf,
  formOf,
  problemsOf,
  type StudyForm,
} from '../../src/renderer/views/crowd/studyForm'

const facts = { taken: ['Pilot'], setImages: 1000 }
/** A form without problems, changed as asked. */
function form(change: Partial<StudyForm> = {}): StudyForm {
  const checks = { imageSet: 'a', images: Array.from({ length: 50 }, (_, at) => at * 7) }
  return { ...emptyForm('a'), name: 'Study', checks, ...change }
}

describe('indices', () => {
  it('reads what it wrote, whatever the images', () => {
    const images = fc.uniqueArray(fc.integer({ min: 0, max: 300 }))
    fc.assert(
      fc.property(images, (list) => {
        const sorted = [...list].sort((a, b) => a - b)
        expect(parseIndices(showIndices(list), 301)).toEqual({ images: sorted, error: null })
      }),
    )
  })
  it('takes single images and ranges, each image once', () => {
    expect(parseIndices('17, 20-22 21;3', 100)).toEqual({ images: [3, 17, 20, 21, 22], error: null })
    expect(parseIndices('  ', 100)).toEqual({ images: [], error: null })
    expect(showIndices([5, 3, 4, 9, 10])).toBe('3-5, 9, 10')
  })
  it.each(['x', '1-', '-1', '5-3', '100', '99-100', '1.5', '0x10', '1e3', '0-999999999'])('refuses %s', (text) => {
    const { images, error } = parseIndices(text, 100)
    expect(images).toEqual([])
    expect(error).toMatch(/\S/)
  })
  it('names the part that is wrong', () => {
    expect(parseIndices('1, 2, twelve', 100).error).toContain('twelve')
    expect(parseIndices('1, 250', 100).error).toContain('250')
  })
})

describe('the form', () => {
  it('begins with the paper’s protocol and fits the contract', () => {
    const config = configOf(form(), 1000)
    expect(config.protocol).toEqual(PAPER_PROTOCOL)
    expect(studyConfig.safeParse(config).success).toBe(true)
    expect(problemsOf(form(), facts)).toEqual({})
  })
  it('gives back every study it is made of', () => {
    const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)
    const protocol = fc.record({
      imagesPerParticipant: fc.option(fc.integer({ min: 1, max: 1000 })),
      balanceClasses: fc.boolean(),
      order: fc.constant('even' as const),
      checkEvery: fc.integer({ min: 0, max: 100 }),
      checkThreshold: share,
      practiceTrials: fc.integer({ min: 0, max: 20 }),
      imagePixels: fc.integer({ min: 32, max: 512 }),
      smoothing: fc.constantFrom('crisp' as const, 'smooth' as const),
      resume: fc.constantFrom('resume' as const, 'restart' as const, 'refuse' as const),
      longInterruptionMinutes: fc.double({ min: 0.5, max: 1000, noNaN: true }),
    })
    const selection = fc.option(
      fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1 }).map((list) => list.sort((a, b) => a - b)),
    )
    fc.assert(
      fc.property(protocol, selection, (each, only) => {
        const config = { ...configOf(form(), 1000), protocol: each, selection: only }
        expect(configOf(formOf(config), 1000)).toEqual(config)
      }),
    )
  })
  const wrong: [string, Partial<StudyForm>][] = [
    ['name', { name: '  ' }],
    ['name', { name: 'Pilot ' }],
    ['name', { name: 'x'.repeat(201) }],
    ['imageSet', { imageSet: '' }],
    ['selection', { selection: '3-1' }],
    ['imagesPerParticipant', { imagesPerParticipant: 0 }],
    ['imagesPerParticipant', { imagesPerParticipant: 1001 }],
    ['imagesPerParticipant', { imagesPerParticipant: 12.5 }],
    ['imagesPerParticipant', { imagesPerParticipant: 20, selection: '0-9' }],
    ['checkEvery', { checkEvery: '' }],
    ['checkEvery', { checkEvery: -1 }],
    ['checkThreshold', { checkThreshold: 101 }],
    ['checkThreshold', { checkThreshold: '' }],
    ['practiceTrials', { practiceTrials: 1.5 }],
    ['imagePixels', { imagePixels: 31 }],
    ['longInterruptionMinutes', { longInterruptionMinutes: 0 }],
    ['checks', { checks: { imageSet: 'a', images: [1, 2, 3] } }],
    ['checks', { checks: { imageSet: 'a', images: [] }, checkEvery: 0 }],
    ['completionUrl', { completionUrl: 'app.prolific.com' }],
    ['completionUrl', { completionUrl: 'javascript:alert(1)' }],
    ['seed', { seed: -1 }],
    ['consent', { pages: { ...DEFAULT_PAGES, consent: 'x'.repeat(50_001) } }],
  ]
  it.each(wrong)('says what is wrong with %s, and only there', (field, change) => {
    expect(Object.keys(problemsOf(form(change), facts))).toEqual([field])
  })
  it('asks for no obvious images where none is shown', () => {
    const checks = { imageSet: 'a', images: [] }
    expect(problemsOf(form({ checks, checkEvery: 0, practiceTrials: 0 }), facts)).toEqual({})
    expect(configOf(form({ checks, checkEvery: 0, practiceTrials: 0 }), 1000).checks).toBeNull()
  })
  it('finds the field a refusal speaks of', () => {
    expect(fieldOf('protocol.imagePixels')).toBe('imagePixels')
    expect(fieldOf('practice')).toBe('checks')
    expect(fieldOf('completion.url')).toBe('completionUrl')
    expect(fieldOf('nowhere')).toBeNull()
    expect(fieldOf(undefined)).toBeNull()
  })
  it('marks what the owner has to fill in, and no Markdown link', () => {
    expect(placeholders(DEFAULT_PAGES.consent)).toContain('[name and institution]')
    expect(placeholders('See [the paper](https://example.org), [x] done, [ ] open, [my name].')).toEqual(['[my name]'])
    expect(placeholders('')).toEqual([])
  })
})

describe('links', () => {
  it('keep the token behind the hash, where browsers send it to nobody', () => {
    const url = new URL(participantLink('http://10.0.0.2:4000', 'abc_-123'))
    expect([url.pathname, url.search, url.hash]).toEqual(['/study.html', '', '#abc_-123'])
  })
  it('join by the study’s token; Prolific’s braces stay as they are', () => {
    expect(joinLink('http://h:1/', 'tok')).toBe('http://h:1/study.html?join=tok')
    expect(prolificLink('http://h:1', 'tok')).toBe(
      'http://h:1/study.html?join=tok&PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}',
    )
  })
  it('are one row a participant as CSV', () => {
    const people = [
      { code: 'P0001', token: 'a,"b', state: 'invited' as const },
      { code: 'P0002', token: 'c', state: 'running' as const },
    ]
    const { data } = Papa.parse<string[]>(linksCsv('http://h:1', people), { skipEmptyLines: true })
    expect(data).toEqual([
      ['participant', 'state', 'link'],
      ['P0001', 'invited', 'http://h:1/study.html#a,"b'],
      ['P0002', 'running', 'http://h:1/study.html#c'],
    ])
  })
})

describe('the mix', () => {
  it('begins as the contract’s and makes 100%', () => {
    expect(mixProblem(defaultMix())).toBeNull()
    const mix = mixOf(defaultMix())
    for (const kind of Object.keys(DEFAULT_MIX) as (keyof typeof mix)[])
      expect(mix[kind]).toBeCloseTo(DEFAULT_MIX[kind], 12)
  })
  it('takes tenths that floating point cannot add', () => {
    const mix = { careful: 99.7, hurried: 0.1, onePosition: 0.1, random: 0.1 }
    expect(mixSum(mix)).toBe(100)
    expect(mixProblem(mix)).toBeNull()
  })
  it.each([
    { careful: 50, hurried: 50, onePosition: 1, random: 0 },
    { careful: 100.1, hurried: 0, onePosition: 0, random: 0 },
    { careful: 120, hurried: -20, onePosition: 0, random: 0 },
    { careful: '' as const, hurried: 100, onePosition: 0, random: 0 },
  ])('refuses %o', (mix) => {
    expect(mixProblem(mix)).toMatch(/\S/)
  })
})

describe('participants', () => {
  const info = {
    number: 1,
    code: 'P0001',
    kind: 'person',
    simulated: null,
    verdict: null,
    excluded: false,
    state: 'finished',
  } as ParticipantInfo
  const quality = (checkScore: number | null) => ({ checkScore }) as AnnotatorQuality
  it('are joined by number; who has not answered has no quality', () => {
    const rows = [{ ...quality(0.5), number: 2 }]
    const people = joinPeople([info, { ...info, number: 2 }], rows)
    expect(people.map(({ quality: found }) => found?.checkScore)).toEqual([undefined, 0.5])
  })
  it('are in at the threshold and out below it', () => {
    const person = { info, quality: quality(0.8) }
    expect(changeAt(person, 0.75, 0.8)).toBeNull()
    expect(changeAt(person, 0.75, 0.81)).toBe('exclude')
    expect(changeAt(person, 0.9, 0.8)).toBe('keep')
    expect(changeAt(person, 0.9, 0.85)).toBeNull()
  })
  it('stay as decided by hand, and without checks', () => {
    expect(changeAt({ info: { ...info, verdict: 'include' }, quality: quality(0) }, 0.75, 1)).toBeNull()
    expect(changeAt({ info, quality: quality(null) }, 0.75, 1)).toBeNull()
    expect(changeAt({ info, quality: undefined }, 0.75, 1)).toBeNull()
  })
  it('say who decided, and that simulated ones are no people', () => {
    expect(verdictWords({ ...info, verdict: 'exclude', excluded: true })).toBe('excluded by hand')
    expect(verdictWords({ ...info, verdict: 'include' })).toBe('kept by hand')
    expect(verdictWords({ ...info, excluded: true })).toBe('excluded')
    expect(verdictWords(info)).toBe('kept')
    expect(whoWords({ kind: 'simulated', simulated: 'onePosition' })).toBe('simulated, one position')
    expect(whoWords({ kind: 'rehearsal', simulated: null })).toBe('rehearsal')
    expect(whoWords({ kind: 'person', simulated: null })).toBe('person')
  })
})
