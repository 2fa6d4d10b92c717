/** The desktop window: sandboxed, isolated, without Node, showing app:// only. */
import { BrowserWindow, type WebContents } from 'electron'
import { preloadPath } from '../process/entries'
import { guarded } from '../process/guarded'
import { START_URL } from './protocol'

export function openWindow(letIn: (window: WebContents) => void): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'Second Guess',
    webPreferences: {
      preload: preloadPath(),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  letIn(window.webContents)
  window.once('ready-to-show', () => window.show())
  guarded('loading the window', () => window.loadURL(START_URL))()
  return window
}
