/**
 * What a scrolled list needs, fetched ahead of it in blocks: the nearest block to the middle of the screen first, few
 * at once, and none of those that a fast scroll has left behind before their turn came.
 */
export interface AheadOptions {
  /** Entries in one block. */
  block: number
  /** Blocks fetched before and after those on the screen. */
  reach: number
  atOnce: number
  /** Fetches the entries from `start` to before `end`. */
  load: (start: number, end: number) => Promise<void>
}

export class Ahead {
  private done = new Set<number>()
  private under = new Set<number>()
  private window: [first: number, last: number] = [0, -1]
  private generation = 0

  constructor(private readonly options: AheadOptions) {}

  /** Another list: what was fetched is not of it. */
  reset() {
    this.generation++
    this.done.clear()
    this.under.clear()
    this.window = [0, -1]
  }

  /** Entries `first` to `last` of `total` are on the screen. */
  see(first: number, last: number, total: number) {
    const { block, reach } = this.options
    const most = Math.ceil(total / block) - 1
    this.window = [Math.max(0, Math.floor(first / block) - reach), Math.min(most, Math.floor(last / block) + reach)]
    this.next()
  }

  /** A block whose fetch failed is fetched again when it is seen again. */
  private next() {
    while (this.under.size < this.options.atOnce) {
      const number = this.nearest()
      if (number === null) return
      void this.fetch(number)
    }
  }

  private nearest(): number | null {
    const [from, to] = this.window
    const middle = (from + to) / 2
    let found: number | null = null
    for (let number = from; number <= to; number++) {
      if (this.done.has(number) || this.under.has(number)) continue
      if (found === null || Math.abs(number - middle) < Math.abs(found - middle)) found = number
    }
    return found
  }

  private async fetch(number: number) {
    const { block, load } = this.options
    const { generation } = this
    this.under.add(number)
    try {
      await load(number * block, (number + 1) * block)
      if (generation === this.generation) this.done.add(number)
    } catch {
      // Said by whoever loads; seen again, it is tried again.
      if (generation === this.generation) this.under.delete(number)
      return
    }
    if (generation !== this.generation) return
    this.under.delete(number)
    this.next()
  }
}
