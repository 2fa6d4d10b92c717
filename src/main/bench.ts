/** `npm run bench -- [options]`: the `bench` command by itself. */
import { benchCommand } from './commands/engine'
import { runCommand } from './commands/outcome'

await runCommand(benchCommand(), process.argv.slice(2))
