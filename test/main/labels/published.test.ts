/** The published files through the command line as built: the figures they must give. Skips loudly without them. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { shared } from '../../support/shared'
import { build, digests, json, start } from '../program'
import { temporaryFolder } from '../temporary'

const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

const archive = shared('data', 'cifar10', 'cifar-10-binary.tar.gz')
const counts = shared('data', 'cifar10h', 'cifar10h-counts.npy')
const generator = shared('tools', 'make-cifar10h-raw.mjs')

beforeAll(build, 300_000)

const figures = {
  images: 10_000,
  judgments: 511_000,
  judgmentsPerImage: { min: 47, max: 63, mean: 51.1 },
  unanimousImages: 4393,
  labelBelowMaximum: 77,
}

test.runIf(archive && counts)(
  'CIFAR-10 and CIFAR-10H give the published figures',
  () => {
    const project = join(temporaryFolder(), 'project')
    json('import', '--project', project, counts ?? '', archive ?? '')
    const stats = json('stats', '--project', project) as { meanEntropyNats: number; categorySoftLabels: number[][] }
    expect(stats).toMatchObject({ ...figures, annotators: null })
    expect(stats.meanEntropyNats).toBeCloseTo(0.15446, 5)
    expect(stats.categorySoftLabels.map((row) => row.reduce((sum, p) => sum + p, 0))).toEqual(
      Array.from({ length: 10 }, () => expect.closeTo(1, 12) as number),
    )
  },
  120_000,
)

test.runIf(counts && generator)(
  'the annotators’ file aggregates to the published counts, exported cell by cell',
  () => {
    const folder = temporaryFolder()
    const raw = join(folder, 'raw.csv')
    expect(spawnSync(process.execPath, [generator ?? '', '--out', raw]).status).toBe(0)
    const project = join(folder, 'project')
    // Without its images, which it waits for.
    json('import', '--project', project, raw)
    expect(json('stats', '--project', project)).toMatchObject({
      images: 10_000,
      judgments: 511_000,
      annotators: 2571,
      excluded: 16,
    })
    const out = join(folder, 'counts.npy')
    expect(json('export', '--project', project, '--format', 'counts', '--out', out)).toEqual({
      path: out,
      rows: 10_000,
    })
    expect(
      readFileSync(out)
        .subarray(-800_000)
        .equals(readFileSync(counts ?? '').subarray(-800_000)),
    ).toBe(true)
  },
  120_000,
)

test.runIf(counts && generator)(
  'the annotators’ file goes through every per-judgment format and comes home to the published counts',
  () => {
    const folder = temporaryFolder()
    const raw = join(folder, 'raw.csv')
    expect(spawnSync(process.execPath, [generator ?? '', '--out', raw]).status).toBe(0)
    const project = join(folder, 'project')
    json('import', '--project', project, raw)
    const published = readFileSync(counts ?? '')
    for (const format of ['cifar10h-raw', 'tidy', 'jsonl']) {
      const out = join(folder, `out.${format}`)
      expect(json('export', '--project', project, '--format', format, '--out', out)).toEqual({
        path: out,
        rows: 539_910,
      })
      if (format === 'cifar10h-raw') expect(readFileSync(out).equals(readFileSync(raw))).toBe(true)
      expect(JSON.parse(readFileSync(`${out}.about.json`, 'utf8'))).toMatchObject({
        format,
        rows: 539_910,
        labels: {
          name: 'cifar10h',
          licence: 'CC BY-NC-SA 4.0',
          citation: expect.stringContaining('Peterson') as string,
        },
        images: { name: 'cifar10-test', count: 10_000 },
        rules: { threshold: 0.75, byHand: [] },
      })
      const again = join(folder, format)
      json('import', '--project', again, out)
      const npy = join(folder, 'counts.npy')
      json('export', '--project', again, '--format', 'counts', '--out', npy)
      expect(readFileSync(npy).equals(published), format).toBe(true)
    }
  },
  300_000,
)

test.runIf(counts && generator)(
  'an import and an export that are interrupted leave no trace',
  async () => {
    const folder = temporaryFolder()
    const raw = join(folder, 'raw.csv')
    expect(spawnSync(process.execPath, [generator ?? '', '--out', raw]).status).toBe(0)
    const project = join(folder, 'project')
    const reading = start('import', '--project', project, raw)
    const read = once(reading, 'exit')
    await once(reading.stderr ?? reading, 'data')
    reading.kill('SIGINT')
    expect(await read).toEqual([1, null])
    expect(digests(project)).toBeNull()

    json('import', '--project', project, raw)
    const place = join(folder, 'place')
    mkdirSync(place)
    json('export', '--project', project, '--format', 'counts', '--out', join(place, 'out'))
    const before = digests(place)
    const writing = start('export', '--project', project, '--format', 'jsonl', '--out', join(place, 'out'))
    const written = once(writing, 'exit')
    while (!readdirSync(place).some((name) => name.endsWith('.part')) && writing.exitCode === null) await soon()
    writing.kill('SIGINT')
    expect(await written).toEqual([1, null])
    expect(digests(place)).toEqual(before)
  },
  120_000,
)
