/**
 * `npm run bench [-- training|account|families|attacks|memory|labelling|interface|crowd]`: measurements that claims in
 * docs/measurements.md rest on. Ratios against a peer in the same run, medians of interleaved repetitions; nothing here
 * is a test.
 */
import { account } from './account'
import { attacks } from './attacks'
import { crowd } from './crowd'
import { families } from './families'
import { measureInterface } from './interface'
import { labelling } from './labelling'
import { memory } from './memory'
import { training } from './training'
import { endWithLauncher } from '../src/main/process/launcher'

const BENCHES: Record<string, (args: string[]) => Promise<unknown>> = {
  training,
  account,
  families,
  attacks,
  memory,
  labelling,
  interface: measureInterface,
  crowd,
}

endWithLauncher()
const [name = 'training', ...args] = process.argv.slice(2)
const bench = BENCHES[name]
if (!bench) {
  process.stderr.write(`usage: npm run bench [-- ${Object.keys(BENCHES).join('|')}] [options]\n`)
  process.exit(2)
}
const found = await bench(args)
process.stdout.write(`${typeof found === 'string' ? found : JSON.stringify(found, null, 2)}\n`)
