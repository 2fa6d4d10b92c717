/** What an import takes from the files it is given: what two paths name once, and names that every call accepts. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { npyBytes } from '../../../src/formats/write/npy'
import { addToProject } from '../../../src/main/labels/addToProject'
import { readAll } from '../../../src/main/labels/readSources'
import { openProject } from '../../../src/main/storage'
import { nameProblem } from '../../../src/domain/names'
import { someImages, someLabels, temporaryFolder } from '../temporary'

/** 3 images of 32x32 and their labels, the first byte of each image its own. */
function writePair(folder: string, first = 0): [images: string, labels: string] {
  const pixels = Uint8Array.from({ length: 3 * 32 * 32 * 3 }, (_, i) => (i + first) % 251)
  const [images, labels] = [join(folder, 'images.npy'), join(folder, 'labels.npy')]
  mkdirSync(dirname(images), { recursive: true })
  writeFileSync(images, npyBytes('|u1', [3, 32, 32, 3], pixels))
  writeFileSync(labels, npyBytes('|u1', [3], Uint8Array.of(0, 1, 2)))
  return [images, labels]
}

describe('a pair of arrays', () => {
  test('named by both files, either way round, or again by its folder, is imported once', async () => {
    const folder = temporaryFolder()
    const [images, labels] = writePair(folder)
    for (const paths of [
      [images, labels],
      [labels, images],
      [images, images],
      [folder, labels],
    ]) {
      const items = await readAll(paths, {})
      expect(items.map(({ kind }) => kind)).toEqual(['images'])
      expect(items[0]?.report).toContain(`Named again by ${paths[1]}: imported once.`)
    }
    const store = openProject(temporaryFolder())
    const added = await addToProject(store, await readAll([images, labels], {}))
    expect(added).toHaveLength(1)
    expect(store.imageSets.list()).toHaveLength(1)
    store.close()
  })

  test('of another folder is another, however alike', async () => {
    const folder = temporaryFolder()
    const paths = ['a', 'b'].map((name) => writePair(join(folder, name))[0])
    expect(await readAll(paths, {})).toHaveLength(2)
  })
})

describe('names', () => {
  test.each([
    ['', 'unnamed'],
    ['a'.repeat(240), 'a'.repeat(200)],
    ['half \ud83d', 'half \ufffd'],
    ['two\nlines', 'two lines'],
  ])('%j is imported as %j, and the report says why', async (name, expected) => {
    const store = openProject(temporaryFolder())
    const added = await addToProject(store, [someImages(20, name), someLabels(20, name, name)])
    expect(added.map((item) => item.name)).toEqual([expected, expected])
    for (const { report } of added) expect(report[0]).toMatch(/cannot be used, so it is .* here\. A name /)
    expect(store.labelSets.find(expected)?.imageSet).toBe(expected)
    expect(store.imageSets.find(expected)?.count).toBe(20)
    // Other images of the same name still get one of their own, within the length.
    const [second] = await addToProject(store, [someImages(20, name, 1)])
    expect(second?.name).toBe(`${expected.slice(0, 198)}-2`)
    expect(nameProblem(second?.name ?? '')).toBeNull()
    store.close()
  })

  test('that are fine are left alone, and labels wait for images by the name these will have', async () => {
    const store = openProject(temporaryFolder())
    const [plain] = await addToProject(store, [someImages()])
    expect(plain).toMatchObject({ name: 'some-images', report: ['made'] })
    const long = 'b'.repeat(240)
    await addToProject(store, [someLabels(30, 'early', long)])
    await addToProject(store, [someImages(30, long)])
    expect(store.labelSets.find('early')?.imageSet).toBe('b'.repeat(200))
    expect(store.imageSets.find('b'.repeat(200))?.count).toBe(30)
    store.close()
  })
})
