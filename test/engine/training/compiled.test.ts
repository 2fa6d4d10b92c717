/** The whole run on the compiled CPU device: the oracle's numbers, and exact resume at every kind of boundary. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDevice } from '../../../src/engine/devices'
import type { Device } from '../../../src/engine/program'
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/engine/training/checkpoint'
import { executeRun, type RunEvent, type RunOptions } from '../../../src/engine/training/run'
import { tinyInputs, TINY } from './fixture'

let cpu: Device
beforeAll(async () => {
  cpu = await openDevice('cpu', { threads: 1 })
})
afterAll(() => cpu.dispose())

const inputs = tinyInputs()

async function last(device: Device, options: RunOptions = {}, config = TINY): Promise<RunEvent> {
  let event: RunEvent | undefined
  for await (event of executeRun(config, inputs, device, options));
  if (!event) throw new Error('the run ended without an event')
  return event
}

describe('a compiled run', () => {
  it('gives what the oracle gives', async () => {
    const [compiled, oracle] = [await last(cpu), await last(await openDevice('tfjs-cpu'))]
    if (compiled.type !== 'done' || oracle.type !== 'done') throw new Error('did not end')
    expect(compiled.heldOut).toEqual(oracle.heldOut)
    compiled.predictions.forEach((p, i) => expect(Math.abs(p - (oracle.predictions[i] ?? NaN))).toBeLessThan(1e-3))
    for (const [name, value] of Object.entries(oracle.result.measures)) {
      // Ranks jump where two images nearly tie.
      if (!/Spearman|alibration/.test(name)) expect(compiled.result.measures[name], name).toBeCloseTo(value, 3)
    }
    compiled.result.attacks.forEach((attack, i) => {
      expect(attack.crossEntropyToLabels).toBeCloseTo(oracle.result.attacks[i]?.crossEntropyToLabels ?? NaN, 2)
    })
  }, 60_000)

  it('goes on bit for bit from wherever it was stopped', async () => {
    const whole = await last(cpu)
    for (const stopAfter of [1, 3, 4, 8, 12, 14, 16, 19]) {
      let asked = 0
      const stopped = await last(cpu, { shouldStop: () => (++asked === stopAfter ? 'pause' : null) })
      if (stopped.type !== 'checkpoint') throw new Error(`ended with ${stopped.type}`)
      const resume = decodeCheckpoint(encodeCheckpoint(stopped.checkpoint), 'run.ckpt')
      expect(await last(cpu, { resume })).toEqual(whole)
    }
  }, 120_000)

  it('may be taken up on another device', async () => {
    const stopped = await last(cpu, { shouldStop: () => 'pause' })
    if (stopped.type !== 'checkpoint') throw new Error(`ended with ${stopped.type}`)
    const oracle = await openDevice('tfjs-cpu')
    const done = await last(oracle, { resume: stopped.checkpoint }, { ...TINY, device: 'cpu' })
    expect(done.type).toBe('done')
  })
})
