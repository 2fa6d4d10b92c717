/**
 * The bridge: the only thing a desktop window can reach of the program. Named functions, one per call of the contract;
 * neither IPC channels nor event objects ever cross. Runs sandboxed, so it is one file without Node.
 */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import type { Bridge, CallName, EventName, Events } from '../contract'

/** Every call, written out: a name missing here does not compile. */
const CALL_NAMES: Record<CallName, true> = {
  'project.current': true,
  'project.open': true,
  'project.recent': true,
  'project.forget': true,
  'project.chooseFolder': true,
  'data.import': true,
  'data.createDemo': true,
  'data.stats': true,
  'data.pixels': true,
  'data.export': true,
  'jobs.list': true,
  'jobs.cancel': true,
  'devices.list': true,
  'networks.list': true,
  'runs.list': true,
  'runs.metrics': true,
  'runs.queue': true,
  'runs.pause': true,
  'runs.resume': true,
  'runs.stop': true,
  'runs.retry': true,
  'attacks.start': true,
  'attacks.makeExamples': true,
  'attacks.examples': true,
  'runs.estimate': true,
  'runs.trial': true,
  'runs.compare': true,
  'runs.annotate': true,
  'runs.remove': true,
  'runs.restore': true,
  'queue.current': true,
  'queue.set': true,
  'queue.move': true,
  'experiments.plan': true,
  'experiments.start': true,
  'experiments.list': true,
  'experiments.report': true,
  'experiments.document': true,
  'figures.table': true,
  'figures.paper': true,
  'figures.file': true,
  'figures.fill': true,
  'figures.stop': true,
  'gallery.query': true,
  'gallery.points': true,
  'gallery.items': true,
  'gallery.image': true,
  'gallery.search': true,
  'labels.aggregate': true,
  'labels.agreement': true,
  'labels.image': true,
  'labels.compare': true,
  'labels.judged': true,
  'labels.next': true,
  'labels.search': true,
  'studies.list': true,
  'studies.create': true,
  'studies.change': true,
  'studies.remove': true,
  'studies.restore': true,
  'studies.proposeChecks': true,
  'studies.participants': true,
  'studies.invite': true,
  'studies.label': true,
  'studies.quality': true,
  'studies.decide': true,
  'studies.erase': true,
  'studies.erasures': true,
  'studies.setThreshold': true,
  'studies.clearUnopened': true,
  'studies.ledger': true,
  'studies.publish': true,
  'studies.export': true,
  'studies.simulate': true,
  'studies.rehearse': true,
  'studies.door': true,
  'studies.openDoor': true,
  'session.open': true,
  'session.advance': true,
  'session.image': true,
  'session.answer': true,
  'session.withdraw': true,
  'session.join': true,
}

const calls = Object.fromEntries(
  Object.keys(CALL_NAMES).map((name) => [name, (input: unknown) => ipcRenderer.invoke('call', name, input)]),
) as unknown as Bridge['calls']

const bridge: Bridge = {
  calls,
  onEvent(listener) {
    const receive = (_event: IpcRendererEvent, name: EventName, payload: Events[EventName]) => listener(name, payload)
    ipcRenderer.on('event', receive)
    return () => void ipcRenderer.off('event', receive)
  },
  pathOf: (file) => webUtils.getPathForFile(file),
}

contextBridge.exposeInMainWorld('secondGuess', bridge)
