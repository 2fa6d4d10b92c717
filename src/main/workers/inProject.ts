/** A task's own opening of a project that exists: what an earlier process left there is put right by others. */
import { openProject, type ProjectStore } from '../storage'

/** Opens the project in `folder`, and closes it when `act` has settled. */
export async function inProject<T>(folder: string, act: (store: ProjectStore) => Promise<T>): Promise<T> {
  const store = openProject(folder, { mustExist: true, repair: false })
  try {
    return await act(store)
  } finally {
    store.close()
  }
}
