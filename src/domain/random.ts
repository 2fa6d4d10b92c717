/** A small seeded generator for things that must come out the same on every machine. Not for secrets. */

/** Standard deviation of the sum of four uniform bytes. */
const GRAIN = Math.sqrt((4 * (256 ** 2 - 1)) / 12)

/** sfc32 (Chris Doty-Humphrey's small fast counter, 32 bits): 128 bits of state, passes PractRand. */
export class SeededRandom {
  private a: number
  private b: number
  private c: number
  private counter = 1
  private spare: number | null = null

  /** `stream` gives independent sequences of one seed. */
  constructor(seed: number, stream = 0) {
    this.a = seed | 0
    this.b = Math.floor(seed / 2 ** 32) | 0
    this.c = stream | 0
    // The first outputs still show the seed.
    for (let i = 0; i < 20; i++) this.uint32()
  }

  /** Uniform in 0 to 2^32 - 1. */
  uint32(): number {
    const out = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + out) | 0
    return out >>> 0
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.uint32() / 2 ** 32
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform()
  }

  /** Uniform integer in 0 to n - 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n)
  }

  /** Standard normal (polar method). */
  normal(): number {
    if (this.spare !== null) {
      const value = this.spare
      this.spare = null
      return value
    }
    for (;;) {
      const x = 2 * this.uniform() - 1
      const y = 2 * this.uniform() - 1
      const r = x * x + y * y
      if (r >= 1 || r === 0) continue
      const scale = Math.sqrt((-2 * Math.log(r)) / r)
      this.spare = y * scale
      return x * scale
    }
  }

  /** Nearly normal, from one draw: the sum of four uniform bytes, scaled to variance 1. For pixel noise. */
  grain(): number {
    const bits = this.uint32()
    return ((bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510) / GRAIN
  }

  /** An index drawn with the given probabilities, which sum to 1. */
  category(probabilities: ArrayLike<number>): number {
    let rest = this.uniform()
    for (let c = 0; c < probabilities.length; c++) {
      rest -= probabilities[c] ?? 0
      if (rest < 0) return c
    }
    // Rounding left nothing over: the last class that can be drawn.
    for (let c = probabilities.length - 1; c > 0; c--) if ((probabilities[c] ?? 0) > 0) return c
    return 0
  }

  /** Shuffles in place (Fisher-Yates) and answers the array. */
  shuffle<T extends unknown[] | Int32Array>(array: T): T {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const kept = array[i]
      array[i] = array[j]
      array[j] = kept
    }
    return array
  }
}
