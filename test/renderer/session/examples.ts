/** A participant's session as the screen has it; a test changes what it is about. */
import { CIFAR10_CLASSES } from '../../../src/domain/labels/sets'
import type { SessionView } from '../../../src/domain/study'
import type { FlowState } from '../../../src/renderer/session/flow'

export const aView = (change: Partial<SessionView> = {}): SessionView => ({
  study: 'Pilot',
  kind: 'crowd',
  code: 'P0003',
  stage: 'trials',
  classes: [...CIFAR10_CLASSES],
  layout: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  imagePixels: 160,
  smoothing: 'crisp',
  practice: { position: 0, total: 0 },
  trials: { position: 0, total: 210 },
  page: '',
  completion: null,
  elapsedMs: 0,
  resumed: null,
  stopped: null,
  ...change,
})

export const aState = (change: Partial<FlowState> = {}): FlowState => ({
  screen: 'trial',
  view: aView(),
  ready: 'first',
  practice: false,
  trial: 0,
  total: 210,
  chosen: null,
  feedback: null,
  trouble: null,
  paused: false,
  error: null,
  ...change,
})
