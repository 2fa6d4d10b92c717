/** The browser door's entry: `npm run serve -- [--project DIR] [--port P] [--host H] [--demo]`. */
import { serveCommand } from './commands/serve'
import { runCommand } from './commands/outcome'

await runCommand(serveCommand().name('serve'), process.argv.slice(2))
