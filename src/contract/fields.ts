/** Fields that questions of several domains have, and what a call is made of. */
import { z } from 'zod'
import { nameProblem } from '../domain/names'

export const nothing = z.strictObject({})

/** Of something that is there: what earlier versions let in is found too, and the rest is refused as not found. */
export const name = z.string().max(1000)

/** Given to something new. */
export const newName = z.string().superRefine((text, context) => {
  const problem = nameProblem(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

export const path = z.string().min(1).max(4096)

export const id = z.number().int().positive()

export const index = z.number().int().nonnegative()

export const call = <I extends z.ZodType, O>(input: I, _output?: O) => ({ input }) as { input: I; output: O }

export const answer = <O>() => undefined as unknown as O
