/**
 * One question at a time, the newest next: whatever was asked while an answer was on its way is passed over but for the
 * last. Answers can so never overtake each other, however slow one is, and a slider never queues up work.
 */
export interface Latest<Q> {
  /** Asks now, or as soon as the answer on its way is there. */
  ask(question: Q): void
  /** Drops what waits; the answer on its way is still given to `work`'s caller. */
  drop(): void
}

/**
 * `work` must not throw: it shows its own errors. `restMs`: how long to rest after an answer that took that many ms.
 */
export function latest<Q>(
  work: (question: Q) => Promise<void>,
  restMs: (tookMs: number) => number = () => 0,
): Latest<Q> {
  let busy = false
  let next: { question: Q } | null = null

  async function run() {
    busy = true
    while (next) {
      const { question } = next
      next = null
      const began = performance.now()
      await work(question)
      const rest = restMs(performance.now() - began)
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
    }
    busy = false
  }
  return {
    ask(question) {
      next = { question }
      if (!busy) void run()
    },
    drop() {
      next = null
    },
  }
}
