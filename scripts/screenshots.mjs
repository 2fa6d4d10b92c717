/**
 * Takes the pictures of docs/screenshots: builds, serves a fresh project, makes the demo set, trains hard and soft on
 * a few folds for real, and photographs every place in a real Chromium. `node scripts/screenshots.mjs [--epochs N]`.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import sharp from 'sharp'
import { root } from './build.mjs'

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '6' },
    images: { type: 'string', default: '4000' },
    folds: { type: 'string', default: '3' },
    out: { type: 'string', default: join(root, 'docs/screenshots') },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'second-guess-pictures-'))

async function serve() {
  const project = join(folder, 'demo-study')
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), 'serve', '--project', project, '--port', '0'], {
    env: { ...process.env, HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const url = await new Promise((done, fail) => {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
      const found = /http:\/\/\S+\?token=\S+/.exec(said)
      if (found) done(found[0])
    })
    child.on('exit', (code) => fail(new Error(`The door ended with ${code}: ${said}`)))
  })
  const { origin, searchParams } = new URL(url)
  async function call(name, input) {
    const response = await fetch(`${origin}/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${searchParams.get('token')}` },
      body: JSON.stringify(input),
    })
    const reply = await response.json()
    if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
    return reply.value
  }
  return { url, origin, call, close: () => process.kill(-child.pid, 'SIGTERM') }
}

async function until(test, what) {
  for (let tries = 0; tries < 3600; tries++) {
    if (await test()) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error(`Waited in vain for ${what}.`)
}

function configs({ imageSet, labelSet }) {
  const shared = {
    network: 'resnet_basic_8',
    imageSet,
    labelSet,
    protocol: 'described',
    folds: 10,
    foldSeed: 0,
    trainImages: null,
    testImages: null,
    seed: 0,
    epochs: Number(values.epochs),
    batch: 64,
    learningRate: 0.1,
    momentum: 0.9,
    nesterov: true,
    weightDecay: 1e-4,
    schedule: { kind: 'cosine' },
    augment: true,
    device: 'cpu',
    evaluateEvery: 1,
  }
  const attacks = [1, 2, 4, 8].flatMap((epsilon) => [
    { attack: 'fgsm', epsilon, stepSize: epsilon, steps: 1, randomStart: false, images: 100 },
    { attack: 'pgd', epsilon, stepSize: epsilon / 4, steps: 10, randomStart: false, images: 100 },
  ])
  return Array.from({ length: Number(values.folds) }, (_, fold) => fold).flatMap((fold) =>
    ['hard', 'soft'].map((target) => ({ ...shared, target, fold, attacks })),
  )
}

async function photograph(browser, url, sets) {
  for (const { suffix, width, height, colorScheme, places } of sets) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await page.goto(url)
    for (const place of places) {
      await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click()
      // Figures are worked out when they are first asked for.
      if (place === 'Figures') await page.locator('#figure-2').waitFor({ timeout: 60_000 })
      await page.waitForLoadState('networkidle')
      await page.waitForTimeout(700)
      await keep(await page.screenshot(), `${place.toLowerCase()}${suffix}`)
    }
    await context.close()
  }
}

/**
 * What lies behind a button, or further down: any runs compared, adversarial examples, a figure with charts, the
 * palette.
 */
async function photographParts(browser, url, { width, height, colorScheme }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const go = (place) => page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click()
  const shoot = async (name) => {
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(700)
    await keep(await page.screenshot(), name)
  }
  await page.goto(url)
  await go('Train')
  await page.getByRole('button', { name: 'Compare' }).click()
  await shoot('compare')
  await go('Attack')
  await page.getByRole('heading', { name: 'Adversarial examples' }).evaluate((heading) => heading.scrollIntoView())
  await shoot('attack-examples')
  await go('Figures')
  await page.getByRole('navigation', { name: 'Figures of the paper' }).getByRole('button', { name: 'Figure 4' }).click()
  await shoot('figures-charts')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('soft fold')
  await shoot('palette')
  await context.close()
}

/**
 * A study on the demo set with some sixty simulated participants, and a link for one more; answers the link's token.
 */
async function study(call, imageSet, labelSet) {
  const { pool } = await call('studies.proposeChecks', { imageSet, labelSet, perClass: 3, seed: 1 })
  const pages = {
    consent:
      '## Taking part\n\nYou will see small pictures, one at a time, and say what each shows. It takes about ten minutes; you may stop whenever you like.',
    instructions:
      '## What to do\n\nAs **quickly and accurately** as you can, press the key drawn on the label that fits, or click it.',
    debrief: 'Thank you. What people disagree about teaches a network more than a single right answer.',
  }
  const protocol = {
    imagesPerParticipant: 200,
    balanceClasses: true,
    order: 'even',
    checkEvery: 20,
    checkThreshold: 0.75,
    practiceTrials: 5,
    imagePixels: 160,
    smoothing: 'crisp',
    resume: 'resume',
    longInterruptionMinutes: 30,
  }
  const { id } = await call('studies.create', {
    name: 'pilot',
    kind: 'crowd',
    imageSet,
    selection: null,
    protocol,
    pages,
    checks: pool,
    practice: null,
    completion: { code: '', url: '' },
    seed: 1,
  })
  const mix = { careful: 0.85, hurried: 0.1, onePosition: 0.02, random: 0.03 }
  const job = await call('studies.simulate', { study: id, participants: 60, seed: 1, mix })
  await until(
    async () => (await call('jobs.list', {})).find((each) => each.id === job.id)?.state === 'done',
    'simulated participants',
  )
  const [{ token }] = await call('studies.invite', { study: id, count: 1 })
  return token
}

/** The participants' page: consent, and a trial of practice. */
async function photographSession(browser, address, { suffix, width, height, colorScheme }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(address)
  const go = page.locator('.button.primary')
  await go.waitFor()
  if (await page.getByRole('heading', { name: 'Taking part' }).isVisible())
    await keep(await page.screenshot(), `session-consent${suffix}`)
  while (!(await page.locator('canvas').isVisible())) {
    await go.click()
    await page.waitForTimeout(400)
  }
  await page.waitForTimeout(400)
  await keep(await page.screenshot(), `session${suffix}`)
  await context.close()
}

/** 256 colours are plenty for an interface, and a third of the size. */
async function keep(picture, name) {
  mkdirSync(values.out, { recursive: true })
  await sharp(picture)
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(join(values.out, `${name}.png`))
  process.stderr.write(`${name}.png\n`)
}

const system = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
)
const browser = await chromium.launch({ executablePath: system, args: ['--no-sandbox', '--disable-gpu'] })
const door = await serve()
try {
  const light = { width: 1440, height: 900, colorScheme: 'light' }
  await photograph(browser, door.url, [{ ...light, suffix: '-first', places: ['Home'] }])
  const job = await door.call('data.createDemo', { seed: 0, images: Number(values.images) })
  await until(
    async () => (await door.call('jobs.list', {})).find(({ id }) => id === job.id)?.state === 'done',
    'the demo set',
  )
  const { labelSets } = await door.call('project.current', {})
  const { name: labelSet, imageSet } = labelSets[0]
  const ids = (await door.call('runs.queue', { configs: configs({ imageSet, labelSet }) })).map(({ id }) => id)
  const runs = async () => (await door.call('runs.list', {})).filter(({ id }) => ids.includes(id))
  const done = async () => (await runs()).filter(({ state }) => state === 'done').length
  // Live: some finished, one half-way.
  const live = async () =>
    (await done()) >= Math.min(3, ids.length - 1) &&
    (await runs()).some(({ state, progress }) => state === 'running' && progress && progress.step > progress.steps / 2)
  await until(live, 'a run half-way')
  await photograph(browser, door.url, [{ ...light, suffix: '-live', places: ['Train'] }])
  await until(async () => (await done()) === ids.length, 'all runs')
  const token = await study(door.call, imageSet, labelSet)
  const participants = `${door.origin}/study.html#${token}`
  await photographSession(browser, participants, { ...light, suffix: '' })
  await photographSession(browser, participants, { width: 1024, height: 640, colorScheme: 'dark', suffix: '-small' })
  const all = ['Home', 'Label', 'Crowd', 'Data', 'Train', 'Attack', 'Figures', 'Gallery']
  await photograph(browser, door.url, [
    { ...light, suffix: '', places: all },
    { ...light, suffix: '-dark', colorScheme: 'dark', places: ['Crowd', 'Train', 'Figures', 'Gallery', 'Data'] },
    {
      width: 1024,
      height: 640,
      colorScheme: 'light',
      suffix: '-small',
      places: ['Crowd', 'Figures', 'Gallery', 'Train'],
    },
  ])
  await photographParts(browser, door.url, light)
} finally {
  door.close()
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
