/** A plan worked off in shares, killed and taken up again, brought together: as if one machine had done all of it. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { mergeInto } from '../../../src/main/cluster/merge'
import { prepareShard } from '../../../src/main/cluster/shards'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { openDatabase } from '../../../src/main/storage/database'
import { studyConfig } from '../studyConfig'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import type { Report } from '../../../src/domain/report/report'
import { StudioError } from '../../../src/domain/errors'
import { runKey } from '../../../src/domain/runs/runKey'
import { build, cli, digests, json, start } from '../program'
import { until } from '../../support/until'
import { someImages, someLabels, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

const IMAGES = 120

/** The last line of what is refused. */
function lineOf(refused: () => unknown): string {
  try {
    refused()
  } catch (error) {
    return StudioError.from(error).toLine()
  }
  return 'It was not refused.'
}

async function project(folder: string, change = 0): Promise<string> {
  const store = openProject(folder)
  await addToProject(store, [someImages(IMAGES, 'some-images', change), someLabels(IMAGES)])
  store.close()
  return folder
}

/** Rows as far as they do not depend on the machine, and everything of the report that names data. */
function comparable(file: string) {
  const { rows, claims, data, preset } = JSON.parse(readFileSync(file, 'utf8')) as Report
  return { preset, data, claims, rows: rows.map(({ device: _, ...row }) => row) }
}

function mergedInto(into: string, ...folders: string[]) {
  const store = openProject(into)
  try {
    return mergeInto(store, folders)
  } finally {
    store.close()
  }
}

const statesIn = (folder: string) => {
  const store = openProject(folder, { repair: false })
  const states = store.runs.list().map(({ state }) => state)
  store.close()
  return states
}

test('three shares, one of them killed, merged: the report of one machine, with nothing trained again', async () => {
  const folder = temporaryFolder()
  const home = await project(join(folder, 'home'))
  const other = join(folder, 'other')
  cpSync(home, other, { recursive: true })
  const plan = join(folder, 'plan.json')
  expect(
    json('plan', '--project', home, '--preset', 'smoke', '--device', 'cpu', '--no-trial', '--out', plan),
  ).toMatchObject({ runs: 4, dependent: 0, done: 0 })
  const before = digests(home)
  const share = (i: number) => ['runs', '--project', home, '--plan', plan, '--shard', `${i}/3`]

  // The share with two runs is killed on its way, and goes on when asked again.
  const killed = start(...share(1))
  const ended = new Promise((done) => killed.once('exit', done))
  const first = join(home, 'shards', 'plan-1-of-3')
  const trains = () => existsSync(join(first, 'project.sqlite')) && statesIn(first).includes('running')
  await until('its first run trains', trains, { child: killed })
  killed.kill('SIGKILL')
  await ended
  expect(killed.signalCode).toBe('SIGKILL')
  expect(statesIn(first)).not.toContain('done')
  const found = [1, 2, 3].map(
    (i) => json(...share(i)) as { folder: string; done: string[]; failed: []; remaining: number },
  )
  expect(found.map(({ done, failed, remaining }) => [done.length, failed, remaining])).toEqual([
    [2, [], 0],
    [1, [], 0],
    [1, [], 0],
  ])
  expect(new Set(found.flatMap(({ done }) => done)).size).toBe(4)
  for (const [name, digest] of Object.entries(before ?? {})) expect(digests(home)?.[name], name).toBe(digest)

  expect(json('merge', '--project', home, home)).toMatchObject({ merged: 4, skipped: 0 })
  expect(mergedInto(home, join(home, 'shards'))).toMatchObject({ merged: 0, skipped: 4 })
  const report = (at: string) => [
    'reproduce',
    '--project',
    at,
    '--preset',
    'smoke',
    '--device',
    'cpu',
    '--out',
    join(at, 'out'),
  ]
  expect(cli(...report(home)).stderr).toMatch(/4 runs, 4 done/)
  expect(statesIn(home)).toEqual(['done', 'done', 'done', 'done'])
  expect(cli(...report(other)).code).toBe(0)
  const [merged, whole] = [home, other].map((at) => comparable(join(at, 'out', 'report.json')))
  expect(merged?.rows.length).toBeGreaterThan(40)
  expect(merged).toEqual(whole)
}, 120_000)

const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'hard',
  imageSet: 'some-images',
  labelSet: 'some-labels',
  protocol: 'described',
  folds: 1,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 1,
  batch: 8,
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'cosine' },
  augment: false,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [],
  evaluations: [{ imageSet: 'some-images', labelSet: 'some-labels', images: null }],
}

test('stages: what fine-tuning starts from is taken from another share, not done again; and refused merges change nothing', async () => {
  const folder = temporaryFolder()
  const home = await project(join(folder, 'home'))
  const runs = [config, { ...config, target: 'soft' as const, folds: 10, evaluations: [], startFrom: runKey(config) }]
  const { imageSets, labelSets, close } = openProject(home)
  const of = (set: { name: string; digest: string } | null) => ({ name: set?.name, digest: set?.digest })
  const [images, labels] = [[of(imageSets.find('some-images'))], [of(labelSets.find('some-labels'))]]
  close()
  const plan = join(folder, 'two stages.json')
  writeFileSync(plan, JSON.stringify({ version: 1, preset: null, families: [], device: 'cpu', images, labels, runs }))
  const stage = (name: string, ...more: string[]) => [
    'runs',
    '--project',
    home,
    '--plan',
    plan,
    '--shard',
    '1/1',
    '--stage',
    name,
    ...more,
  ]

  const early = cli(...stage('fine-tuned', '--out', join(folder, 'b')))
  expect([early.code, early.stderr]).toEqual([
    1,
    expect.stringMatching(/Do the stage pretrained first[^]*pretrained run [0-9a-f]{16} of resnet_basic_8/),
  ])
  const [pretrained, tuned] = runs.map(runKey)
  expect(json(...stage('pretrained', '--out', join(folder, 'a')))).toMatchObject({ done: [pretrained], remaining: 0 })
  const share = json(...stage('fine-tuned', '--out', join(folder, 'b'), '--with', join(folder, 'a')))
  expect(share).toMatchObject({ done: [tuned], failed: [], remaining: 0 })

  // Each damage to the share, and what the refusal must say; the project stays as it was to the last byte.
  const target = await project(join(folder, 'target'))
  const refused = (what: string, damage: (copy: string) => void, reason: RegExp, into = target) => {
    const copy = join(folder, what)
    cpSync(join(folder, 'b'), copy, { recursive: true })
    damage(copy)
    const before = digests(into)
    expect(
      lineOf(() => mergedInto(into, copy)),
      what,
    ).toMatch(reason)
    expect(digests(into)).toEqual(before)
  }
  const ofRun = (copy: string, name: string) => join(copy, 'runs', '2', name)
  refused(
    'cut checkpoint',
    (copy) => truncateSync(ofRun(copy, 'checkpoint'), 1000),
    /runs\/2\/checkpoint: is cut off or changed/,
  )
  refused(
    'cut predictions',
    (copy) => truncateSync(ofRun(copy, 'predictions.npy'), 200),
    /runs\/2\/predictions\.npy: byte 200: /,
  )
  refused('grown', (copy) => appendFileSync(ofRun(copy, 'held-out.npy'), 'more'), /held-out\.npy: .*has grown/)
  refused('missing', (copy) => rmSync(ofRun(copy, 'result.json')), /result\.json: It is missing from run 2/)
  refused(
    'another run',
    (copy) => cpSync(join(copy, 'runs', '1', 'config.json'), ofRun(copy, 'config.json')),
    /config\.json: config: It is of another run/,
  )
  refused('no project', (copy) => rmSync(join(copy, 'project.sqlite')), /The project’s database is missing/)
  const elsewhere = await project(join(folder, 'elsewhere'), 1)
  refused(
    'other images',
    () => {},
    /The image set some-images is another than that of run 1 of .*: its digest is [0-9a-f]{64}, not [0-9a-f]{64}/,
    elsewhere,
  )
  // A share holds what its runs need: all of it comes home, and once.
  expect(mergedInto(target, join(folder, 'a'), join(folder, 'b'))).toMatchObject({ merged: 2, skipped: 1 })
  expect(readdirSync(join(target, 'runs', '2'))).toEqual(readdirSync(join(folder, 'b', 'runs', '2')))
}, 120_000)

test('a share has the data and nobody’s answers, and never takes another folder for its own', async () => {
  const folder = temporaryFolder()
  const home = await project(join(folder, 'home'))
  const before = openProject(home)
  const study = before.studies.insert(studyConfig(), 'a-token-to-join-with')
  before.sessions.insert(study, { kind: 'person', stage: 'consent', token: 'a-secret-token-of-somebody' })
  before.close()
  const share = join(folder, 'share')
  const prepare = (out: string, index = 9) => prepareShard(home, out, { index, of: 9, plan: 'plan' })
  prepare(share)
  prepare(share)
  const database = openDatabase(join(share, 'project.sqlite'))
  const rows = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
  expect(['image_sets', 'label_sets', 'studies', 'sessions', 'runs'].map(rows)).toEqual([1, 1, 0, 0, 0])
  database.close()
  expect(readFileSync(join(share, 'project.sqlite')).includes('a-secret-token')).toBe(false)
  expect(lineOf(() => prepare(share, 8))).toMatch(/share 9 of 9 of plan, not 8 of 9/)
  expect(lineOf(() => prepare(home))).toMatch(/not that of the project/)
  const mine = await project(join(folder, 'mine'))
  expect(lineOf(() => prepare(mine))).toMatch(/a project of its own/)
  expect(
    cli('runs', '--project', home, '--plan', 'plan.json', '--shard', '4/3', '--out', join(folder, 'none')).code,
  ).toBe(2)
  expect(existsSync(join(folder, 'none'))).toBe(false)
})
