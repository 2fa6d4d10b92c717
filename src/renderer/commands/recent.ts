/** The commands used last, newest first, kept from one start to the next. */
const KEY = 'second-guess-commands'
const KEPT = 6

export function recentCommands(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : []
  } catch {
    return [] // written by hand: a convenience, never worth an error
  }
}

export function rememberCommand(id: string) {
  const list = [id, ...recentCommands().filter((each) => each !== id)]
  localStorage.setItem(KEY, JSON.stringify(list.slice(0, KEPT)))
}
