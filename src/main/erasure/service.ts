/** Erasing participants of studies for good, for the calls of the contract. What an erasure is: participant.ts. */
import type { Handlers } from '../../contract/handlers'
import type { ProjectService } from '../project/service'
import type { StudiesService } from '../study/service'
import type { Cleanup } from './cleanup'
import { exportsIn } from './exports'
import { eraseParticipant } from './participant'

export interface ErasureService {
  erase: Handlers['studies.erase']
  erasures: Handlers['studies.erasures']
}

interface Parts {
  project: ProjectService
  studies: StudiesService
  cleanup: Cleanup
}

export function erasureService({ project, studies, cleanup }: Parts): ErasureService {
  return {
    erase({ study, participant: number, decidedBy, reason }) {
      const { name, ...erased } = studies.changeStudy(study, (states, row) => ({
        name: row.config.name,
        ...eraseParticipant(states, row, number, { decidedBy, reason }),
      }))
      // Label sets changed with it.
      project.changed()
      const exports = exportsIn(project.store().folder, [name, ...erased.recalculated])
      return { ...erased, ...cleanup.begin(), exports }
    },
    erasures: ({ study }) => project.store().erasures.ofStudy(studies.named(study).id),
  }
}
