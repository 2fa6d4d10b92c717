/**
 * The desktop door. The only file that listens to IPC: every message's sender is checked (our window, its main frame,
 * our origin) before the contract's validators see what it says.
 */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron'
import type { Reply } from '../../contract'
import type { Services } from '../services'
import { isAppUrl } from './protocol'

const FORBIDDEN: Reply<never> = {
  ok: false,
  error: { kind: 'forbidden', message: 'Only the program’s own window may ask.' },
}

/** Whether a message comes from the main frame of one of our windows, showing one of our pages. */
function isOurs(event: IpcMainInvokeEvent, windows: ReadonlySet<WebContents>): boolean {
  const frame = event.senderFrame
  return windows.has(event.sender) && frame !== null && frame === event.sender.mainFrame && isAppUrl(frame.url)
}

/** Serves calls and events to windows; answers how a new window is let in. */
export function serveIpc(services: Services): (window: WebContents) => void {
  const windows = new Set<WebContents>()
  ipcMain.handle('call', (event, name: unknown, input: unknown) =>
    isOurs(event, windows) ? services.dispatch(name, input, 'owner') : FORBIDDEN,
  )
  services.events.subscribe((name, payload) => {
    for (const window of windows) if (!window.isDestroyed()) window.send('event', name, payload)
  })
  return (window) => {
    windows.add(window)
    window.once('destroyed', () => windows.delete(window))
  }
}
