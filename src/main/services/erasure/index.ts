/** Erasing participants and annotators for good: see participant.ts. */
export { erasureCleanup, type Cleanup } from './cleanup'
export { exportsIn } from './exports'
export { whyChanged } from './labelSets'
export { eraseAnnotator, eraseParticipant, type Decision, type Erased } from './participant'
