/**
 * Ends this process with the script that launched it (scripts/run.mjs, scripts/start.mjs). The script holds one end of
 * an IPC channel; the system closes it however the script ends, SIGKILL included. A process that was started directly
 * (systemd, nohup, a test) has no such mark and depends on no parent.
 */

/**
 * The launching script's process id, set by it. A process that only inherits it has another parent and another channel.
 */
const MARK = 'SECOND_GUESS_LAUNCHER'
const launcher = Number(process.env[MARK])
// Process 1 adopts a process whose script was gone before this line.
const launched = launcher > 0 && process.channel !== undefined && [launcher, 1].includes(process.ppid)
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
