/**
 * `runs`: one share of a plan, worked off in a folder of its own. Many machines can do a share each at once; asked
 * again, a share goes on where it was.
 */
import { basename, join, resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { DEVICE_IDS, type DeviceId } from '../../domain/runs/devices'
import type { RunInfo } from '../../domain/runs/info'
import type { Stage } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import { forkWorker } from '../workers/forkWorker'
import { createServices, type Services } from '../services'
import { projectsIn, withSources } from '../cluster/merge'
import { planDigest, plannedRuns, readPlan, type Plan } from '../cluster/plan'
import { requireSame } from '../cluster/runData'
import { costsOf, notQueued, prepareShard, remainingWork, shareOf, type Share } from '../cluster/shards'
import { openProject } from '../storage'
import { isProject, noProject } from '../storage/projectFolder'
import { answer, command, jsonOption, message, sayWaiting } from './outcome'
import { interruption } from './progress'
import { goOn, takeQueue, workQueue } from './working'

interface Options {
  project: string
  plan: string
  shard: Share
  out?: string
  device?: DeviceId
  with: string[]
  stage: Stage[]
  takeOver?: boolean
  json?: boolean
}

/** What came of a share. */
interface Done {
  folder: string
  /** Keys of the share's runs that are finished. */
  done: string[]
  failed: { key: string; reason: string }[]
  remaining: number
}

const HELP = `
The share's folder is a project with the data of the first and none of its people; \`merge\` brings its runs home. Which
runs fall to which share depends on the plan and --stage alone, and shares are of like cost. What a run needs (the
network it starts from, its teachers) is looked for in the project and the folders given by --with, and done here where
it is finished in none; with --stage that is refused, so that nothing costly is done in every share.

Ctrl+C, or SIGTERM from a scheduler, saves and ends; the same command goes on. A share whose machine was lost without a
word is still taken to be at work: --take-over goes on with it. A cluster's scheduler, which starts each share once, can
always say so.`

function share(text: string): Share {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (index === undefined || of === undefined || index < 1 || index > of || of > 100_000)
    throw new InvalidArgumentError('It must be i/n, with i from 1 to n.')
  return { index, of }
}

export const runsCommand = () =>
  command('runs', 'do one share of a plan in a folder of its own; goes on where it was')
    .requiredOption('--project <dir>', 'the project the plan was made in; it is only read')
    .requiredOption('--plan <file>', 'the plan')
    .addOption(new Option('--shard <i/n>', 'which of how many shares').argParser(share).makeOptionMandatory())
    .option('--out <folder>', "the share's folder (default: PROJECT/shards/PLAN-i-of-n)")
    .addOption(new Option('--device <device>', 'what computes (default: as the plan says)').choices(DEVICE_IDS))
    .addOption(
      new Option('--with <folder...>', 'where runs that are needed may be finished').default([], 'the project'),
    )
    .addOption(
      new Option('--stage <stage...>', 'only runs of this stage')
        .choices(['pretrained', 'fine-tuned', 'from-scratch'])
        .default([], 'all'),
    )
    .option('--take-over', 'go on with a share that another machine left behind')
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const plan = readPlan(options.plan)
      const project = resolve(options.project)
      if (!isProject(project)) throw noProject(project)
      const { index, of } = options.shard
      const name = basename(options.plan).replace(/\.json$/, '')
      const folder = resolve(options.out ?? join(project, 'shards', `${name}-${index}-of-${of}`))
      prepareShard(project, folder, { index, of, plan: `${name} (${planDigest(plan)})` })
      if (options.takeOver) takeOver(folder)
      const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: null })
      const signal = interruption()
      let found: Done
      try {
        found = await workShare(services, { ...options, project, folder }, plan, signal)
      } finally {
        await services.close()
      }
      const { done, failed, remaining } = found
      answer(options.json, found, [`${folder}: ${done.length} done, ${failed.length} failed, ${remaining} remaining`])
      const [first] = failed
      if (first) throw new StudioError('internal', first.reason, { file: folder, place: `run ${first.key}` })
    })

/** Before the project is opened: opening takes runs of a living process for being worked on. */
function takeOver(folder: string) {
  const store = openProject(folder, { mustExist: true, repair: false, onWait: sayWaiting })
  store.claims.takeOver('queue')
  store.close()
}

async function workShare(
  services: Services,
  { folder, project, plan: file, shard, stage, device, with: others }: Options & { folder: string },
  plan: Plan,
  signal: AbortSignal,
): Promise<Done> {
  await services.project.open(folder)
  const store = services.project.store()
  for (const notice of store.notices) message(notice)
  takeQueue(store)
  requireSame(store, plan, 'the plan', file)
  const runs = plannedRuns(plan.runs)
  const work = shareOf(runs, await costsOf(store, runs), shard, stage)
  // Of the project itself only what is in it: its shares may be at work.
  const places = [project, ...others.flatMap(projectsIn)]
  const left = withSources(places, folder, (sources) => remainingWork(store, work, sources, stage))
  const added = notQueued(store, left, device)
  const started = left.flatMap(({ key }) => store.runs.findByKey(key) ?? [])
  message(`Share ${shard.index} of ${shard.of}: ${work.own.size} runs, ${left.length} left to do.`)
  if (added.length > 0) await services.runs.queue(added)
  goOn(services, started)
  await workQueue(services, signal)
  const keys = new Set([...work.own, ...left.map(({ key }) => key)])
  const its = runs.filter(({ key }) => keys.has(key)).map(({ key }) => ({ key, run: store.runs.findByKey(key) }))
  const done = its.flatMap(({ key, run }) => (run?.state === 'done' ? [key] : []))
  const failed = its.flatMap(({ key, run }) => (run?.state === 'failed' ? [{ key, reason: reasonOf(run) }] : []))
  return { folder, done, failed, remaining: its.length - done.length }
}

const reasonOf = ({ error }: RunInfo): string =>
  error ? [error.place, error.message].filter(Boolean).join(': ') : 'It failed.'
