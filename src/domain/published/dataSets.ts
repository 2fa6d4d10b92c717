/** The sets of images the paper measures on, recognised by the names that projects give them. */

/** `cifar10` is Figure 2's mixture: 0.167 × held-out + 0.833 × the 50,000. */
export const PAPER_SETS = [
  'cifar10',
  'cifar10-train',
  'cifar10.1-v6',
  'cifar10.1-v4',
  'cinic10',
  'imagenet-far',
] as const
export type PaperSet = (typeof PAPER_SETS)[number]

/** How the released Figure 2 mixes its "CIFAR10" out of 10,000 held-out and 50,000 other images. */
export const MIXTURE = { heldOut: 0.167, train: 0.833 } as const
export const MIXTURE_NAME = `cifar10 (${MIXTURE.heldOut} held-out + ${MIXTURE.train} train)`

const KNOWN: [PaperSet, RegExp][] = [
  ['cifar10', /^cifar-?10 \(0\.167/i],
  ['cifar10-train', /^cifar-?10[-_ ]?train/i],
  ['cifar10.1-v4', /^cifar-?10[.-]1[-_ ]?v4/i],
  ['cifar10.1-v6', /^cifar-?10[.-]1[-_ ]?v6/i],
  ['cinic10', /^cinic/i],
  ['imagenet-far', /^image-?net/i],
]

/** The set of the paper a name stands for, or null. */
export const paperSet = (name: string): PaperSet | null => KNOWN.find(([, pattern]) => pattern.test(name))?.[0] ?? null

/** The 10,000 images that CIFAR-10H judged. */
export const isJudgedSet = (name: string): boolean => /^cifar-?10[-_ ]?test/i.test(name)

export const SET_WORDS: Record<PaperSet, string> = {
  cifar10: 'CIFAR-10, mixed as in Figure 2',
  'cifar10-train': 'CIFAR-10, the 50,000',
  'cifar10.1-v6': 'CIFAR-10.1 v6',
  'cifar10.1-v4': 'CIFAR-10.1 v4',
  cinic10: 'CINIC-10, ImageNet part',
  'imagenet-far': 'ImageNet-Far',
}
