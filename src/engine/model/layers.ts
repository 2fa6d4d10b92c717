/**
 * The vocabulary in which architectures are written. An architecture is one function over a `Layers<T>`; it is read
 * twice: with shapes (describe.ts), which lists its parameters and counts its multiply-adds, and with tensors
 * (apply.ts), which computes it. A family therefore states its structure once, in the order of execution, which is
 * also the order of its parameters.
 */

export type Initial =
  | { kind: 'constant'; value: number }
  /** Kaiming normal: deviation sqrt(2 / fan). Fan-out of a convolution is its output channels times its taps. */
  | { kind: 'kaiming'; fan: 'in' | 'out' }
  | { kind: 'uniform'; low: number; high: number }

export interface ConvolutionOptions {
  /** Side of the square filter; padding is (size - 1) / 2. */
  size: 1 | 3
  stride?: 1 | 2
  /** Output channels of group k see input channels of group k only, and filters hold those; default 1. */
  groups?: number
  /** Default: Kaiming normal, fan-out, as in every family of the paper but WRN. */
  initial?: Initial
  /** Adds parameter `name/bias`, 0 at first. */
  bias?: boolean
}

export interface BatchNormalizationOptions {
  /** Of gamma; default 1. */
  initial?: Initial
}

/** T: what flows between layers, one image's activations [H, W, C] or a feature vector [F]. */
export interface Layers<T> {
  /** Parameter `name/filter`, HWIO. */
  convolution(name: string, x: T, channels: number, options: ConvolutionOptions): T
  /** Epsilon 1e-5, momentum 0.1, unbiased running variance; parameters `name/gamma`, `name/beta`. */
  batchNormalization(name: string, x: T, options?: BatchNormalizationOptions): T
  relu(x: T): T
  add(a: T, b: T): T
  /** Of 2x2 pixels, [H, W, C] -> [H/2, W/2, C]; a last odd row or column is dropped. */
  maxPool(x: T): T
  averagePool(x: T): T
  /** Channels of `a`, then those of `b`. */
  concatenate(a: T, b: T): T
  /** Channels of zeros after those of `x`, up to as many as said. */
  padChannels(x: T, channels: number): T
  /** Of an image with even sides the pixels in even (0) or odd (1) rows and columns. */
  everyOtherPixel(x: T, offset: 0 | 1): T
  /** Mixed by random weights per image in training, evenly in evaluation (ops/mixture.ts). */
  mix(a: T, b: T): T
  /** [H, W, C] -> [C]. */
  globalAveragePool(x: T): T
  /** Linear with bias; parameters `name/weight` [in, out], `name/bias`. */
  linear(name: string, x: T, units: number): T
  channels(x: T): number
}

/** From images [H, W, C] to logits [classes]. */
export type Architecture = <T>(layers: Layers<T>, images: T, classes: number) => T
