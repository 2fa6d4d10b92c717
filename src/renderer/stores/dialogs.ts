/** What is opened from anywhere and lives in the frame. Asking for a project folder answers to whoever asked. */
import { ref } from 'vue'
import { useProject } from './project'

export const projectDialog = ref<{ reason: string; resolve: (opened: boolean) => void } | null>(null)

/** Shows the folder dialog; resolves true when a project has been opened. */
export function askForProject(reason = ''): Promise<boolean> {
  return new Promise((resolve) => (projectDialog.value = { reason, resolve }))
}

/** True at once when a project is open, otherwise asks for a folder first. */
export async function ensureProject(reason: string): Promise<boolean> {
  return useProject().project !== null || askForProject(reason)
}

export const shortcutsOpen = ref(false)
export const paletteOpen = ref(false)
/** The dialog of the place Train. */
export const newRunsOpen = ref(false)
/** The list of measures. */
export const measuresOpen = ref(false)
/** What the list of measures is opened at: a measure's name, or nothing. */
export const measuresAt = ref('')

export function openMeasures(at = '') {
  measuresAt.value = at
  measuresOpen.value = true
}
