/**
 * The probe: a process of its own that lists devices or tries one, because a native library that fails takes its
 * process with it. `deviceProbe.js list` and `deviceProbe.js try ID` print one JSON document on standard output, a
 * trial an empty line before it for every step that it has done.
 */
import { candidateDevices, tryDevice, type RealDeviceId } from '../engine/devices'

const [question, id] = process.argv.slice(2)

async function answer(): Promise<unknown> {
  if (question === 'list') return candidateDevices()
  if (question === 'try' && id) return tryDevice(id as RealDeviceId, () => process.stdout.write('\n'))
  throw new Error('usage: deviceProbe.js list | try ID')
}

// Native libraries print to standard output as they please: the answer is its last line.
process.stdout.write(`\n${JSON.stringify(await answer())}\n`, () => process.exit(0))
