import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/data/read'
import type { LabelSetData } from '../../src/data/types'
import { writeAtomically } from '../../src/data/write/atomic'
import { exportRaw, exportTidy } from '../../src/data/write/exports'
import { fourPeople, rawText } from '../support/raw'
import { contents, refusal, temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()

async function study(): Promise<LabelSetData> {
  const [item] = await readPath(folder.file('study.csv', rawText(fourPeople())))
  if (item?.kind !== 'labels') throw new Error('no labels')
  return item
}

describe('exports', () => {
  it('writes the raw file back byte for byte', async () => {
    const out = join(folder.path, 'raw.csv')
    expect(await exportRaw(out, await study())).toBe(28)
    expect(readFileSync(out, 'utf8')).toBe(rawText(fourPeople()))
  })

  it('names images without a name by their index', async () => {
    const set = await study()
    const judgments = set.judgments && { ...set.judgments, files: set.judgments.files.map(() => '') }
    const out = join(folder.path, 'unnamed.csv')
    await exportRaw(out, { ...set, judgments })
    expect(readFileSync(out, 'utf8')).toContain(',2,test_2.png,bird,')
  })

  it('keeps a person’s own exclusions in the tidy file', async () => {
    const set = await study()
    const annotators = set.annotators && { ...set.annotators, excluded: Uint8Array.from([1, 0, 0, 0]) }
    const out = join(folder.path, 'tidy.csv')
    await exportTidy(out, { ...set, annotators })
    expect(readFileSync(out, 'utf8').split('\n').slice(0, 2)).toEqual([
      'annotator,trial,image,file,truth,chosen,check,excluded,reaction_time_ms,elapsed_ms',
      'good,0,0,test_0.png,0,0,0,1,900,1000',
    ])
    const [again] = await readPath(out)
    expect(again).toMatchObject({ format: 'study', annotators: { excluded: Uint8Array.from([1, 0, 0, 0]) } })
    expect(again?.kind === 'labels' && again.judgments).toEqual(set.judgments)
  })

  it('refuses a tidy file with a bad field by row and column', async () => {
    const out = join(folder.path, 'tidy.csv')
    await exportTidy(out, await study())
    const text = readFileSync(out, 'utf8')
    const lines = text.split('\n')
    lines[3] = (lines[3] ?? '').replace(/^good,2,2/, 'good,2,-2')
    const error = await refusal(readPath(folder.file('bad-tidy.csv', lines.join('\n'))))
    expect(error).toMatchObject({ place: 'row 3 (line 4), column image' })
    const missing = await refusal(readPath(folder.file('bad-tidy.csv', text.replace('chosen', 'picked'))))
    expect(missing.message).toBe('The column chosen is missing.')
  })

  it('refuses to invent judgments', async () => {
    const set = { judgments: null, annotators: null, classes: null }
    await expect(exportRaw(join(folder.path, 'none.csv'), set)).rejects.toMatchObject({ kind: 'bad-input' })
    await expect(exportTidy(join(folder.path, 'none.csv'), set)).rejects.toMatchObject({ kind: 'bad-input' })
  })

  it('leaves the old file and no other when it fails or is cancelled', async () => {
    const place = join(folder.path, 'keep')
    mkdirSync(place)
    const out = join(place, 'out.csv')
    writeFileSync(out, 'old')
    await expect(writeAtomically(out, async (file) => {
        await file.write('half')
        throw new Error('no more')
      })).rejects.toMatchObject({ kind: 'internal' }) // prettier-ignore
    const cancelled = AbortSignal.abort()
    await expect(exportRaw(out, await study(), { signal: cancelled })).rejects.toMatchObject({ kind: 'cancelled' })
    expect(contents(place)).toEqual(['out.csv'])
    expect(readFileSync(out, 'utf8')).toBe('old')
  })

  it('says what is wrong with the place to write to', async () => {
    const out = join(folder.path, 'no', 'such', 'folder.csv')
    await expect(exportRaw(out, await study())).rejects.toMatchObject({
      kind: 'bad-input',
      where: { file: out, place: 'path' },
      message: 'Its folder does not exist.',
    })
    const directory = join(folder.path, 'taken')
    mkdirSync(directory)
    await expect(exportRaw(directory, await study())).rejects.toMatchObject({ kind: 'bad-input' })
    expect(contents(folder.path).filter((name) => name.endsWith('.part'))).toEqual([])
    // Permissions do not bind the superuser.
    if (process.getuid?.() === 0) return
    chmodSync(directory, 0o500)
    await expect(exportRaw(join(directory, 'x.csv'), await study())).rejects.toMatchObject({ kind: 'bad-input' })
    expect(existsSync(join(directory, 'x.csv'))).toBe(false)
  })
})
