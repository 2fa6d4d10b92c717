/**
 * Training throughput beside PyTorch's on the same machine in the same run: `cli bench` and the peer's script take
 * turns, and the medians are compared. Options: --network, --batch, --device, --seconds, --times, --peer FILE.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

interface Measured {
  imagesPerSecond: number
  msPerStep: number
  peakRssMb: number
}

export async function training(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      network: { type: 'string', default: 'resnet_basic_20' },
      batch: { type: 'string', default: '128' },
      device: { type: 'string', default: 'cpu' },
      seconds: { type: 'string', default: '10' },
      times: { type: 'string', default: '3' },
      peer: { type: 'string', default: '../shared/tools/peer_torch_bench.py' },
    },
  })
  const { network, batch, device, seconds } = values
  const ours: Measured[] = []
  const peers: Measured[] = []
  const python = pythonWithTorch()
  const peer = resolve(values.peer)
  const peerRuns = python !== null && existsSync(peer) && network.startsWith('resnet_basic_')
  if (!peerRuns) process.stderr.write(`No peer: ${python ? peer : 'python3 with torch'} is not there.\n`)
  for (let i = 0; i < Number(values.times); i++) {
    const cli = join(import.meta.dirname, 'cli.js')
    const common = ['--batch', batch, '--device', device, '--seconds', seconds]
    ours.push(run(process.execPath, [cli, 'bench', '--network', network, ...common, '--json']) as unknown as Measured)
    if (!peerRuns) continue
    const torchDevice = device === 'cpu' ? 'cpu' : 'cuda'
    const depth = network.replace('resnet_basic_', '')
    const options = ['--depth', depth, '--batch', batch, '--seconds', seconds, '--device', torchDevice]
    const { images_per_second, ms_per_step, peak_rss_mb } = run(python, [peer, ...options]) as Record<string, number>
    peers.push({
      imagesPerSecond: images_per_second ?? NaN,
      msPerStep: ms_per_step ?? NaN,
      peakRssMb: peak_rss_mb ?? NaN,
    })
  }
  const summary = { ours: medians(ours), peer: peerRuns ? medians(peers) : null }
  const ratio = (key: keyof Measured) => (summary.peer ? summary.ours[key] / summary.peer[key] : null)
  return {
    network,
    batch: Number(batch),
    device,
    runs: { ours, peers },
    median: summary,
    imagesPerSecondRatio: ratio('imagesPerSecond'),
    peakRssRatio: ratio('peakRssMb'),
  }
}

function run(command: string, args: string[]): Record<string, unknown> {
  const env = { ...process.env, OMP_NUM_THREADS: String(availableParallelism()) }
  const output = execFileSync(command, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] })
  process.stderr.write(output)
  return JSON.parse(output) as Record<string, unknown>
}

function pythonWithTorch(): string | null {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' })
      return python
    } catch {
      // the next one
    }
  }
  return null
}

function medians(runs: Measured[]): Measured {
  const median = (key: keyof Measured) => {
    const sorted = runs.map((one) => one[key]).sort((a, b) => a - b)
    return sorted[sorted.length >> 1] as number
  }
  return { imagesPerSecond: median('imagesPerSecond'), msPerStep: median('msPerStep'), peakRssMb: median('peakRssMb') }
}
