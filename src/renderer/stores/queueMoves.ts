/**
 * The run queue as the window knows it. A move is shown at once and sent afterwards, one at a time and relative to the
 * newest order that is known by then: quick key presses add up, however late the answers are.
 */
import { computed, shallowRef } from 'vue'
import type { QueueInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { anchorOf, moveBefore, type QueueTarget } from '../../domain/runs/queueOrder'

/** A run that starts in the meantime changes the order; more often than this in a row it is not worth trying again. */
const ATTEMPTS = 3

interface Move {
  ids: readonly number[]
  target: QueueTarget
}

export interface QueueCalls {
  move(ids: number[], before: number | null): Promise<QueueInfo>
  current(): Promise<QueueInfo>
  /** What became of a move; null where it was done. */
  onSettled(error: StudioError | null): void
}

/** Those of `ids` that wait, in the sequence of `ids`. */
const waiting = (order: readonly number[], { ids }: Move) => ids.filter((id) => order.includes(id))

/** Leaves the order as it is where the move means nothing in it: the runs, or the one they go before, do not wait. */
function apply(order: readonly number[], move: Move): readonly number[] {
  const ids = waiting(order, move)
  if (ids.length === 0) return order
  const before = anchorOf(order, ids, move.target)
  return before !== null && !order.includes(before) ? order : moveBefore(order, ids, before)
}

function notWaiting(ids: readonly number[]): StudioError {
  const which = ids.length === 1 ? `Run ${ids[0]} is` : `Runs ${ids.join(', ')} are`
  return new StudioError('conflict', `${which} not waiting in the queue.`, {
    hint: 'Started or stopped in the meantime.',
  })
}

export function queueMoves(calls: QueueCalls) {
  /** As last heard of; null before the first answer. */
  const known = shallowRef<QueueInfo | null>(null)
  /** Not answered yet, the first of them sent. */
  const pending = shallowRef<readonly Move[]>([])
  /** The last in line; moves are sent when all before them are answered. */
  let line: Promise<unknown> = Promise.resolve()

  const shown = computed<QueueInfo | null>(() => {
    if (!known.value || pending.value.length === 0) return known.value
    return { ...known.value, order: [...pending.value.reduce<readonly number[]>(apply, known.value.order)] }
  })

  /** Takes what an event or an answer says, unless something newer is known. */
  function receive(info: QueueInfo) {
    if (!known.value || info.revision >= known.value.revision) known.value = info
  }

  /** Throws StudioError('conflict') where none of the runs waits any more. */
  async function send(move: Move): Promise<QueueInfo> {
    for (let attempt = 1; ; attempt++) {
      // A run can be on the screen before the order that has it has arrived.
      if (move.ids.some((id) => !known.value?.order.includes(id))) receive(await calls.current())
      const order = known.value?.order ?? []
      const ids = waiting(order, move)
      if (ids.length === 0) throw notWaiting(move.ids)
      const before = anchorOf(order, ids, move.target)
      // From here on it says where exactly: an event that already shows the result must not move it twice.
      replaceFirst({ ids, target: { before } })
      try {
        return await calls.move(ids, before)
      } catch (thrown) {
        const error = StudioError.from(thrown)
        if (error.kind !== 'conflict' || attempt === ATTEMPTS) throw error
        replaceFirst(move)
        receive(await calls.current())
      }
    }
  }

  const replaceFirst = (move: Move) => (pending.value = [move, ...pending.value.slice(1)])

  async function settle(move: Move): Promise<boolean> {
    try {
      const answer = await send(move)
      receive(answer)
      calls.onSettled(null)
      return true
    } catch (thrown) {
      calls.onSettled(StudioError.from(thrown))
      return false
    } finally {
      pending.value = pending.value.slice(1)
    }
  }

  /** Shown when this returns; resolves once it is answered, false where it was refused. */
  function move(ids: readonly number[], target: QueueTarget): Promise<boolean> {
    const asked: Move = { ids, target }
    pending.value = [...pending.value, asked]
    const settled = line.then(() => settle(asked))
    line = settled
    return settled
  }

  /** Where no project is open. */
  const forget = () => (known.value = null)

  return { shown, receive, forget, move }
}
