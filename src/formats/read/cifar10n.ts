/**
 * CIFAR-10N (Wei et al. 2022): `CIFAR-10_human.pt`, a PyTorch zip whose `data.pkl` pickles a dict of int64 arrays over
 * the 50,000 training images. `random_label1..3` are three people's answers to each image; `aggre_label` and
 * `worse_label` are made of those three (majority; a wrong one where there is any); `clean_label` is CIFAR-10's own.
 */
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { LIMITS } from '../encodings/limits'
import { toNumbers } from '../encodings/elements'
import { count } from '../../domain/text/numbers'
import { unpickle, type PickleValue } from '../encodings/pickle'
import { PickledArray } from '../encodings/pickleObjects'
import { countsToProbabilities } from '../../domain/labels/statistics'
import type { LabelSetData } from '../sets/types'
import { CIFAR10N } from './known'

const CLASSES = CIFAR10_CLASSES.length
const TRAIN_IMAGES = 50_000
/** Columns that are one person's answers, and the names their label sets get. */
const PEOPLE = ['random_label1', 'random_label2', 'random_label3'] as const
const DERIVED = ['worse_label', 'aggre_label'] as const

/** One column, checked; entries outside 0 to 9 are refused by their place. */
function column(path: string, fields: Map<string, PickleValue>, name: string): Uint8Array {
  const value: PickleValue | undefined = fields.get(name)
  if (value === undefined) throw badFile(path, `data.pkl, key ${name}`, `The column ${name} is missing.`)
  const array = value instanceof PickledArray ? value.array : null
  if (!array || array.shape.length !== 1 || array.type.kind === 'float') {
    throw badFile(path, `data.pkl, key ${name}`, 'It is no array of labels.')
  }
  const most = LIMITS.cifar10nImages
  if ((array.shape[0] ?? 0) > most) {
    throw badFile(
      path,
      `data.pkl, key ${name}`,
      `It has ${count(array.shape[0] ?? 0)} labels; at most ${count(most)} are read.`,
    )
  }
  const labels = toNumbers(array)
  labels.forEach((label, i) => {
    if (label < 0 || label >= CLASSES) {
      throw badFile(path, `data.pkl, column ${name}, entry [${i}]`, `Label ${label} is outside 0 to 9.`)
    }
  })
  return Uint8Array.from(labels)
}

/**
 * Label sets of the columns: one per person (`cifar10n-random1..3`), the two made of them (`cifar10n-worse`,
 * `cifar10n-aggregate`), and last `cifar10n`, the three people's votes as counts.
 */
export function readCifar10n(path: string, pickle: Uint8Array): LabelSetData[] {
  const fields = unpickle(path, pickle, 'data.pkl, ')
  if (!(fields instanceof Map)) throw badFile(path, 'data.pkl', 'The pickle holds no dictionary.')
  const columns = new Map([...PEOPLE, ...DERIVED].map((name) => [name, column(path, fields, name)] as const))
  const images = columns.get(PEOPLE[0])?.length ?? 0
  for (const [name, labels] of columns) {
    if (labels.length !== images) {
      const reason = `It has ${count(labels.length)} labels, ${PEOPLE[0]} has ${count(images)}.`
      throw badFile(path, `data.pkl, column ${name}`, reason)
    }
  }
  const make = (name: string, votes: Uint8Array[], report: string[]): LabelSetData => {
    const counts = new Uint32Array(images * CLASSES)
    for (const labels of votes)
      labels.forEach((label, i) => (counts[i * CLASSES + label] = (counts[i * CLASSES + label] ?? 0) + 1))
    return {
      kind: 'labels',
      path,
      format: 'cifar10n',
      name,
      imageSet: images === TRAIN_IMAGES ? 'cifar10-train' : null,
      classes: [...CIFAR10_CLASSES],
      images,
      counts,
      probabilities: countsToProbabilities(counts, CLASSES),
      judgments: null,
      annotators: null,
      ...CIFAR10N,
      report,
    }
  }
  const one = (name: string): Uint8Array[] => [columns.get(name as (typeof PEOPLE)[number]) ?? new Uint8Array(0)]
  return [
    ...PEOPLE.map((name, i) => make(`cifar10n-random${i + 1}`, one(name), [`Column ${name}: one answer per image.`])),
    make('cifar10n-worse', one('worse_label'), ['Column worse_label: a wrong answer where any of the three is wrong.']),
    make('cifar10n-aggregate', one('aggre_label'), ['Column aggre_label: the majority of the three.']),
    make('cifar10n', PEOPLE.flatMap(one), [
      `Three answers to each of ${count(images)} images, as counts (columns ${PEOPLE.join(', ')}).`,
    ]),
  ]
}
