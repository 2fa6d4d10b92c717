/**
 * How long a device that is tried may say nothing: a busy machine is slow step by step, a driver that hangs is silent.
 */
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { devicesService, readProbe, type RunProbe } from '../../../src/main/devices/service'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function probe(silentMs: number) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const kill = vi.fn(() => end())
  return { stdout, stderr, end, kill, output: readProbe({ stdout, stderr, ended, kill }, silentMs) }
}

const turn = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('one that goes on step by step is waited for, however long it takes', async () => {
  const { stdout, stderr, end, kill, output } = probe(1000)
  for (let step = 0; step < 10; step++) {
    await turn(900)
    ;(step % 2 === 0 ? stdout : stderr).write('\n')
    await turn(0)
  }
  stdout.write('{"id":"cpu"}\n')
  await turn(0)
  end()
  expect(await output).toEqual({ stdout: `${'\n'.repeat(5)}{"id":"cpu"}\n`, stderr: '\n'.repeat(5), timedOut: false })
  expect(kill).not.toHaveBeenCalled()
})

test('one that hangs is ended, and the reason says so', async () => {
  const run: RunProbe = (args, silentMs) => {
    if (args[0] === 'list') return Promise.resolve({ stdout: '["webgpu"]', stderr: '', timedOut: false })
    const { stdout, output } = probe(silentMs)
    stdout.write('\n')
    return output
  }
  const devices = devicesService(run).list()
  await turn(59_000)
  await turn(2_000)
  const found = (await devices).find(({ id }) => id === 'webgpu')
  expect(found).toMatchObject({ available: false, reason: 'It did nothing for 60 seconds.' })
})
