/**
 * What the session screen asks of the program, whoever carries it: the window's client or the participants' page. Every
 * call throws StudioError only.
 */
import type { AnswerReceipt, Environment, SessionAnswer, SessionView } from '../../domain/study'
import type { SessionImage } from '../../contract'

export interface SessionDoor {
  open(environment: Environment): Promise<SessionView>
  /** Leaves a page. */
  advance(from: 'consent' | 'instructions'): Promise<SessionView>
  image(practice: boolean, trial: number): Promise<SessionImage>
  /** Resolves once the judgment is stored; the same answer sent twice is stored once. */
  answer(answer: SessionAnswer): Promise<AnswerReceipt>
  withdraw(): Promise<SessionView>
  /** Nothing more will be asked. */
  close(): void
}
