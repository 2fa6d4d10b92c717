/** Light, dark or the system's choice, kept in localStorage and written on the root element. */
import { computed, ref } from 'vue'

export const THEMES = ['system', 'light', 'dark'] as const
export const THEME_WORDS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const
export type Theme = (typeof THEMES)[number]
const KEY = 'second-guess-theme'

const stored = localStorage.getItem(KEY)
export const theme = ref<Theme>(THEMES.find((name) => name === stored) ?? 'system')

const systemDark = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(systemDark.matches)
systemDark.addEventListener('change', (event) => (systemIsDark.value = event.matches))

/** What is on the screen now: charts redraw when it changes. */
export const isDark = computed(() => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'))

export function applyTheme(next: Theme = theme.value) {
  theme.value = next
  localStorage.setItem(KEY, next)
  if (next === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
}
