/**
 * When what a store holds is of another project. Changes of the one that is open come by the same event and are not
 * that.
 */
import { call, client } from '../connection/client'

/** Calls `listener` whenever another project than before is open, or none. */
export function onAnotherProject(listener: () => void) {
  let path: string | null | undefined
  // What is fetched at the start is of the project that is open then.
  call('project.current', {}).then(
    (project) => (path ??= project?.path ?? null),
    () => undefined,
  )
  client.on('project.changed', (project) => {
    const before = path
    path = project?.path ?? null
    if (before !== undefined && before !== path) listener()
  })
}
