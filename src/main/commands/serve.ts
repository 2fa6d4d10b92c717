/** `serve`: the browser door. Prints the address to open, and runs until it is told to end. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { DEMO_SET } from '../../shared/domain'
import { openDoor } from '../doors/server'
import { forkWorker } from '../jobs/forkWorker'
import { continueAfterErrors } from '../lastResort'
import { createServices } from '../services'
import { command, message, whole } from './outcome'
import { interruption } from './progress'

interface Options {
  project?: string
  port: number
  host: string
  demo?: boolean
}

export const recentFile = () => join(homedir(), '.second-guess', 'recent.json')

export const serveCommand = () =>
  command('serve', 'serve the program to a browser and print the address to open')
    .option('--project <dir>', 'the project folder to open')
    .option('--port <port>', 'the port; 0 takes any free one', whole(0, 65535), 0)
    .option(
      '--host <host>',
      'the address to listen on; others than 127.0.0.1 can be reached from the network',
      '127.0.0.1',
    )
    .option('--demo', 'put the built-in demo set into the project where it is empty')
    .action(async ({ project, port, host, demo }: Options) => {
      continueAfterErrors()
      const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: recentFile() })
      if (project !== undefined) {
        const { notices, imageSets } = await services.project.open(project)
        for (const notice of notices) message(notice)
        if (demo && imageSets.length === 0) services.jobs.createDemo(DEMO_SET.seed, DEMO_SET.images)
      }
      const token = process.env['SECOND_GUESS_TOKEN']
      const door = await openDoor(services, { host, port, token: token && token.length >= 16 ? token : undefined })
      process.stdout.write(`Second Guess is at ${door.url}\n`)
      if (host !== '127.0.0.1' && host !== 'localhost' && host !== '::1')
        message(`It can be reached from the network at ${host}. Whoever has the address with its token is the owner.`)
      const signal = interruption(['SIGINT', 'SIGTERM', 'SIGHUP'])
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      message('Ending: running work is saved and goes on at the next start.')
      await door.close()
      await services.close()
      process.exit(0)
    })
