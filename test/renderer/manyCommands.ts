/** Commands of the palette as a large project has them. */
import type { Command } from '../../src/renderer/commands/command'
import { prepare } from '../../src/renderer/commands/search'

export function command(id: string, title: string, kind: Command['kind'] = 'Action', words = ''): Command {
  return { id, title, kind, words, act: () => undefined }
}

/** 10,000 runs: 50 networks, two targets, ten folds, seven seeds. */
export function manyRuns() {
  const title = (at: number) =>
    `Run ${at}: resnet_basic_${at % 50}, ${Math.floor(at / 50) % 2 ? 'soft' : 'hard'}, fold ${at % 10}, seed ${at % 7}`
  return prepare(Array.from({ length: 10_000 }, (_, at) => command(`run ${at}`, title(at), 'Run')))
}
