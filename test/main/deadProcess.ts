/** A process that is gone. */
import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import { processName } from '../../src/main/storage/processes'

/** The name of a process that has certainly ended. */
export function deadProcess(): { pid: number; name: string } {
  const { pid, stdout } = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' })
  expect(Number(stdout)).toBe(pid)
  return { pid, name: processName(pid) }
}
