/** Ten thousand mutants of small files: refused with a reason, or read as NumPy and Python read them. */
import { join } from 'node:path'
import { outFolder } from '../../src/main/process/entries'
import { runCampaign } from '../../test/fuzz/campaign'
import { peersPython } from '../../test/peers/environment.mjs'
import { outcomeOf, type Part } from '../part'

const MUTANTS = 10_000

export const part: Part = {
  name: 'fuzz',
  shows: 'No damaged file ends the program, is refused without a reason, or is accepted with another meaning.',
  needs: 'The environment `data` of test/peers (npm run peers); about 2 minutes.',
  async run({ seed }) {
    const python = peersPython('data', join(outFolder(), '../test/peers'))
    if (python === null)
      return { state: 'skipped', reason: 'The environment `data` of test/peers is not built: npm run peers.' }
    const script = join(outFolder(), '../test/fuzz/independent.py')
    const { failures, ...figures } = await runCampaign({
      seed,
      mutants: MUTANTS,
      ms: Infinity,
      python,
      script,
      keep: null,
    })
    const reasons = failures.map(({ mutant, original, reason }) => `Mutant ${mutant} of ${original}: ${reason}`)
    if (figures.compared < MUTANTS / 20) reasons.push(`Only ${figures.compared} mutants were accepted and compared.`)
    return outcomeOf(reasons, figures)
  },
}
