/** The command line: `npm run -s cli -- <command>`. Every command is a file in `commands/`. */
import { command, runCommand } from './commands/outcome'
import { aggregateCommand } from './commands/aggregate'
import { attackCommand } from './commands/attack'
import { benchCommand, goldenCommand, metricsCommand, networksCommand } from './commands/engine'
import { figuresCommand } from './commands/figures'
import { importCommand } from './commands/import'
import { exportCommand, statsCommand } from './commands/labels'
import { importRunCommand } from './commands/importRun'
import { mergeCommand } from './commands/merge'
import { participantsCommand } from './commands/participants'
import { planCommand } from './commands/plan'
import { reproduceCommand } from './commands/reproduce'
import { runsCommand } from './commands/runs'
import { serveCommand } from './commands/serve'
import { studyCommand } from './commands/study'

const program = command('second-guess', 'Human label uncertainty: import, train, measure, attack, report.')
  .addCommand(importCommand())
  .addCommand(statsCommand())
  .addCommand(exportCommand())
  .addCommand(aggregateCommand())
  .addCommand(studyCommand())
  .addCommand(participantsCommand())
  .addCommand(networksCommand())
  .addCommand(benchCommand())
  .addCommand(goldenCommand())
  .addCommand(metricsCommand())
  .addCommand(attackCommand())
  .addCommand(reproduceCommand())
  .addCommand(figuresCommand())
  .addCommand(planCommand())
  .addCommand(runsCommand())
  .addCommand(mergeCommand())
  .addCommand(importRunCommand())
  .addCommand(serveCommand())
  .action(() => program.help({ error: true }))

await runCommand(program, process.argv.slice(2))
