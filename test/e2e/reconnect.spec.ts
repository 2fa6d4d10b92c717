/** The program ends under the window and comes back: the window says so, reconnects and shows what is true then. */
import { expect, openDoor, test, withDemo } from './door'

test('a lost connection is said, and mended by itself', async ({ page, complaints }) => {
  test.setTimeout(240_000)
  const door = await openDoor()
  try {
    await page.goto(door.url)
    await expect(page.getByRole('heading', { name: 'What did people really see?' })).toBeVisible()
    await door.kill()
    await expect(page.getByText('The connection to the program is lost.')).toBeVisible()
    await door.start()
    await withDemo(door, 200)
    await expect(page.getByText('The connection to the program is lost.')).toBeHidden({ timeout: 30_000 })
    await expect(page.getByRole('heading', { name: 'In this project' })).toBeVisible()
  } finally {
    await door.close()
    // Failed sockets are the point of this test.
    complaints.length = 0
  }
})
