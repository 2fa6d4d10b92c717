/**
 * The browser door: files, calls over `POST /api/<name>`, dropped files over `POST /upload`, events and participants'
 * calls over WebSockets (sockets.ts). Bound to 127.0.0.1 unless told otherwise; see access.ts for who may speak to it.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Reply } from '../../contract'
import { StudioError, type ErrorData } from '../../domain/errors'
import { rendererFolder } from '../process/entries'
import { guarded } from '../process/guarded'
import { log } from '../process/log'
import type { Services } from '../services'
import type { Role } from '../../contract/handlers'
import { encode } from './wire'
import { createAccess, reachableAddress, type Access } from './access'
import { newToken } from '../process/token'
import { isSystemError, toStudioError } from '../process/systemErrors'
import { readAsset } from './assets'
import { SECURITY_HEADERS } from './csp'
import { keepPort, keptPortTaken, mayHaveLinks, portsToTry, projectPort } from '../project/port'
import {
  BODY_MS,
  HEADERS_MS,
  LOOK_MS,
  MOST_CONNECTIONS,
  MOST_REQUESTS,
  MOST_UPLOADS,
  requestLimits,
  within,
} from './requestLimits'
import { serveSockets } from './sockets'
import { createUploads, UPLOAD_BYTES, type Uploads } from './uploads'

/**
 * Connections that may wait to be accepted. With Node's own 511 a crowd's first minute loses some, and TCP tries again
 * late.
 */
const BACKLOG = 4096
const CALL_BYTES = 8 * 2 ** 20
/** An answer is some hundred bytes; nothing a participant sends is larger. */
const PARTICIPANT_BYTES = 16 * 2 ** 10
export interface DoorOptions {
  host: string
  /** 0 takes any free port; 'project' the one that is kept in the open project, any free one where none is open. */
  port: number | 'project'
  /** Where a reverse proxy makes the server reachable; its origin only (see publicUrl.ts). */
  publicUrl?: URL
  token?: string
  /** Refuse the owner too: a door for participants of studies only. */
  participantsOnly?: boolean
}

export interface Door {
  /** With the token: opening it opens the program. The public address where there is one. */
  url: string
  /** Where it listens, without the token; a proxy is pointed at it. */
  local: string
  port: number
  close(): Promise<void>
}

const REFUSALS: Record<401 | 403 | 408 | 413 | 415 | 421 | 429 | 503, ErrorData> = {
  401: { kind: 'forbidden', message: 'The token is missing or wrong.', hint: 'Open the address you were given.' },
  403: { kind: 'forbidden', message: 'Another site may not ask.' },
  408: { kind: 'cancelled', message: 'The request did not arrive in time.', hint: 'Try again.' },
  413: { kind: 'bad-input', message: 'The request is too large.', hint: 'Import large files by their path.' },
  415: { kind: 'bad-input', message: 'A call is JSON.' },
  421: { kind: 'forbidden', message: 'This address is not served here.' },
  // Kinds that the pages send again by themselves: nothing was done.
  429: { kind: 'cancelled', message: 'Too many requests at once: this one was left undone.', hint: 'Try again.' },
  503: { kind: 'internal', message: 'The study cannot answer at the moment.', hint: 'Try again in a minute.' },
}

function refuse(context: Context, status: keyof typeof REFUSALS) {
  return context.json({ ok: false, error: REFUSALS[status] } satisfies Reply<never>, status)
}

function bearer(header: string | undefined): string | null {
  return /^Bearer (?<token>\S+)$/.exec(header ?? '')?.groups?.['token'] ?? null
}

/** Hono's variables of a request: who is asking. */
interface Env {
  Variables: { role: Role }
}

function createApp(services: Services, access: () => Access, uploads: Uploads): Hono<Env> {
  const app = new Hono<Env>()
  const requests = requestLimits()
  app.use(async (context, next) => {
    const origin = context.req.header('origin')
    const refused = access().foreign({ host: context.req.header('host'), origin })
    if (refused) return refuse(context, refused)
    // Before the response is made: afterwards Hono makes a new one, body included, for each of them.
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value)
    context.header('cache-control', 'no-store')
    await next()
    return undefined
  })
  /** The owner by the door's token; participants by a session's or a study's, which open nothing but that. */
  const anybody = async (context: Context<Env>, next: () => Promise<void>) => {
    const token = bearer(context.req.header('authorization'))
    const refused = access().refusal({ host: context.req.header('host'), origin: context.req.header('origin'), token })
    let role: Role | null
    try {
      role = refused === null ? 'owner' : refused === 401 && token ? services.studies.roleOf(token) : null
    } catch (error) {
      log.error({ error }, 'the project could not be asked whose token it is')
      return refuse(context, 503)
    }
    if (role === null) return refuse(context, refused ?? 401)
    context.set('role', role)
    const kind = role === 'owner' ? 'owner' : 'join' in role ? 'join' : 'participant'
    const leave = requests.enter(`${kind} ${role === 'owner' ? '' : token}`, MOST_REQUESTS[kind])
    if (!leave) return refuse(context, 429)
    try {
      await next()
    } finally {
      leave()
    }
    return undefined
  }
  const owner = async (context: Context, next: () => Promise<void>) => {
    const token = bearer(context.req.header('authorization'))
    const refused = access().refusal({ host: context.req.header('host'), origin: context.req.header('origin'), token })
    if (refused) return refuse(context, refused)
    const leave = requests.enter('uploads', MOST_UPLOADS)
    if (!leave) return refuse(context, 429)
    try {
      await next()
    } finally {
      leave()
    }
    return undefined
  }
  const limit = (maxSize: number): MiddlewareHandler =>
    bodyLimit({ maxSize, onError: (context) => refuse(context, 413) })
  const limits = { owner: limit(CALL_BYTES), participant: limit(PARTICIPANT_BYTES) }
  const limitByRole: MiddlewareHandler<Env> = (context, next) =>
    limits[context.get('role') === 'owner' ? 'owner' : 'participant'](context, next)

  app.post('/api/:name', anybody, limitByRole, async (context) => {
    if (!/^application\/json\b/.test(context.req.header('content-type') ?? '')) return refuse(context, 415)
    let input: unknown
    try {
      const body = await within(context.req.text(), BODY_MS)
      if (body === null) {
        context.header('connection', 'close')
        return refuse(context, 408)
      }
      input = JSON.parse(body)
    } catch {
      const error: ErrorData = { kind: 'bad-input', message: 'The body is not JSON.' }
      return context.json({ ok: false, error } satisfies Reply<never>, 400)
    }
    const reply = await services.dispatch(context.req.param('name'), input, context.get('role'))
    return context.body(encode(reply), 200, { 'content-type': 'application/json' })
  })
  app.post('/upload', owner, limit(UPLOAD_BYTES), async (context) => {
    try {
      const form = await context.req.formData()
      const files = form.getAll('file').filter((each): each is File => each instanceof File)
      return context.json({ ok: true, value: await uploads.store(files) } satisfies Reply<string[]>)
    } catch (error) {
      const known =
        error instanceof StudioError || isSystemError(error)
          ? toStudioError(error)
          : new StudioError('bad-input', 'The upload is malformed.')
      return context.json({ ok: false, error: known.toData() } satisfies Reply<never>, 400)
    }
  })
  app.get('*', async (context) => {
    const asset = await readAsset(rendererFolder(), new URL(context.req.url).pathname)
    return asset ? context.body(asset.bytes, 200, { 'content-type': asset.type }) : context.text('Not found', 404)
  })
  app.onError((error, context) => {
    log.error({ error }, 'a request failed')
    return context.json({ ok: false, error: { kind: 'internal', message: 'The request failed.' } }, 500)
  })
  return app
}

/** Opens the door. Throws StudioError('conflict') where the port is taken. */
export async function openDoor(services: Services, options: DoorOptions): Promise<Door> {
  // Nobody is told the owner's token of a door that is for participants only.
  const { host, token = newToken(), participantsOnly = false, publicUrl } = options
  let granted: Access | null = null
  // Until the port is known nobody is served.
  const access = () => granted ?? createAccess(host, 0, newToken())
  const uploads = createUploads()
  const app = createApp(services, access, uploads)
  const answer = getRequestListener(app.fetch)
  const listener: RequestListener = guarded('answering a request', answer)
  const server = createServer(
    { requestTimeout: 600_000, headersTimeout: HEADERS_MS, connectionsCheckingInterval: LOOK_MS },
    listener,
  )
  server.maxConnections = MOST_CONNECTIONS
  const isOwner = (given: string) => access().isOwner(given)
  const roleOf = (given: string): Role | null => (isOwner(given) ? 'owner' : services.studies.roleOf(given))
  const closeSockets = serveSockets(server, { services, access, roleOf, participantBytes: PARTICIPANT_BYTES })
  const port = await (options.port === 'project'
    ? listenForProject(server, services, host)
    : listen(server, host, options.port))
  // Of accepting connections, say: too many open files. Those there are stay.
  server.on('error', (error) => log.error({ error }, 'the server reported an error'))
  granted = createAccess(host, port, participantsOnly ? newToken() : token, publicUrl)
  const reachable = reachableAddress(host)
  const local = `http://${reachable.name}:${port}`
  services.studies.doorOpened({ local, port, publicAddress: publicUrl?.origin ?? null, network: reachable.network })
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  const here = `http://${shown}:${port}`
  return {
    url: `${publicUrl?.origin ?? here}/?token=${token}`,
    local: here,
    port,
    async close() {
      services.studies.doorOpened(null)
      // Nobody new meanwhile.
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await closeSockets()
      uploads.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Answers the port listened on. Throws StudioError('conflict'); `cause` is the system's error. */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      const reason = taken ? `Port ${port} is taken.` : `Cannot listen on ${host}:${port}: ${error.message}.`
      const hint = taken ? 'Choose another with --port, or 0 for any.' : undefined
      reject(new StudioError('conflict', reason, { hint }, { cause: error }))
    }
    server.once('error', fail)
    server.listen(port, host, BACKLOG, () => {
      server.off('error', fail)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Listens on the open project's port and keeps it there (see port.ts). */
async function listenForProject(server: Server, services: Services, host: string): Promise<number> {
  if (!services.project.current()) return listen(server, host, 0)
  const store = services.project.store()
  const kept = projectPort(store)
  for (const candidate of portsToTry(store)) {
    try {
      const port = await listen(server, host, candidate)
      keepPort(store, port)
      return port
    } catch (error) {
      const { cause } = error as { cause?: NodeJS.ErrnoException }
      if (cause?.code !== 'EADDRINUSE') throw error
      if (candidate === kept && mayHaveLinks(store)) throw keptPortTaken(store, candidate)
    }
  }
  throw new StudioError('conflict', 'No free port was found.', { hint: 'Choose one with --port.' })
}
