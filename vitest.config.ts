import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    testTimeout: 30_000,
    // TensorFlow.js registers its gradients only when it goes through a bundler.
    server: { deps: { inline: [/@tensorflow\//] } },
  },
})
