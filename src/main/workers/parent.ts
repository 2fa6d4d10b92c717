/** How a task in a worker process speaks to the services that started it. */
import type { FromWorker } from './messages'

export type Distribute<T> = T extends unknown ? Omit<T, 'id'> : never
type WithId = Extract<FromWorker, { id: number }>

export interface Parent {
  tell(message: Exclude<FromWorker, WithId>): void
  /** Sends and waits until the services have dealt with it. */
  report(message: Distribute<WithId>): Promise<void>
  onPause(listener: () => void): void
  onStop(listener: () => void): void
}
