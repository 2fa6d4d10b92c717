/**
 * Published data recognised by what it contains: SHA-256 digests of the canonical form (NHWC uint8 pixels, then one
 * label byte per image; counts as uint32; probabilities as float64), whatever container or file name it comes in. An
 * unknown digest is no error; the set merely keeps the name of its file.
 */
import { createHash } from 'node:crypto'

export interface Origin {
  source: string
  licence: string | null
  citation: string | null
}

export const CIFAR10: Origin = {
  source: 'CIFAR-10, https://www.cs.toronto.edu/~kriz/cifar.html',
  licence: null,
  citation: 'A. Krizhevsky. Learning Multiple Layers of Features from Tiny Images. Technical report, 2009.',
}
export const CIFAR10H: Origin = {
  source: 'CIFAR-10H, https://github.com/jcpeterson/cifar-10h',
  licence: 'CC BY-NC-SA 4.0',
  citation:
    'J. C. Peterson, R. M. Battleday, T. L. Griffiths, O. Russakovsky. Human uncertainty makes classification more robust. ICCV 2019.',
}
export const CIFAR10N: Origin = {
  source: 'CIFAR-10N, http://noisylabels.com',
  licence: 'CC BY-NC 4.0',
  citation:
    'J. Wei, Z. Zhu, H. Cheng, T. Liu, G. Niu, Y. Liu. Learning with Noisy Labels Revisited: A Study Using Real-World Human Annotations. ICLR 2022.',
}
const CIFAR101: Origin = {
  source: 'CIFAR-10.1, https://github.com/modestyachts/CIFAR-10.1',
  licence: 'MIT',
  citation: 'B. Recht, R. Roelofs, L. Schmidt, V. Shankar. Do CIFAR-10 Classifiers Generalize to CIFAR-10? 2018.',
}
const CINIC10: Origin = {
  source: 'CINIC-10, https://github.com/BayesWatch/cinic-10',
  licence: 'MIT',
  citation: 'L. N. Darlow, E. J. Crowley, A. Antoniou, A. J. Storkey. CINIC-10 Is Not ImageNet or CIFAR-10. 2018.',
}

/** By `digestImages`. */
const IMAGE_SETS: Record<string, { name: string; origin: Origin }> = {
  '8193b3fbce55bec361cd1b8fd4880cb1649832dc4d6de6da1e7a21847a4843aa': { name: 'cifar10-test', origin: CIFAR10 },
  f912919bdea371136f1aa4feed6beeca728015a5f08b1899a29c932a7e30be2b: { name: 'cifar10-train', origin: CIFAR10 },
  '064db4186d1f63789212421f7de490a319eae758b6bfc9692d24844624ec6a2e': { name: 'cinic10-sample', origin: CINIC10 },
}

/** CIFAR-10.1 by its labels alone: SHA-256 of one byte a label. */
const LABEL_COLUMNS: Record<string, { name: string; origin: Origin }> = {
  ecbf25061afbd8dee265bdeb4a6f6b1454a1ff4be7cff84b7ec4916fd2e8b24c: { name: 'cifar10.1-v4', origin: CIFAR101 },
  '783ded2cd634604d77909249bf721cf46185a8401e95753ab3636fc8edcb816c': { name: 'cifar10.1-v6', origin: CIFAR101 },
}

/** SHA-256 of the published counts as uint32 and of the published probabilities as float64. */
const COUNTS = '26e6ec5bf6ccdae37491c1c78c1cd1bfdfcad60d9fb2c4f74f10c1e648d00f25'
const PROBABILITIES = 'ab4fe794f7b3068790805d9b96bb86b8d4d5ef649d1663512b68e0f3d86185a0'

const sha256 = (array: Uint8Array | Uint32Array | Float64Array): string =>
  createHash('sha256')
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest('hex')

/** The published image set with this digest, or the one with these labels; null when unknown. */
export function knownImages(digest: string, labels: Uint8Array): { name: string; origin: Origin } | null {
  return IMAGE_SETS[digest] ?? LABEL_COLUMNS[sha256(labels)] ?? null
}

export const isPublishedCounts = (counts: Uint32Array): boolean => sha256(counts) === COUNTS
export const isPublishedProbabilities = (table: Float64Array): boolean => sha256(table) === PROBABILITIES
