/** What belongs to the window: its theme, its keys, and what the measures mean. */
import { KNOWN_MEASURES } from '../../domain/measures/words'
import { openMeasures, shortcutsOpen } from '../stores/dialogs'
import { applyTheme, theme, THEME_WORDS, THEMES } from '../lib/theme'
import { action, type Command, type CommandSource } from './command'

export const windowCommands: CommandSource = () => [
  ...THEMES.filter((name) => name !== theme.value).map((name) =>
    action(`theme ${name}`, `Theme: ${THEME_WORDS[name].toLowerCase()}`, () => applyTheme(name), {
      words: 'dark light colours',
    }),
  ),
  action('shortcuts', 'Keyboard shortcuts', () => (shortcutsOpen.value = true), { words: 'keys help', keys: ['?'] }),
  action('measures', 'What the measures mean', () => openMeasures(), { words: 'formula definition help' }),
  ...Object.entries(KNOWN_MEASURES).map(([key, { name }]): Command => ({
    id: `measure ${key}`,
    title: name,
    kind: 'Measure',
    words: 'formula definition',
    act: () => openMeasures(name),
  })),
]
