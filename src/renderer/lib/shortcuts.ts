/** Keys that work wherever a person is not typing, and the one list of them that `?` shows. */
import { onBeforeUnmount, onMounted } from 'vue'

/** The key that commands are given with, as this machine writes it. */
export const MOD = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform) ? '⌘' : 'Ctrl'

export const SHORTCUTS: { group: string; keys: { keys: string[]; what: string }[] }[] = [
  {
    group: 'Anywhere',
    keys: [
      { keys: ['1', '–', '8'], what: 'Go to Home, Label, Crowd, Data, Train, Attack, Figures, Gallery' },
      { keys: [MOD, 'K'], what: 'Find a command, a place, a run, an image' },
      { keys: [MOD, 'Z'], what: 'Take back what was just removed' },
      { keys: ['?'], what: 'Show this list' },
      { keys: ['Esc'], what: 'Close what is open' },
    ],
  },
  {
    group: 'Labelling',
    keys: [
      { keys: ['1', '–', '9', '0'], what: 'Answer with the label that has the key' },
      { keys: ['⌫'], what: 'Back one image (labelling alone)' },
      { keys: ['→'], what: 'Leave the answer as it is' },
      { keys: ['Esc'], what: 'Take a break, leave' },
    ],
  },
  {
    group: 'Crowd',
    keys: [{ keys: ['n'], what: 'New study' }],
  },
  {
    group: 'Train',
    keys: [
      { keys: ['n'], what: 'New runs' },
      { keys: ['↑', '↓'], what: 'Walk the runs' },
      { keys: ['Alt', '↑', '↓'], what: 'Move a waiting run in the queue; with Home and End to its ends' },
      { keys: ['Shift'], what: 'with a click: choose all runs from the last one chosen' },
    ],
  },
  {
    group: 'Attack',
    keys: [
      { keys: ['n'], what: 'New attacks' },
      { keys: ['←', '→', '↑', '↓'], what: 'Walk the adversarial examples' },
      { keys: ['Enter'], what: 'Open the example' },
    ],
  },
  {
    group: 'Data, images',
    keys: [
      { keys: ['↑', '↓'], what: 'Walk the list' },
      { keys: ['←', '→'], what: 'Walk with an image open' },
      { keys: ['Enter'], what: 'Open the image' },
      { keys: ['Space'], what: 'Choose it for labelling' },
      { keys: ['Esc'], what: 'Close the image' },
    ],
  },
  {
    group: 'Gallery',
    keys: [
      { keys: ['←', '→', '↑', '↓'], what: 'Walk the images' },
      { keys: ['Enter'], what: 'Open the image' },
      { keys: ['Space'], what: 'Select it' },
      { keys: ['⇧', '←', '→'], what: 'Select while walking' },
      { keys: ['Ctrl', 'A'], what: 'Select all shown' },
      { keys: ['Esc'], what: 'Close the image, clear the selection, remove the conditions' },
    ],
  },
]

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Binds plain keys (no modifier but Shift) while the component lives; an open dialog keeps the keyboard. */
export function useShortcuts(bindings: Record<string, (event: KeyboardEvent) => void>) {
  function onKey(event: KeyboardEvent) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyping(event.target) || document.querySelector('[role="dialog"],[role="menu"]')) return
    const act = bindings[event.key]
    if (!act) return
    event.preventDefault()
    act(event)
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}
