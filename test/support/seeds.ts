/** Random input of tests that do not use fast-check, which prints its own seed. */
import { onTestFailed } from 'vitest'
import { SeededRandom } from '../../src/domain/random'

/**
 * A generator for the test that runs, seeded anew each time; the seed is printed when the test fails. SECOND_GUESS_SEED
 * sets it, to repeat the same draws. `stream` separates generators of one test.
 */
export function seededRandom(): { seed: number; random: (stream?: number) => SeededRandom } {
  const given = process.env['SECOND_GUESS_SEED']
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`SECOND_GUESS_SEED is ${given}; it has to be an integer.`)
  onTestFailed(() => void process.stderr.write(`Draws of seed ${seed}: repeat with SECOND_GUESS_SEED=${seed}\n`))
  return { seed, random: (stream = 0) => new SeededRandom(seed, stream) }
}
