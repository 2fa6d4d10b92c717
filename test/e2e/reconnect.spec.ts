/**
 * The program ends under the window, comes back, comes back with another token or as another build: the window says
 * what is true in each case, and shows what is true once it is connected again.
 */
import type { Page } from '@playwright/test'
import { violations } from './axe'
import { expect, openDoor, test, withDemo, type Door } from './door'

const banner = (page: Page) => page.locator('.banner')
const atHome = (page: Page) => expect(page.getByRole('heading', { name: 'What did people really see?' })).toBeVisible()

test.describe('a window', () => {
  let door: Door
  test.beforeEach(async ({ page }) => {
    test.setTimeout(240_000)
    door = await openDoor()
    await page.goto(door.url)
    await atHome(page)
  })
  test.afterEach(async ({ complaints }) => {
    await door.close()
    // Failed sockets are the point of these tests.
    complaints.length = 0
  })

  test('says that the connection is lost, later that nothing answers, and reconnects by itself', async ({ page }) => {
    await door.kill()
    await expect(banner(page)).toContainText('Connection lost.')
    // Nothing is claimed that nobody knows.
    await expect(banner(page)).not.toContainText(/shut down|runs/i)
    await expect(banner(page)).toContainText('No answer from the program since', { timeout: 40_000 })
    expect(await violations(page)).toEqual([])
    await door.start()
    await withDemo(door, 200)
    await expect(banner(page)).toBeHidden({ timeout: 30_000 })
    await expect(page.getByRole('heading', { name: 'In this project' })).toBeVisible()
  })

  test('says that the program was shut down, for as long as it stays away', async ({ page }) => {
    await door.stop()
    await expect(banner(page)).toContainText('The program was shut down.')
    expect(await violations(page)).toEqual([])
    await page.waitForTimeout(22_000)
    await expect(banner(page)).toContainText('The program was shut down.')
    await door.start()
    await expect(banner(page)).toBeHidden({ timeout: 30_000 })
    await atHome(page)
  })

  test('says that its access ended where the program came back with another token', async ({ page }) => {
    await door.stop()
    await door.start('another-token-of-these-tests')
    await expect(banner(page)).toContainText('This window has no access to the program.', { timeout: 30_000 })
    await expect(banner(page)).toContainText('Open the address that the program printed at its last start.')
    // What it shows stays readable.
    await atHome(page)
    await page.goto(door.url)
    await expect(banner(page)).toBeHidden()
    await atHome(page)
  })

  test('asks for a reload where another build is served', async ({ page }) => {
    await door.stop()
    await expect(banner(page)).toBeVisible()
    await page.route('**/index.html', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<script type="module" src="./assets/index-NEWER.js"></script>',
      }),
    )
    await door.start()
    await expect(banner(page)).toContainText('Another version of the program is running.', { timeout: 30_000 })
    await page.unroute('**/index.html')
    await banner(page).getByRole('button', { name: 'Reload' }).click()
    await expect(banner(page)).toBeHidden()
    await atHome(page)
  })

  test('without a token says which address to open', async ({ browser }) => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(new URL(door.url).origin)
    await expect(page.getByRole('heading', { name: 'This window has no access to the program' })).toBeVisible()
    await expect(page.getByText('Runs go on')).toHaveCount(0)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  test('behind a proxy that forwards no WebSockets says that nothing arrives by itself', async ({ browser }) => {
    const page = await (await browser.newContext()).newPage()
    await page.addInitScript(() => {
      // A proxy refuses the upgrade; the page sees no more than this.
      class Refused extends EventTarget {
        constructor() {
          super()
          setTimeout(() => this.dispatchEvent(new CloseEvent('close', { code: 1006 })), 10)
        }
      }
      Object.assign(window, { WebSocket: Refused })
    })
    await page.goto(door.url)
    await expect(banner(page)).toContainText('No live updates.', { timeout: 60_000 })
    await page.context().close()
  })
})
