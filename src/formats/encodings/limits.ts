/**
 * What a file may make this program do, in one place. Every length that a file names itself is held against these, and
 * against the bytes that are really there, before memory or time is given to it. Each limit is far above what published
 * data and real studies need, and low enough that a hostile file is refused within about a second.
 */

const MIB = 2 ** 20

/** Images of any set: a wild index must not ask for a huge table. */
const IMAGES = 10_000_000

export const LIMITS = {
  /** Bytes of one array or one image set in memory: 1.4 million images of 32x32x3. */
  arrayBytes: 4096 * MIB,
  /** Cells of a table of images by classes, 1 GiB as float64: 10 million images of 13 classes. */
  tableCells: 2 ** 27,
  /** Characters of a name of a file, person, class or set. Longest path Linux takes: 4,096. */
  nameLength: 4_096,
  /** Characters of a file's own text inside a message. */
  shownLength: 80,
  /** Milliseconds of reading without any progress after which an import is ended. */
  stallMs: 120_000,

  images: {
    most: IMAGES,
    /** A file of judgments may name an image of any number below this; ten thousand are CIFAR-10's test images. */
    unproven: 1_000_000,
    /** Beyond that, as many images per judgment as this: a file of three rows has no ten million images. */
    perJudgment: 100,
  },

  /** A batch of CIFAR-10, 30.7 MB in either version. */
  batchBytes: 64 * MIB,

  npy: {
    /** NumPy itself refuses to evaluate longer headers. */
    headerBytes: 10_000,
    /** NumPy's own limit was 32, and is 64 since version 2. */
    dimensions: 64,
    /** Brackets within brackets; a header needs two. */
    depth: 16,
  },

  pickle: {
    bytes: 256 * MIB,
    /** Steps: a batch of 10,000 images takes about 60,000. */
    operations: 2_000_000,
    /** Lists, tuples and dictionaries; a label as NumPy's own scalar takes two. */
    containers: 500_000,
    /** Bytes of one integer; NumPy's largest has 8. */
    integerBytes: 1_024,
    /** Digits of one integer written out: Python's own limit. */
    integerDigits: 4_300,
    /** Bytes of a key of a dictionary. */
    keyBytes: 4_096,
    /** Bytes that constructors may copy, for each byte of the pickle, and what any pickle may have. */
    copiesPerByte: 4,
    copiedBytes: MIB,
  },

  /** Images of one CIFAR-10N file, from which six label sets come; the published one has 50,000. */
  cifar10nImages: 500_000,

  zip: {
    members: 4_096,
  },

  tar: {
    members: 10_000,
    /** Unpacked bytes that need no justification: the whole of CIFAR-10, however well its pixels pack. */
    free: 256 * MIB,
    /** Unpacked bytes of a whole archive; CIFAR-10 has 184 MB. */
    bytes: 1024 * MIB,
  },

  unpacked: {
    /** Unpacked bytes that need no justification. */
    free: 64 * MIB,
    /** Beyond those, so many for each packed byte: tables of judgments reach 25. */
    perByte: 100,
  },

  csv: {
    columns: 10_000,
    /** Characters. */
    cell: 100_000,
    row: MIB,
  },

  json: {
    /** Characters of a line that is one judgment. */
    line: MIB,
    /** Arrays and objects within each other. */
    depth: 64,
    sidecarBytes: 8 * MIB,
  },

  judgments: {
    /** CIFAR-10H has 528,000. */
    rows: 20_000_000,
    /** Distinct people, and distinct names of files. */
    distinct: 2_000_000,
    /** Characters of all distinct texts of a column together. */
    characters: 128 * MIB,
  },

  picture: {
    /** Of one picture, as its header says. */
    pixels: 100_000_000,
    /** Pictures above this are decoded one at a time. */
    manyPixels: 16_000_000,
    side: 65_535,
  },
} as const

/** Whether `unpacked` bytes are more than `packed` ones can be in good faith. */
export const isBomb = (unpacked: number, packed: number, free: number = LIMITS.unpacked.free): boolean =>
  unpacked > free + LIMITS.unpacked.perByte * packed

/** How many images a file of so many judgments may speak of, whether it or its sidecar says so. */
export const plausibleImages = (judgments: number): number =>
  Math.min(LIMITS.images.most, Math.max(LIMITS.images.unproven, LIMITS.images.perJudgment * judgments))
