/**
 * End-to-end tests: the program as built, behind its browser door, in a real Chromium. The system's Chromium is used
 * where there is one, otherwise the one Playwright installs; where neither exists the tests fail, they are not skipped.
 */
import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const systemChromium = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const executablePath = systemChromium.find((path) => path !== undefined && existsSync(path))

// At low priority, runs would get next to nothing of a machine that is busy.
process.env['SECOND_GUESS_PRIORITY'] ??= 'normal'

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  // Training runs compete for the same cores: one test at a time keeps their timing honest.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    },
  },
})
