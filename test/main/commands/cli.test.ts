/** The command line as built: what it prints, how it refuses, and that a refusal leaves the project as it was. */
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { cifarBatch, countsFile, floats, integers, probabilitiesFile, RAW_HEADER } from '../given'
import { fourPeople, rawText } from '../../support/raw'
import { build, cli, digests, entry, json } from '../program'
import { temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

describe('import', () => {
  test('takes labels before images, prints what was added, and stats and export speak of it', () => {
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    const images = cifarBatch(folder)
    const counts = countsFile(join(folder, 'counts.npy'))
    const { added } = json('import', '--project', project, counts, images) as { added: Record<string, unknown>[] }
    expect(added.map(({ kind, count }) => [kind, count])).toEqual([
      ['images', 10_000],
      ['labels', 10_000],
    ])
    expect(json('stats', '--project', project)).toMatchObject({
      images: 10_000,
      judgments: 100_000,
      judgmentsPerImage: { min: 10, max: 10, mean: 10 },
      unanimousImages: 0,
      annotators: null,
    })
    const out = join(folder, 'again.npy')
    expect(json('export', '--project', project, '--format', 'counts', '--out', out)).toEqual({
      path: out,
      rows: 10_000,
    })
    expect(readFileSync(out).subarray(-800_000).equals(readFileSync(counts).subarray(-800_000))).toBe(true)
  })

  /** What is wrong, the file that has it, and what the last line must say besides its path. */
  const bad: [string, (folder: string) => string, RegExp][] = [
    [
      'a truncated batch',
      (folder) => (truncateSync(cifarBatch(folder), 3073 * 5000 + 100), join(folder, 'test_batch.bin')),
      /byte|record/,
    ],
    [
      'a truncated .npy',
      (folder) => (truncateSync(countsFile(join(folder, 'c.npy')), 500_000), join(folder, 'c.npy')),
      /byte/,
    ],
    [
      'an archive that is cut off',
      (folder) => (
        writeFileSync(join(folder, 'a.tar.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2])),
        join(folder, 'a.tar.gz')
      ),
      /./,
    ],
    [
      'a CSV with a missing column',
      (folder) => {
        const path = join(folder, 'raw.csv')
        writeFileSync(path, `${RAW_HEADER.replace(',chosen_label', '')}\n0,0,0,cat,cat,3,1,5,f.png,cat,100,100\n`)
        return path
      },
      /chosen_label/,
    ],
    [
      'an out-of-range label',
      (folder) => {
        const path = join(folder, 'raw.csv')
        writeFileSync(
          path,
          `${RAW_HEADER}\n0,0,0,cat,cat,3,3,1,5,f.png,cat,100,100\n0,1,0,cat,cat,3,17,1,6,f.png,cat,100,100\n`,
        )
        return path
      },
      /(row|line) \d+.*chosen_label.*17|chosen_label.*(row|line) \d+/,
    ],
    [
      'a NaN probability',
      (folder) => probabilitiesFile(join(folder, 'p.npy'), (values) => (values[4321] = NaN)),
      /432.*NaN/,
    ],
    ['a negative count', (folder) => countsFile(join(folder, 'c.npy'), (counts) => (counts[77] = -1n)), /7.*-1/],
    ['a path that does not exist', (folder) => join(folder, 'nowhere.npy'), /No such file/i],
    ['an empty file', (folder) => (writeFileSync(join(folder, 'empty.bin'), ''), join(folder, 'empty.bin')), /empty/],
    [
      'a letter',
      (folder) => (writeFileSync(join(folder, 'letter.txt'), 'Dear reader,\n'.repeat(9)), join(folder, 'letter.txt')),
      /not those of a known format|not recognised/,
    ],
  ]

  test.each(bad)('refuses %s: exit 1, file and reason last, the project as it was', (_, make, reason) => {
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    const good = join(folder, 'good')
    mkdirSync(good)
    json('import', '--project', project, countsFile(join(good, 'counts.npy')), cifarBatch(good))
    const before = digests(project)
    const path = make(folder)
    // A good file in the same import is not added either.
    const { code, stdout, last } = cli(
      'import',
      '--project',
      project,
      probabilitiesFile(join(good, 'p.npy')),
      path,
      '--json',
    )
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(last).toContain(path)
    expect(last.replace(path, '')).toMatch(reason)
    expect(digests(project)).toEqual(before)
  })

  test('a refusal makes no project where there was none', () => {
    const folder = temporaryFolder()
    const lonely = floats(
      join(folder, 'five.npy'),
      [5, 10],
      [...Array(50).keys()].map((i) => Number(i % 10 === 0)),
    )
    const project = join(folder, 'project')
    expect(cli('import', '--project', project, lonely).code).toBe(1)
    expect(existsSync(project)).toBe(false)
  })

  test('a folder that cannot be a project is named', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const { code, last } = cli('import', '--project', file, countsFile(join(folder, 'c.npy')))
    expect([code, last]).toEqual([1, expect.stringMatching(/file: This is a file, not a folder/)])
  })

  test('a damaged database is named and left alone', () => {
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    json('import', '--project', project, countsFile(join(folder, 'c.npy')), cifarBatch(folder))
    const database = join(project, 'project.sqlite')
    copyFileSync(database, join(folder, 'copy'))
    writeFileSync(database, Buffer.concat([Buffer.alloc(200, 7), readFileSync(database).subarray(200)]))
    const { code, last } = cli('stats', '--project', project)
    expect([code, last]).toEqual([1, expect.stringContaining(database)])
    copyFileSync(join(folder, 'copy'), database)
    expect(cli('stats', '--project', project).code).toBe(0)
  })
})

describe('export', () => {
  /** CIFAR-10's test images by size, and a raw file of four people about the first of them. */
  function judged(): { folder: string; project: string } {
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    const raw = join(folder, 'raw.csv')
    writeFileSync(raw, rawText(fourPeople()))
    json('import', '--project', project, raw, cifarBatch(folder))
    return { folder, project }
  }

  test('every format comes with its sidecar, and home again to the last cell', () => {
    const { folder, project } = judged()
    const stats = json('stats', '--project', project) as Record<string, unknown>
    expect(stats).toMatchObject({ images: 10_000, judgments: 12, annotators: 4, excluded: 1 })
    const counts = join(folder, 'first.npy')
    json('export', '--project', project, '--format', 'counts', '--out', counts)
    for (const format of ['cifar10h-raw', 'tidy', 'jsonl', 'counts', 'probs']) {
      const out = join(folder, `out.${format}`)
      const rows = format === 'counts' || format === 'probs' ? 10_000 : 28
      expect(json('export', '--project', project, '--format', format, '--out', out)).toEqual({ path: out, rows })
      expect(existsSync(`${out}.about.json`)).toBe(true)
      if (format === 'probs') continue
      const again = join(folder, format)
      json('import', '--project', again, out)
      const second = join(folder, 'second.npy')
      json('export', '--project', again, '--format', 'counts', '--out', second)
      expect(readFileSync(second).equals(readFileSync(counts)), format).toBe(true)
    }
  }, 60_000)

  test('a sidecar that does not fit is refused by its name, and the project stays as it was', () => {
    const { folder, project } = judged()
    const out = join(folder, 'out.csv')
    json('export', '--project', project, '--format', 'tidy', '--out', out)
    const sidecar = `${out}.about.json`
    writeFileSync(sidecar, readFileSync(sidecar, 'utf8').replace('"rows": 28', '"rows": 27'))
    const before = digests(project)
    const { code, last } = cli('import', '--project', project, out)
    expect([code, last]).toEqual([1, expect.stringContaining(`${sidecar}: key rows: `)])
    expect(digests(project)).toEqual(before)
  })

  test('a disk that is full is named, and neither file nor sidecar is left on it', (context) => {
    const { folder, project } = judged()
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    // Counts of 10,000 images take 800 kB. A file system of its own needs a kernel that lets us have one.
    const mount = `mount -t tmpfs -o size=${128 << 10} none "$1" && shift`
    const within = (...command: string[]) =>
      spawnSync(
        'unshare',
        ['-rm', 'sh', '-c', `${mount} && "$@"; code=$?; ls -A "${disk}" >&2; exit $code`, 'sh', disk, ...command],
        { encoding: 'utf8' },
      )
    if (within('true').status !== 0) {
      console.warn('SKIPPED: no file system can be mounted here')
      context.skip()
    }
    const export_ = (format: string) =>
      within(
        process.execPath,
        entry('cli'),
        'export',
        '--project',
        project,
        '--format',
        format,
        '--out',
        join(disk, 'out'),
      )
    expect(export_('tidy')).toMatchObject({ status: 0, stderr: 'out\nout.about.json\n' })
    const full = export_('counts')
    expect([full.status, full.stderr]).toEqual([1, `${join(disk, 'out')}: path: The disk is full.\n`])
  }, 60_000)
})

describe('usage', () => {
  test.each([
    ['nothing', []],
    ['an unknown command', ['frobnicate']],
    ['a missing option', ['stats']],
    ['an unknown option', ['stats', '--project', 'x', '--loud']],
    ['a choice that is none', ['export', '--project', 'x', '--format', 'xls', '--out', 'y']],
    ['a number that is none', ['bench', '--batch', '12.5']],
    ['no path', ['import', '--project', 'x']],
  ])('%s is wrong usage: exit 2, standard output empty', (_, args) => {
    const { code, stdout, stderr } = cli(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).not.toBe('')
  })

  test.each([
    'import',
    'stats',
    'export',
    'networks',
    'bench',
    'golden',
    'metrics',
    'attack',
    'reproduce',
    'plan',
    'runs',
    'merge',
    'import-run',
    'serve',
  ])('%s has help', (name) => {
    const { code, stdout } = cli(name, '--help')
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Usage: second-guess ${name}`)])
  })

  test('a project that does not exist is refused and not made', () => {
    const project = join(temporaryFolder(), 'none')
    const { code, last } = cli('stats', '--project', project)
    expect([code, last]).toEqual([1, expect.stringContaining(project)])
    expect(existsSync(project)).toBe(false)
  })
})

describe('engine commands', () => {
  test('networks are listed with their sizes', () => {
    const found = json('networks') as { id: string; parameters: number; tensors: number; multiplyAdds: number }[]
    expect(found.find(({ id }) => id === 'resnet_basic_110')).toMatchObject({
      parameters: 1_730_714,
      tensors: 335,
      multiplyAdds: 253_149_824,
    })
  })

  test('bench measures a step', () => {
    const found = json(
      'bench',
      '--network',
      'resnet_basic_8',
      '--batch',
      '8',
      '--device',
      'cpu',
      '--seconds',
      '0.5',
    ) as Record<string, number>
    expect(found).toMatchObject({ network: 'resnet_basic_8', batch: 8, device: 'cpu' })
    expect(found['imagesPerSecond']).toBeCloseTo((8 * 1000) / (found['msPerStep'] ?? 0), 6)
    expect(found['peakRssMb']).toBeGreaterThan(30)
  }, 60_000)

  test('an unknown network is refused by name', () => {
    const { code, last } = cli('bench', '--network', 'resnet_basic_9', '--seconds', '1')
    expect([code, last]).toEqual([1, expect.stringContaining('resnet_basic_9')])
  })

  test('metrics: two images by hand', () => {
    const folder = temporaryFolder()
    const p = floats(join(folder, 'p.npy'), [2, 2], [0.8, 0.2, 0.6, 0.4])
    const l = integers(join(folder, 'l.npy'), [2], [0, 1])
    const d = floats(join(folder, 'd.npy'), [2, 2], [1, 0, 0.5, 0.5])
    const found = json('metrics', '--predictions', p, '--labels', l, '--distributions', d) as Record<string, number>
    expect(found['accuracy']).toBe(0.5)
    expect(found['crossEntropyToLabels']).toBeCloseTo(-(Math.log(0.8) + Math.log(0.4)) / 2, 6)
    expect(found['crossEntropyToPeople']).toBeCloseTo(-(Math.log(0.8) + (Math.log(0.6) + Math.log(0.4)) / 2) / 2, 6)
  })

  test.each([
    ['a NaN', { p: [NaN, 0.2, 0.6, 0.4] }, /p\.npy.*row 0/],
    ['rows that do not sum to 1', { d: [1, 0, 0.5, 0.9] }, /d\.npy.*row 1/],
    ['a label out of range', { l: [0, 2] }, /l\.npy.*row 1/],
  ])('metrics refuse %s, naming file and row', (_, change, reason) => {
    const folder = temporaryFolder()
    const given = { p: [0.8, 0.2, 0.6, 0.4], l: [0, 1], d: [1, 0, 0.5, 0.5], ...change }
    const p = floats(join(folder, 'p.npy'), [2, 2], given.p)
    const l = integers(join(folder, 'l.npy'), [2], given.l)
    const d = floats(join(folder, 'd.npy'), [2, 2], given.d)
    const { code, last } = cli('metrics', '--predictions', p, '--labels', l, '--distributions', d, '--json')
    expect([code, last]).toEqual([1, expect.stringMatching(reason)])
  })

  test('metrics refuse tables that do not fit each other', () => {
    const folder = temporaryFolder()
    const p = floats(join(folder, 'p.npy'), [2, 2], [0.8, 0.2, 0.6, 0.4])
    const l = integers(join(folder, 'l.npy'), [3], [0, 1, 1])
    const d = floats(join(folder, 'd.npy'), [3, 2], [1, 0, 0.5, 0.5, 0, 1])
    const { code, last } = cli('metrics', '--predictions', p, '--labels', l, '--distributions', d)
    expect([code, last]).toEqual([1, expect.stringMatching(/p\.npy: header: .*\(2, 2\).*\(3, 2\)/)])
    appendFileSync(l, 'more')
    expect(cli('metrics', '--predictions', p, '--labels', l, '--distributions', d).code).toBe(1)
  })
})
