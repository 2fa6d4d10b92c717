/** Changes of the open project are not taken for another one: not even the first that is heard of. */
import { beforeEach, describe, expect, it, vi } from 'vitest'

const world = vi.hoisted(() => ({
  path: null as string | null,
  tell: [] as ((project: { path: string } | null) => void)[],
}))
vi.mock('../../src/renderer/connection/client', () => ({
  call: async () => (world.path === null ? null : { path: world.path }),
  client: { on: (_: string, listener: (project: { path: string } | null) => void) => world.tell.push(listener) },
}))
const { onAnotherProject } = await import('../../src/renderer/lib/anotherProject')

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
const change = (path: string | null) => world.tell.forEach((tell) => tell(path === null ? null : { path }))

describe('onAnotherProject', () => {
  beforeEach(() => (world.tell = []))

  it('is silent for the open project, before and after it is known which that is', async () => {
    const listener = vi.fn()
    world.path = '/a'
    onAnotherProject(listener)
    change('/a')
    await settled()
    change('/a')
    expect(listener).not.toHaveBeenCalled()
    change('/b')
    change('/b')
    change(null)
    expect(listener).toHaveBeenCalledTimes(2)
  })

  it('hears of the first project where none was open', async () => {
    const listener = vi.fn()
    world.path = null
    onAnotherProject(listener)
    await settled()
    change('/a')
    expect(listener).toHaveBeenCalledTimes(1)
  })
})
