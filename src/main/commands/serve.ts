/** `serve`: the browser door. Prints the address to open, and runs until it is told to end. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { DEMO_SET } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import { keepPort, mayHaveLinks, projectPort } from '../project/port'
import { parsePublicUrl } from '../transport/publicUrl'
import { openDoor } from '../transport/httpServer'
import { forkWorker } from '../workers/forkWorker'
import { continueAfterErrors } from '../process/lastResort'
import { createServices } from '../services'
import type { ProjectStore } from '../storage'
import { command, message, whole } from './outcome'
import { interruption } from './progress'

interface Options {
  project?: string
  port?: number
  publicUrl?: URL
  host: string
  demo?: boolean
}

export const recentFile = () => join(homedir(), '.second-guess', 'recent.json')

function publicUrlArgument(text: string): URL {
  try {
    return parsePublicUrl(text)
  } catch (error) {
    const { message: reason, where } = StudioError.from(error)
    throw new InvalidArgumentError([reason, where.hint].filter(Boolean).join(' '))
  }
}

/** A port named at the start becomes the project's; links that contain another one are not left to die in silence. */
function tellPort(store: ProjectStore, asked: number, port: number) {
  const kept = projectPort(store)
  if (asked !== 0) keepPort(store, port)
  if (!mayHaveLinks(store)) return
  if (asked === 0) message(`Links with port ${port} stop working when this server ends.`)
  if (kept !== null && kept !== port)
    message(`Links with port ${kept} do not reach this server. Start it with --port ${kept} to make them work again.`)
}

export const serveCommand = () =>
  command('serve', 'serve the program to a browser and print the address to open')
    .option('--project <dir>', 'the project folder to open')
    .option(
      '--port <port>',
      "the port; 0 takes any free one (default: the project's own, the same at every start)",
      whole(0, 65535),
    )
    .option(
      '--host <host>',
      'the address to listen on; others than 127.0.0.1 can be reached from the network',
      '127.0.0.1',
    )
    .option(
      '--public-url <url>',
      'where a reverse proxy makes the server reachable, such as https://study.example.org (see docs/deployment.md)',
      publicUrlArgument,
    )
    .option('--demo', 'put the built-in demo set into the project where it is empty')
    .action(async ({ project, port, publicUrl, host, demo }: Options) => {
      continueAfterErrors()
      // Heard from the start: whoever reads the printed address may end the server at once.
      const signal = interruption(['SIGINT', 'SIGTERM', 'SIGHUP'])
      const ending = new Promise((resolve) => signal.addEventListener('abort', resolve))
      const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: recentFile() })
      if (project !== undefined) {
        const { notices, imageSets } = await services.project.open(project)
        for (const notice of notices) message(notice)
        if (demo && imageSets.length === 0) services.jobs.createDemo(DEMO_SET.seed, DEMO_SET.images)
      }
      const token = process.env['SECOND_GUESS_TOKEN']
      const door = await openDoor(services, {
        host,
        port: port ?? 'project',
        publicUrl,
        token: token && token.length >= 16 ? token : undefined,
      })
      if (project !== undefined && port !== undefined) tellPort(services.project.store(), port, door.port)
      process.stdout.write(`Second Guess is at ${door.url}\n`)
      if (publicUrl) message(`It listens at ${door.local}: the reverse proxy forwards ${publicUrl.origin} to it.`)
      if (host !== '127.0.0.1' && host !== 'localhost' && host !== '::1')
        message(`It can be reached from the network at ${host}. Whoever has the address with its token is the owner.`)
      await ending
      message('Ending: running work is saved and goes on at the next start.')
      await door.close()
      await services.close()
      process.exit(0)
    })
