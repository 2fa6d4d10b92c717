/** `networks`, `bench`, `golden`, `metrics`: the engine by itself, without a project. */
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { readNpy } from '../../formats/encodings/npy'
import { toNumbers } from '../../formats/encodings/elements'
import { measures } from '../../domain/measures/measures'
import { DEVICE_IDS, type DeviceId } from '../../domain/runs/devices'
import { badFile, StudioError } from '../../domain/errors'
import { devicesService } from '../devices/service'
import { runBench } from '../devices/bench'
import { answer, command, jsonOption, message, positive, whole } from './outcome'

export const deviceOption = (fallback: DeviceId) =>
  new Option('--device <device>', 'what computes').choices(DEVICE_IDS).default(fallback)

interface Json {
  json?: boolean
}

export const networksCommand = () =>
  command('networks', 'the networks there are, with their sizes')
    .option(...jsonOption)
    .action(async ({ json }: Json) => {
      const { describeNetworks } = await import('../../engine/model')
      const found = describeNetworks()
      answer(
        json,
        found,
        found.map((each) => `${each.id}: ${each.parameters} parameters, ${each.multiplyAdds} multiply-adds`),
      )
    })

export const benchCommand = () =>
  command('bench', "training speed of a network: the trainer's own step, the loss read every step")
    .option('--network <id>', 'the network', 'resnet_basic_20')
    .option('--batch <n>', 'images a step', whole(1, 8192), 128)
    .addOption(deviceOption('cpu'))
    .option('--seconds <s>', 'how long to measure', positive, 10)
    .option('--threads <n>', 'CPU threads (default: all)', whole(1, 1024))
    .option(...jsonOption)
    .action(
      async (
        options: Json & { network: string; batch: number; device: DeviceId; seconds: number; threads?: number },
      ) => {
        const { json, network, batch, seconds, threads } = options
        const device = await devicesService().resolve(options.device)
        const found = await runBench({ network, batch, device, seconds, threads })
        const speed = `${found.imagesPerSecond.toFixed(1)} images/s, ${found.msPerStep.toFixed(1)} ms a step`
        answer(json, found, [
          `${found.network}, batch ${found.batch}, ${found.device}: ${speed}, peak ${found.peakRssMb.toFixed(0)} MB`,
        ])
      },
    )

export const goldenCommand = () =>
  command('golden', 'compare the networks with golden vectors computed elsewhere')
    .requiredOption('--file <file>', 'the reference file (networks.json)')
    .addOption(deviceOption('cpu'))
    .option(...jsonOption)
    .action(async ({ json, file, device }: Json & { file: string; device: DeviceId }) => {
      const { goldenCheck, readGolden } = await import('../../engine/golden')
      const { openDevice } = await import('../../engine/devices')
      const { entries, unknown } = readGolden(readText(file), file)
      if (unknown.length > 0) message(`Not known here, and so not checked: ${unknown.join(', ')}`)
      const opened = await openDevice(await devicesService().resolve(device))
      const results = await goldenCheck(entries, opened)
      await opened.dispose()
      answer(
        json,
        results,
        results.map(
          (each) =>
            `${each.id}: ${each.passed ? 'passed' : 'FAILED'} (worst gradient ${each.gradientWorst.toExponential(1)})`,
        ),
      )
      const failed = results.filter(({ passed }) => !passed).map(({ id }) => id)
      if (failed.length > 0)
        throw new StudioError('device', `Deviates from the reference: ${failed.join(', ')}.`, { file })
    })

export const metricsCommand = () =>
  command('metrics', 'every measure of given predictions, by name')
    .requiredOption('--predictions <npy>', 'probabilities (N, classes)')
    .requiredOption('--labels <npy>', 'class indices (N)')
    .requiredOption('--distributions <npy>', "people's probabilities (N, classes)")
    .option(...jsonOption)
    .action(async (options: Json & { predictions: string; labels: string; distributions: string }) => {
      const [values, labels, people] = await Promise.all([
        readTable(options.predictions, 2),
        readTable(options.labels, 1),
        readTable(options.distributions, 2),
      ])
      const classes = values.shape[1] ?? 0
      sameShape(options.distributions, people.shape, [labels.shape[0] ?? 0, classes])
      sameShape(options.predictions, values.shape, [labels.shape[0] ?? 0, classes])
      labels.numbers.forEach((label, i) => {
        if (!Number.isInteger(label)) throw badFile(options.labels, `entry [${i}]`, `holds ${label}, not a class index`)
      })
      const found = naming(options, () =>
        measures(values.numbers, Int32Array.from(labels.numbers), people.numbers, classes),
      )
      answer(
        options.json,
        found,
        Object.entries(found).map(([name, value]) => `${name}: ${value}`),
      )
    })

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw badFile(file, undefined, missing ? 'does not exist' : `cannot be read (${(error as Error).message})`)
  }
}

async function readTable(file: string, rank: number) {
  const array = await readNpy(file, `Reading ${file}`)
  if (array.shape.length !== rank)
    throw badFile(file, 'header', `has ${array.shape.length} dimensions, ${rank} are needed`)
  return { shape: array.shape, numbers: toNumbers(array) }
}

function sameShape(file: string, found: number[], needed: number[]) {
  if (found.join() !== needed.join())
    throw badFile(file, 'header', `has the shape (${found.join(', ')}), (${needed.join(', ')}) is needed`)
}

/** Errors of the measures say which table they found something in: here that is a file. */
function naming<T>(files: { predictions: string; labels: string; distributions: string }, measure: () => T): T {
  try {
    return measure()
  } catch (error) {
    const known = StudioError.from(error)
    const table = /the (?<table>predictions|distributions)/.exec(known.message)?.groups?.['table']
    const place = /^Row \d+/.exec(known.message)?.[0]
    const file =
      table === 'predictions' ? files.predictions : table === 'distributions' ? files.distributions : files.labels
    throw new StudioError('bad-file', known.message, { ...known.where, file, place: place?.toLowerCase() })
  }
}
