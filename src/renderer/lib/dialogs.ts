/** Asking for a project folder from anywhere: the dialog lives in the frame, the answer goes to whoever asked. */
import { ref } from 'vue'
import { useProject } from '../stores/project'

export const projectDialog = ref<{ reason: string; resolve: (opened: boolean) => void } | null>(null)

/** Shows the folder dialog; resolves true when a project has been opened. */
export function askForProject(reason = ''): Promise<boolean> {
  return new Promise((resolve) => (projectDialog.value = { reason, resolve }))
}

/** True at once when a project is open, otherwise asks for a folder first. */
export async function ensureProject(reason: string): Promise<boolean> {
  return useProject().project !== null || askForProject(reason)
}
