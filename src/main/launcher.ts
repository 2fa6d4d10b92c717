/**
 * Ends this process with the script that launched it (scripts/run.mjs, scripts/start.mjs). The script holds one end of an
 * IPC channel; the system closes it however the script ends, SIGKILL included. A process that was started directly
 * (systemd, nohup, a test) has no such mark and depends on no parent.
 */

/** Set by the scripts. Removed at once: processes started from here have channels of their own. */
const MARK = 'SECOND_GUESS_LAUNCHER'
const launched = process.env[MARK] === 'ipc' && process.channel !== undefined
delete process.env[MARK]

/** Once the launching script is gone, does what SIGTERM would do: saves running work where a listener does so. */
export function endWithLauncher(): void {
  if (!launched) return
  const end = () => {
    // Whoever read the output may be gone too.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143)
  }
  if (!process.connected) return end()
  process.once('disconnect', end)
  // The channel alone keeps no process alive that has done its work.
  process.channel?.unref()
}
