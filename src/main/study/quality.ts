/** The quality table of a study and what another threshold would do; the judgments are read once per change. */
import type { StudyQuality } from '../../domain/study'
import { annotatorQuality, thresholdEffect } from '../../domain/study/quality'
import { studyLabels, type StudyLabels } from './labelSet'
import type { StudyStates } from './state'

export function qualityOf(states: StudyStates) {
  const { store } = states
  let kept: { study: number; version: string; labels: StudyLabels; rows: StudyQuality['rows'] } | null = null

  function gather(study: number) {
    const version = store.version()
    if (kept?.study === study && kept.version === version) return kept
    const labels = studyLabels(store, states.get(study))
    const { judgments, annotators, images, counts, sessions } = labels
    const rows = annotatorQuality(judgments, annotators, images, counts.length / images)
    const numbered = rows.map((row) => ({ ...row, number: sessions[row.annotator]?.number ?? 0 }))
    kept = { study, version, labels, rows: numbered }
    return kept
  }

  return (study: number, threshold: number): StudyQuality => {
    const { labels, rows } = gather(study)
    const { judgments, annotators, images, counts, probabilities, sessions } = labels
    const { candidates } = states.get(study).images
    const verdicts = sessions.map(({ verdict }) => verdict)
    const at = (value: number) =>
      thresholdEffect(judgments, annotators, verdicts, value, images, counts.length / images, probabilities, candidates)
    return { rows, now: at(states.get(study).study.config.protocol.checkThreshold), then: at(threshold) }
  }
}
