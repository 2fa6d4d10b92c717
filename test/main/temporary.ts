/** A folder of its own for each test, and small sets to put into a project. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { countsToProbabilities } from '../../src/domain/labels/statistics'
import type { ImageSetData, LabelSetData } from '../../src/formats/sets/types'
import { CIFAR10_CLASSES } from '../../src/domain/labels/sets'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'second-guess-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const CLASSES = 10

/** `count` images of 4x4x3 whose bytes tell their index, labels in turn. */
export function someImages(count = 20, name = 'some-images', change = 0): ImageSetData {
  const size = 4 * 4 * 3
  return {
    kind: 'images',
    path: `/given/${name}`,
    format: 'npy-pair',
    name,
    classes: [...CIFAR10_CLASSES],
    count,
    height: 4,
    width: 4,
    channels: 3,
    pixels: Uint8Array.from({ length: count * size }, (_, i) => (Math.floor(i / size) + change) % 256),
    labels: Uint8Array.from({ length: count }, (_, i) => i % CLASSES),
    fileNames: null,
    source: 'made for a test',
    licence: null,
    citation: null,
    report: ['made'],
  }
}

/** Ten judgments an image: `sure` of them for its label, the rest for the next class. */
export function someLabels(count = 20, name = 'some-labels', imageSet: string | null = null, sure = 8): LabelSetData {
  const counts = new Uint32Array(count * CLASSES)
  for (let i = 0; i < count; i++) {
    counts[i * CLASSES + (i % CLASSES)] = sure
    counts[i * CLASSES + ((i + 1) % CLASSES)] = 10 - sure
  }
  return {
    kind: 'labels',
    path: `/given/${name}`,
    format: 'cifar10h-counts',
    name,
    imageSet,
    classes: [...CIFAR10_CLASSES],
    images: count,
    counts,
    probabilities: countsToProbabilities(counts, CLASSES),
    judgments: null,
    annotators: null,
    source: 'made for a test',
    licence: null,
    citation: null,
    report: [],
  }
}
