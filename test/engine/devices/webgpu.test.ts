/**
 * WebGPU on a software adapter (SwiftShader, from Debian's chromium package): far too slow to train on, right for
 * finding out whether compiled programs compute what the CPU computes and whether GPU memory is kept in order. Native
 * failures end a process, so everything runs in the built device probe.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { DeviceTrial } from '../../../src/engine/devices'
import { shared } from '../../support/shared'

const ICD = '/usr/lib/chromium/vk_swiftshader_icd.json'
const probe = join(import.meta.dirname, '../../../out/main/deviceProbe.js')
const loader = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1'].some(
  existsSync,
)
const possible = existsSync(ICD) && loader
if (!possible) console.warn('SKIPPED: WebGPU needs the packages chromium (SwiftShader) and libvulkan1')

async function tried(device: string, env: Record<string, string> = {}): Promise<DeviceTrial> {
  const options = { env: { ...process.env, ...env } }
  const { stdout } = await promisify(execFile)(process.execPath, [probe, 'try', device], options)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as DeviceTrial
}

describe.skipIf(!existsSync(probe))('device probe (run `npm run build` first)', () => {
  test.skipIf(!possible)(
    'WebGPU computes what the CPU computes, on state that stays on the device',
    { timeout: 120_000 },
    async () => {
      const trial = await tried('webgpu', { VK_ICD_FILENAMES: ICD })
      expect(trial).toMatchObject({ id: 'webgpu', available: true, reason: null })
      // Emulated in software it must never be what `auto` chooses.
      const cpu = await tried('cpu')
      expect(trial.stepMs as number).toBeGreaterThan(cpu.stepMs as number)
    },
  )

  const reference = shared('reference', 'networks.json')
  test.skipIf(!possible || !reference)(
    'a whole training step of resnet_basic_8 on WebGPU',
    { timeout: 240_000 },
    async () => {
      const { resnet_basic_8 } = (JSON.parse(readFileSync(reference as string, 'utf8')) as { networks: object })
        .networks as {
        resnet_basic_8: object
      }
      const file = join(mkdtempSync(join(tmpdir(), 'second-guess-golden-')), 'networks.json')
      writeFileSync(file, JSON.stringify({ networks: { resnet_basic_8 } }))
      const cli = join(probe, '../cli.js')
      const options = { env: { ...process.env, VK_ICD_FILENAMES: ICD } }
      const args = [cli, 'golden', '--file', file, '--device', 'webgpu', '--json']
      const { stdout } = await promisify(execFile)(process.execPath, args, options)
      expect(JSON.parse(stdout)).toMatchObject([{ id: 'resnet_basic_8', passed: true }])
    },
  )

  test('a device that is not there says why', { timeout: 60_000 }, async () => {
    const trial = await tried('webgpu', { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' })
    if (trial.available) return // a machine with another graphics interface than Vulkan
    expect(trial.reason).toMatch(/WebGPU|adapter/)
  })
})
