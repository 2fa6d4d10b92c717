/** Going to a place. What the router has with a title is here; its key is its position, as in the rail. */
import type { CommandSource } from './command'

export const placeCommands: CommandSource = (router) =>
  router.options.routes
    .filter(({ meta }) => meta?.title !== undefined)
    .map(({ path, meta }, at) => ({
      id: `place ${path}`,
      title: String(meta?.title),
      kind: 'Place',
      words: 'go to open place',
      keys: [String(at + 1)],
      act: () => router.push(path),
    }))
