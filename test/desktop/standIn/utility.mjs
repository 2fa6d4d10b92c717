/** A utility process: the built entry with the `parentPort` that Electron gives it. Ends with its parent, as there. */
import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'

const [entry, ...args] = process.argv.slice(2)
const port = new EventEmitter()
port.postMessage = (message) => process.send(message)
process.on('message', (data) => port.emit('message', { data }))
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.parentPort = port
process.argv = [process.execPath, entry, ...args]

await import(pathToFileURL(entry).href)
