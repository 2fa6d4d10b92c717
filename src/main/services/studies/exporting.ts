/** A study's judgments so far as files; without identifiers nothing leads back to a person. */
import type { Input } from '../../../shared/contract'
import { StudioError } from '../../../shared/errors'
import type { StudyStates } from './state'

export function exportStudy(
  _states: StudyStates,
  _id: number,
  _format: Input<'studies.export'>['format'],
  _out: string,
  _identifiers: boolean,
): Promise<{ path: string; rows: number }> {
  throw new StudioError('internal', 'Not there yet.')
}
