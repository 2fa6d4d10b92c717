/** How long the palette searches among 10,000 commands: `npx vitest bench`. A key press should take a frame or two. */
import { bench } from 'vitest'
import { search } from '../../src/renderer/commands/search'
import { manyRuns } from './manyCommands'

const many = manyRuns()
for (const text of ['run', 'soft resnet 49', 'fold hard run 1234']) bench(text, () => void search(many, text, []))
