/**
 * The one source of randomness of runs: MT19937 as NumPy's legacy `RandomState` uses it, so that permutations drawn
 * elsewhere with NumPy can be drawn again here. Streams are keyed by numbers (seed, purpose, epoch, ...), never shared
 * or advanced across steps: any step of a run can be repeated without the steps before it.
 */

const N = 624
const M = 397

/** What a stream is for; the second key of every stream, so that no two purposes share numbers. */
export const PURPOSE = {
  initialise: 1,
  order: 2,
  augment: 3,
  attack: 4,
  noise: 5,
  mix: 6,
  sample: 7,
  mixup: 8,
} as const

export class Random {
  private readonly state = new Uint32Array(N)
  private position = N

  /**
   * One number seeds like `RandomState(seed)`, several like `RandomState([a, b, ...])`.
   * Keys are non-negative integers below 2^32.
   */
  constructor(...keys: [number, ...number[]]) {
    if (keys.length === 1) this.seed(keys[0])
    else this.seedByArray(keys)
  }

  /** Uniform on 0 .. 2^32-1. */
  uint32(): number {
    if (this.position === N) this.twist()
    let y = at(this.state, this.position++)
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    y ^= y >>> 18
    return y >>> 0
  }

  /** Uniform on [0, 1) with 53 bits: `RandomState.random_sample`. */
  uniform(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  /** Uniform on 0 .. maximum inclusive, by masked rejection: NumPy's legacy `random_interval`. */
  integer(maximum: number): number {
    if (maximum <= 0) return 0
    const mask = maximum >= 0x80000000 ? 0xffffffff : 2 ** (32 - Math.clz32(maximum)) - 1
    for (;;) {
      const value = (this.uint32() & mask) >>> 0
      if (value <= maximum) return value
    }
  }

  /** Standard normal (polar Box-Muller, one of the pair). */
  normal(): number {
    for (;;) {
      const x = 2 * this.uniform() - 1
      const y = 2 * this.uniform() - 1
      const square = x * x + y * y
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
    }
  }

  /** 0 .. count-1 in random order: equal to `RandomState.permutation(count)`. */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i)
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i)
      const kept = at(order, i)
      order[i] = at(order, j)
      order[j] = kept
    }
    return order
  }

  private seed(value: number): void {
    let word = value >>> 0
    for (let i = 0; i < N; i++) {
      this.state[i] = word
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i + 1) >>> 0
    }
    this.position = N
  }

  /** `init_by_array` of the reference implementation (Matsumoto and Nishimura, 2002). */
  private seedByArray(keys: number[]): void {
    this.seed(19650218)
    const { state } = this
    let i = 1
    let j = 0
    const previous = () => at(state, i - 1) ^ (at(state, i - 1) >>> 30)
    const advance = () => {
      if (++i < N) return
      state[0] = at(state, N - 1)
      i = 1
    }
    for (let k = Math.max(N, keys.length); k > 0; k--) {
      state[i] = (at(state, i) ^ Math.imul(previous(), 1664525)) + (keys[j] ?? 0) + j
      advance()
      if (++j === keys.length) j = 0
    }
    for (let k = N - 1; k > 0; k--) {
      state[i] = (at(state, i) ^ Math.imul(previous(), 1566083941)) - i
      advance()
    }
    state[0] = 0x80000000
  }

  private twist(): void {
    const { state } = this
    for (let i = 0; i < N; i++) {
      const y = (at(state, i) & 0x80000000) | (at(state, (i + 1) % N) & 0x7fffffff)
      state[i] = at(state, (i + M) % N) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
    }
    this.position = 0
  }
}

/** An element that is known to exist: indices above are all reduced modulo or bounded by the length. */
const at = (array: Uint32Array | Int32Array, index: number): number => array[index] as number
