/** The contract's handlers: each call handed to the service that answers it. */
import type { AttacksService } from '../attacks/service'
import type { PresetQuery } from '../../contract'
import { compareRuns } from '../../domain/results/comparing'
import { compareLabels } from '../labels/comparison'
import { newestLabelSet, pixels, stats } from '../labels/labelSets'
import type { DevicesService } from '../devices/service'
import type { ErasureService } from '../erasure/service'
import { estimateRuns } from '../estimates/estimate'
import type { ExperimentsService } from '../experiments/service'
import type { FiguresService } from '../figures/service'
import { exportLabelSet } from '../labels/exports'
import { galleryImage, galleryItems, galleryPoints, gallerySearch, queryGallery } from '../gallery/service'
import type { Handlers } from '../../contract/handlers'
import type { JobsService } from '../jobs/service'
import { agreementOf, imageJudgments, judgedTimes, nextImages } from '../labels/judgments'
import type { ProjectService } from '../project/service'
import type { RunsService } from '../runs/service'
import { searchImages } from '../labels/imageSearch'
import type { StudiesService } from '../study/service'
import type { TrialsService } from '../estimates/speedTrials'

interface Parts {
  project: ProjectService
  jobs: JobsService
  devices: DevicesService
  runs: RunsService
  attacks: AttacksService
  trials: TrialsService
  experiments: ExperimentsService
  figures: FiguresService
  studies: StudiesService
  erasure: ErasureService
  chooseFolder: () => Promise<string | null>
}

export function createHandlers({
  project,
  jobs,
  devices,
  runs,
  attacks,
  trials,
  experiments,
  figures,
  studies,
  erasure,
  chooseFolder,
}: Parts): Handlers {
  const done = (): null => null
  const planned = ({ preset, device, families }: PresetQuery) =>
    experiments.plan(preset, device, newestLabelSet(project.store()).name, families).configs
  return {
    'project.current': () => project.current(),
    'project.open': ({ path }) => project.open(path),
    'project.recent': () => project.recent(),
    'project.forget': ({ path, forgotten }) => project.forget(path, forgotten),
    'project.chooseFolder': () => chooseFolder(),

    'data.import': ({ paths, choices }) => jobs.import(paths, choices),
    'data.createDemo': ({ seed, images }) => jobs.createDemo(seed, images),
    'data.stats': ({ labelSet }) => stats(project.store(), labelSet),
    'data.pixels': ({ imageSet, indices }) => pixels(project.store(), imageSet, indices),
    'data.export': ({ labelSet, format, out }) => exportLabelSet(project.store(), labelSet, format, out),

    'jobs.list': () => jobs.list(),
    'jobs.cancel': ({ id }) => (jobs.cancel(id), done()),

    'devices.list': () => devices.list(),
    'networks.list': async () => (await import('../../engine/model')).describeNetworks(),

    'runs.list': () => runs.list(),
    'runs.metrics': ({ id }) => runs.metrics(id),
    'runs.queue': ({ configs }) => runs.queue(configs),
    'runs.pause': ({ id }) => (runs.pause(id), done()),
    'runs.resume': ({ id }) => (runs.resume(id), done()),
    'runs.stop': ({ id }) => (runs.stop(id), done()),
    'runs.retry': ({ id }) => (runs.retry(id), done()),
    'runs.estimate': (asked) =>
      estimateRuns(project.store(), devices, 'configs' in asked ? asked.configs : planned(asked.preset)),
    'runs.trial': ({ work, device }) => trials.start(work, device),
    'runs.compare': ({ first, second }) => compareRuns(runs.named(first), runs.named(second)),
    'runs.annotate': ({ ids, ...notes }) => runs.annotate(ids, notes),
    'runs.remove': ({ ids }) => (runs.remove(ids), done()),
    'runs.restore': ({ ids }) => runs.restore(ids),

    'queue.current': () => runs.current(),
    'queue.set': (change) => runs.set(change),
    'queue.move': ({ ids, before }) => runs.move(ids, before),

    'attacks.start': (asked) => attacks.start(asked),
    'attacks.makeExamples': (asked) => attacks.makeExamples(asked),
    'attacks.examples': (asked) => attacks.examples(asked),

    'experiments.plan': ({ preset, device, families }) =>
      experiments.plan(preset, device, newestLabelSet(project.store()).name, families),
    'experiments.start': (query) => experiments.start(query),
    'experiments.list': () => experiments.list(),
    'experiments.report': ({ id }) => figures.report(id),
    'experiments.document': ({ id }) => figures.document(id),

    'figures.table': ({ experiment }) => figures.table(experiment),
    'figures.paper': ({ experiment }) => figures.paper(experiment),
    'figures.file': (query) => figures.file(query),
    'figures.fill': (query) => figures.fill(query),
    'figures.stop': () => (figures.stop(), done()),
    'gallery.query': (query) => queryGallery(project.store(), query),
    'gallery.points': (query) => galleryPoints(project.store(), query),
    'gallery.items': (query) => galleryItems(project.store(), query),
    'gallery.image': (query) => galleryImage(project.store(), query),
    'gallery.search': (query) => gallerySearch(project.store(), query),

    'labels.aggregate': ({ labelSet, method }) => jobs.aggregate(labelSet, method),
    'labels.agreement': ({ labelSet }) => agreementOf(project.store(), labelSet),
    'labels.image': (query) => imageJudgments(project.store(), query),
    'labels.compare': (query) => compareLabels(project.store(), query),
    'labels.judged': ({ labelSet }) => judgedTimes(project.store(), labelSet),
    'labels.next': (query) => nextImages(project.store(), query),
    'labels.search': (query) => searchImages(project.store(), query),

    'studies.list': studies.list,
    'studies.create': studies.create,
    'studies.change': studies.change,
    'studies.remove': studies.remove,
    'studies.restore': studies.restore,
    'studies.proposeChecks': studies.proposeChecks,
    'studies.participants': studies.participants,
    'studies.invite': studies.invite,
    'studies.label': studies.label,
    'studies.quality': studies.quality,
    'studies.decide': studies.decide,
    'studies.erase': erasure.erase,
    'studies.erasures': erasure.erasures,
    'studies.setThreshold': studies.setThreshold,
    'studies.clearUnopened': studies.clearUnopened,
    'studies.ledger': studies.ledger,
    'studies.publish': studies.publish,
    'studies.export': studies.export,
    'studies.simulate': studies.simulate,
    'studies.rehearse': studies.rehearse,
    'studies.door': studies.door,
    'studies.openDoor': studies.openDoor,

    'session.open': studies.session.open,
    'session.advance': studies.session.advance,
    'session.image': studies.session.image,
    'session.answer': studies.session.answer,
    'session.withdraw': studies.session.withdraw,
    'session.join': studies.session.join,
  }
}
