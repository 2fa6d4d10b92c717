/**
 * Tests that compute run side by side, one file a processor core, and beside them those of mounted components, in a DOM
 * without layout (happy-dom). Tests of whole programs start processes of their own and kill them: they run afterwards,
 * two at a time, which every one of them has to stand.
 */
import { availableParallelism } from 'node:os'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const PROGRAMS = ['test/main/**/*.test.ts', 'test/desktop/**/*.test.ts', 'test/engine/devices/webgpu.test.ts']
/** The folders mirror those of src/renderer; what lies beside them needs no DOM. */
const MOUNTED = ['test/renderer/*/**/*.test.ts']

export default defineConfig({
  test: {
    // At low priority, runs would get next to nothing of a machine that is busy.
    env: { SECOND_GUESS_PRIORITY: 'normal' },
    // These end a test that hangs. Nothing is measured by them: tests wait for states, and a machine may be busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // TensorFlow.js registers its gradients only when it goes through a bundler.
    server: { deps: { inline: [/@tensorflow\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'computing',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...PROGRAMS, ...MOUNTED],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        plugins: [vue()],
        test: {
          name: 'mounted',
          include: MOUNTED,
          environment: 'happy-dom',
          // Loading what the window is made of takes longer than testing it: files share it, the setup cleans up.
          isolate: false,
          setupFiles: ['test/support/mounted/setup.ts'],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'programs', include: PROGRAMS, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
