/** Every network of the reference file against PyTorch's numbers, optimizer steps included, on the slow oracle. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { outFolder } from '../../src/main/process/entries'
import { outcomeOf, type Part } from '../part'

const REFERENCE = 'reference/networks.json'

/** One line of what `golden --json` answers. */
interface Result {
  id: string
  passed: boolean
  gradientWorst: number
  inputGradient: number
}

const sharedFolder = () => process.env['SECOND_GUESS_SHARED'] ?? join(outFolder(), '../../shared')

function golden(file: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const args = [join(outFolder(), 'main/cli.js'), 'golden', '--file', file, '--device', 'tfjs-cpu', '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr]: [string[], string[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout: stdout.join(''), stderr: stderr.join('') }))
  })
}

/**
 * Small members, on which the oracle must stand well inside what a fast device is allowed; others are in `npm test`.
 */
const CLOSE = ['wrn_10_2', 'vgg_15_BN_16', 'densenet_BC_16_12', 'resnext_11_4x8d', 'pyramidnet_basic_8_24']
const CLOSEST = 1e-3

export const part: Part = {
  name: 'golden',
  shows:
    'All networks with reference numbers agree with them on TensorFlow.js in plain JavaScript, four optimizer steps included.',
  needs: `${REFERENCE} in ../shared or in the folder that SECOND_GUESS_SHARED names; about 20 minutes.`,
  async run() {
    const file = join(sharedFolder(), REFERENCE)
    if (!existsSync(file))
      return { state: 'skipped', reason: `${file} is not there (SECOND_GUESS_SHARED names the folder).` }
    const { code, stdout, stderr } = await golden(file)
    const results = stdout.trim() === '' ? [] : (JSON.parse(stdout) as Result[])
    const reasons = results.filter(({ passed }) => !passed).map(({ id }) => `${id} deviates from the reference.`)
    for (const id of CLOSE) {
      const found = results.find((each) => each.id === id)
      if (!found) reasons.push(`${id} was not checked.`)
      else if (Math.max(found.gradientWorst, found.inputGradient) >= CLOSEST)
        reasons.push(`${id} deviates by ${CLOSEST} or more.`)
    }
    if (results.length === 0) reasons.push('No network was checked.')
    if (code !== 0 && reasons.length === 0) reasons.push(`It ended with ${code}: ${stderr.trim().slice(-500)}`)
    const figures = Object.fromEntries(results.map(({ id, gradientWorst }) => [id, gradientWorst.toExponential(1)]))
    return outcomeOf(reasons, { networks: results.length, ...figures })
  },
}
