/** The mix of simulated annotators as it is typed: percents that must make 100. */
import { DEFAULT_MIX, type SimulatedMix } from '../../../domain/study'
import type { Typed } from './studyForm'

export type MixForm = Record<keyof SimulatedMix, Typed>

export const MIX_KINDS: { kind: keyof SimulatedMix; name: string; about: string }[] = [
  { kind: 'careful', name: 'Careful', about: 'answer as people do' },
  { kind: 'hurried', name: 'Hurried', about: 'faster, slip more often' },
  { kind: 'onePosition', name: 'One position', about: 'always the same place' },
  { kind: 'random', name: 'Random', about: 'any label' },
]

const percents = (share: number) => Math.round(share * 1e6) / 1e4
export const defaultMix = (): MixForm =>
  Object.fromEntries(MIX_KINDS.map(({ kind }) => [kind, percents(DEFAULT_MIX[kind])])) as MixForm

/** Rounded to what can be typed, so that 0.1 and 0.2 make 0.3. */
export const mixSum = (form: MixForm): number =>
  Math.round(MIX_KINDS.reduce((sum, { kind }) => sum + (form[kind] === '' ? 0 : form[kind]), 0) * 1e4) / 1e4

/** What is wrong with the mix, or null. */
export function mixProblem(form: MixForm): string | null {
  const wrong = MIX_KINDS.find(({ kind }) => {
    const value = form[kind]
    return value === '' || value < 0 || value > 100
  })
  if (wrong) return `${wrong.name}: a share from 0 to 100%.`
  const sum = mixSum(form)
  return sum === 100 ? null : `The shares make ${sum}%, not 100%.`
}

/** Shares that sum to 1. Only for a mix without a problem. */
export const mixOf = (form: MixForm): SimulatedMix =>
  Object.fromEntries(MIX_KINDS.map(({ kind }) => [kind, Number(form[kind]) / 100])) as unknown as SimulatedMix
