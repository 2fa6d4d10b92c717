/** The desktop composition: security first, then the services, the door, the window. */
import { join } from 'node:path'
import { app, BrowserWindow, dialog } from 'electron'
import { openDoor, type Door } from './transport/httpServer'
import { guarded } from './process/guarded'
import { serveIpc } from './transport/ipc'
import { utilityProbe, utilityWorker } from './workers/utilityWorker'
import { continueAfterErrors } from './process/lastResort'
import { log } from './process/log'
import { registerScheme, serveApp } from './transport/protocol'
import { denyPermissions, secureContents } from './transport/security'
import { createServices } from './services'
import { openWindow } from './transport/window'

continueAfterErrors()
app.enableSandbox()
registerScheme()
secureContents()

async function chooseFolder(): Promise<string | null> {
  const options = {
    title: 'Open or make a project',
    properties: ['openDirectory', 'createDirectory'],
  } satisfies Electron.OpenDialogOptions
  const window = BrowserWindow.getFocusedWindow()
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options))
  return canceled ? null : (filePaths[0] ?? null)
}

/** Open while a study lets participants in from browsers. */
let participantsDoor: Door | null = null

async function start() {
  await app.whenReady()
  serveApp()
  denyPermissions()
  const services = createServices({
    launch: utilityWorker,
    probe: utilityProbe,
    worksQueue: true,
    recentFile: join(app.getPath('userData'), 'recent.json'),
    chooseFolder,
    openDoor: async (open, host) => {
      await participantsDoor?.close()
      participantsDoor = null
      participantsDoor = await openDoor(open, { host, port: 'project', participantsOnly: true })
    },
  })
  const letIn = serveIpc(services)
  openWindow(letIn)
  app.on(
    'activate',
    guarded('opening a window', () => {
      if (BrowserWindow.getAllWindows().length === 0) openWindow(letIn)
    }),
  )
  app.on('second-instance', () => BrowserWindow.getAllWindows()[0]?.focus())

  // Quitting waits until running work is saved; asking again while it does changes nothing.
  let saved = false
  let saving: Promise<void> | null = null
  app.on('before-quit', (event) => {
    if (saved) return
    event.preventDefault()
    saving ??= Promise.resolve(participantsDoor?.close())
      .then(() => services.close())
      .catch((error: unknown) => log.error({ error }, 'closing the project failed'))
      .then(() => {
        saved = true
        app.quit()
      })
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
}

if (app.requestSingleInstanceLock()) {
  start().catch((error: unknown) => {
    log.fatal({ error }, 'the program could not start')
    app.exit(1)
  })
} else app.quit()
