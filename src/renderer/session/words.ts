/** What the session says, on the screen and to a screen reader. */
import { count } from '../../domain/text/numbers'
import type { SessionView } from '../../domain/study'
import type { FlowState } from './flow'
import { keyOfSlot } from './keys'

/** After this long a moment's trouble is one that a participant should know more about. */
export const LONG_TROUBLE_MS = 20_000
export const LONG_TROUBLE = {
  saving: 'The study does not answer, and your last answer is not saved yet. Keep this page open: it keeps trying.',
  loading: 'The study does not answer. Your answers are saved. Keep this page open: it continues by itself.',
}
export const TROUBLE = { saving: 'Not saved yet, trying again.', loading: 'Waiting for the next image.' }

/** "40 seconds", "3 minutes": an estimate for a person, rounded up. */
export function duration(seconds: number): string {
  const [amount, unit] =
    seconds <= 90 ? [Math.max(1, Math.ceil(seconds)), 'second'] : [Math.ceil(seconds / 60), 'minute']
  return `${count(amount)} ${unit}${amount === 1 ? '' : 's'}`
}

export function position({ practice, trial, total }: Pick<FlowState, 'practice' | 'trial' | 'total'>): string {
  return `${practice ? 'Practice image' : 'Image'} ${count(trial + 1)} of ${count(total)}`
}

const nameOf = (view: SessionView, label: number) => view.classes[label] ?? String(label)

/** "cat (key 4)" */
function named(view: SessionView, label: number): string {
  const key = keyOfSlot(view.layout.indexOf(label))
  return key ? `${nameOf(view, label)} (key ${key})` : nameOf(view, label)
}

/** Practice only; empty before the first answer. */
export function feedback({ view, feedback: given }: Pick<FlowState, 'view' | 'feedback'>): string {
  if (!view || !given) return ''
  if (given.correct) return `Right, that was ${nameOf(view, given.label)}.`
  return `Not ${nameOf(view, given.chosen)}: choose ${named(view, given.label)} to go on.`
}

/** One sentence of everything a person who does not see the screen has to know now. */
export function announcement(state: FlowState): string {
  if (state.screen === 'opening') return 'Opening the session.'
  if (state.screen !== 'trial' || state.paused || !state.view) return ''
  const before = state.chosen === null ? '' : `You chose ${nameOf(state.view, state.chosen)}.`
  const trouble = state.trouble ? TROUBLE[state.trouble] : ''
  return [feedback(state), `${position(state)}.`, before, trouble].filter(Boolean).join(' ')
}

export const STOPPED: Record<NonNullable<SessionView['stopped']>, { title: string; text: string }> = {
  withdrawn: {
    title: 'You have left the study',
    text: 'Nothing more is recorded, and what you answered is left out of the results. You can close this page.',
  },
  refused: {
    title: 'This session cannot go on',
    text: 'It was interrupted for longer than the study allows. What you answered before is saved.',
  },
  closed: { title: 'This study is closed', text: 'It takes no more answers. What you answered before is saved.' },
}

/** How to have one's data deleted. The code is all that people who run the study need. */
export const erasureAdvice = (code: string): string =>
  `To have your answers deleted, now or later, tell the people who run the study your participant code: ${code}.`
