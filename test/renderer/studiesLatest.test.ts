/**
 * One question at a time, the newest next: with any delays, answers come in the order asked and the last one counts.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latest } from '../../src/renderer/views/crowd/latest'

describe('latest', () => {
  it('ends with the newest question, in order and never two at once, however slow each answer is', async () => {
    const waits = fc.array(fc.record({ pause: fc.nat({ max: 4 }), takes: fc.nat({ max: 6 }) }), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(waits, async (asks) => {
        const answered: number[] = []
        let running = 0
        let most = 0
        const ticks = async (n: number) => {
          for (let at = 0; at < n; at++) await Promise.resolve()
        }
        const asker = latest(async (question: number) => {
          most = Math.max(most, ++running)
          await ticks(asks[question]?.takes ?? 0)
          running--
          answered.push(question)
        })
        for (const [question, { pause }] of asks.entries()) {
          asker.ask(question)
          await ticks(pause)
        }
        await ticks(200)
        expect(most).toBe(1)
        expect(answered.at(-1)).toBe(asks.length - 1)
        expect(answered).toEqual([...answered].sort((a, b) => a - b))
        expect(answered[0]).toBe(0)
      }),
    )
  })
  it('passes over what was asked in between', async () => {
    const answered: string[] = []
    let finish = () => undefined as void
    const asker = latest(async (question: string) => {
      if (question === 'first') await new Promise<void>((done) => (finish = done))
      answered.push(question)
    })
    asker.ask('first')
    asker.ask('second')
    asker.ask('third')
    finish()
    await new Promise((done) => setTimeout(done))
    expect(answered).toEqual(['first', 'third'])
  })
  it('forgets what waits when told to', async () => {
    const answered: number[] = []
    const asker = latest(async (question: number) => {
      await Promise.resolve()
      answered.push(question)
    })
    asker.ask(1)
    asker.ask(2)
    asker.drop()
    await new Promise((done) => setTimeout(done))
    expect(answered).toEqual([1])
  })
})
