/** Which runs a person wants to see: by words, state, target and tag. Pure. */
import { RUN_STATES, type RunInfo, type RunState } from '../../domain/runs/info'
import { TARGETS, type Target } from '../../domain/runs/config'
import { foldLabel } from '../../domain/runs/foldLabel'

export interface RunFilter {
  /** Each word must be in the run’s number, network, target, tags or note. */
  text: string
  state: RunState | null
  target: Target | null
  tag: string | null
}

export const noFilter = (): RunFilter => ({ text: '', state: null, target: null, tag: null })
export const isFiltering = ({ text, state, target, tag }: RunFilter) =>
  text.trim() !== '' || state !== null || target !== null || tag !== null

/** "fold 2" is one word, and not fold 20. */
const PHRASES = /(?:run|fold|seed)\s+\d+|\S+/g
const NUMBERED = /^(?:run|fold|seed)\s+\d+$/

export function filterRuns(runs: readonly RunInfo[], { text, state, target, tag }: RunFilter): RunInfo[] {
  const words = text.toLowerCase().match(PHRASES) ?? []
  return runs.filter((run) => {
    if (state !== null && run.state !== state) return false
    if (target !== null && run.config.target !== target) return false
    if (tag !== null && !(run.tags ?? []).includes(tag)) return false
    if (words.length === 0) return true
    const { network, target: its, fold, seed, labelSet, imageSet } = run.config
    const own = [
      `run ${run.id}`,
      run.key,
      network,
      its,
      foldLabel(fold),
      `seed ${seed}`,
      labelSet ?? '',
      imageSet,
      run.device ?? '',
      ...(run.tags ?? []),
      run.note ?? '',
    ]
    const all = own.map((each) => each.toLowerCase())
    return words.every((word) =>
      NUMBERED.test(word) ? all.includes(word.replace(/\s+/, ' ')) : all.some((each) => each.includes(word)),
    )
  })
}

/** What there is to choose from among these runs. */
export function filterChoices(runs: readonly RunInfo[]) {
  const states = new Set(runs.map(({ state }) => state))
  const targets = new Set(runs.map(({ config }) => config.target))
  const tags = new Set(runs.flatMap((run) => run.tags ?? []))
  return {
    states: RUN_STATES.filter((state) => states.has(state)),
    targets: TARGETS.filter((target) => targets.has(target)),
    tags: [...tags].sort((a, b) => a.localeCompare(b, 'en')),
  }
}
