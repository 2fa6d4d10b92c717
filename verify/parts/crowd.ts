/** A thousand participants at once: the benchmark's crowd, held to what it must never miss. */
import { goalFaults } from '../../bench/crowd/table'
import { measureCrowd } from '../../bench/crowd/scenario'
import { outcomeOf, type Part } from '../part'

const PARTICIPANTS = 1_000
const TRIALS = 50

export const part: Part = {
  name: 'crowd',
  shows: '1,000 participants with realistic pauses lose no answer and meet no error, alone and beside a training run.',
  needs: 'Two processor cores that nothing else uses; about 7 minutes.',
  async run({ seed, say }) {
    const reasons: string[] = []
    const figures: Record<string, number | string> = {}
    for (const training of [false, true]) {
      const where = training ? 'beside a run' : 'alone'
      say(`${PARTICIPANTS} participants, ${where}`)
      const result = await measureCrowd({
        participants: PARTICIPANTS,
        trials: TRIALS,
        pace: 'realistic',
        training,
        arrivalSeconds: 30,
        join: false,
        clients: 1,
        seed,
        profile: null,
      })
      figures[`${where}: answers, lost`] = `${result.answers}, ${result.check.lost.length}`
      figures[`${where}: p99 after the rush, ms`] = Math.round(result.latencyMs.afterRush?.p99 ?? NaN)
      figures[`${where}: server, MB`] = Math.round((result.server?.peakRssBytes ?? NaN) / 2 ** 20)
      for (const fault of goalFaults(result)) reasons.push(`${where}: ${fault}`)
      if (result.answers < PARTICIPANTS * TRIALS) reasons.push(`${where}: only ${result.answers} answers were given.`)
      if (training && !result.trainingSteps) reasons.push('The run beside it did not train.')
    }
    return outcomeOf(reasons, figures)
  },
}
