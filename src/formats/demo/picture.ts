/**
 * Draws one picture: a drawing, or a mixture of two, in some pose, colours and light, on some ground, with noise.
 */
import type { SeededRandom } from '../../domain/random'
import { LAYERS, atlas, sample } from './atlas'
import { DRAWINGS, type Drawing } from './drawings'

export const SIZE = 32
/** Most that noise (standard deviation) and haze (share of the drawing lost) grow to. */
const NOISE = 0.06
const HAZE = 0.45
type Colour = [number, number, number]

export interface Scene {
  /** Class indices of the two drawings. */
  first: number
  second: number
  /** 0: the first drawing; 1: the second; between: halfway shapes. */
  morph: number
  angle: number
  scale: number
  stretch: number
  mirrored: boolean
  shiftX: number
  shiftY: number
  body: Colour
  dark: Colour
  light: Colour
  accent: Colour
  ground: [Colour, Colour]
  groundAngle: number
  /** Amplitude of the ground's soft texture, 0 to 1. */
  texture: number
  /** Standard deviation of pixel noise, 0 to 1. */
  noise: number
  /** How far the drawing stands out from the ground: 1 fully, less when hazy. */
  presence: number
}

/** HSL (degrees, 0 to 1, 0 to 1) as RGB, 0 to 1. */
function hsl(hue: number, saturation: number, lightness: number): Colour {
  const s = Math.min(1, Math.max(0, saturation))
  const l = Math.min(0.97, Math.max(0.03, lightness))
  const channel = (n: number): number => {
    const k = (((n + hue / 30) % 12) + 12) % 12
    return l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
  }
  return [channel(0), channel(8), channel(4)]
}

const mix = (a: Colour, b: Colour, t: number): Colour => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]

function bodyColour(drawing: Drawing, random: SeededRandom): Colour {
  // A quarter of the pictures has any hue at all: shape has to count.
  const own = drawing.hues[random.below(drawing.hues.length)] ?? 0
  const hue = random.uniform() < 0.25 ? random.between(0, 360) : own + 8 * random.normal()
  return hsl(hue, drawing.saturation + 0.08 * random.normal(), drawing.lightness + 0.06 * random.normal())
}

const lightnessOf = ([r, g, b]: Colour): number => 0.3 * r + 0.59 * g + 0.11 * b

/** A scene of two classes and a morph between them, everything else drawn at random. */
export function drawScene(first: number, second: number, morph: number, random: SeededRandom): Scene {
  const one = DRAWINGS[first] as Drawing // class indices come from the same table
  const two = DRAWINGS[second] as Drawing
  const body = mix(bodyColour(one, random), bodyColour(two, random), morph)
  const accentHue = (morph < 0.5 ? one : two).accentHue + 10 * random.normal()
  // The ground is light behind dark bodies and dark behind light ones, three times in four.
  const contrasting = random.uniform() < 0.75
  const level = contrasting !== lightnessOf(body) > 0.5 ? random.between(0.62, 0.9) : random.between(0.12, 0.4)
  const hue = random.between(0, 360)
  const ground = (): Colour =>
    hsl(hue + 25 * random.normal(), random.between(0.08, 0.42), level + 0.08 * random.normal())
  const hard = random.uniform() ** 3
  return {
    first,
    second,
    morph,
    angle: 0.2 * random.normal(),
    scale: random.between(0.7, 0.95),
    stretch: Math.exp(0.09 * random.normal()),
    mirrored: random.uniform() < 0.5,
    shiftX: random.between(-0.14, 0.14),
    shiftY: random.between(-0.14, 0.14),
    body,
    dark: mix(body, [0.06, 0.05, 0.08], 0.78),
    light: mix(body, [1, 1, 0.97], 0.82),
    accent: hsl(accentHue, 0.75, 0.58),
    ground: [ground(), ground()],
    groundAngle: random.between(0, 2 * Math.PI),
    texture: random.between(0, 0.16),
    noise: 0.012 + NOISE * hard,
    presence: 1 - HAZE * random.uniform() ** 3,
  }
}

/** 0 to 1: how much haze and noise hide the drawing. */
export const difficulty = ({ noise, presence }: Scene): number =>
  Math.min(1, (0.5 * (noise - 0.012)) / NOISE + (0.5 * (1 - presence)) / HAZE)

/** Coverage of a pixel by a figure at signed distance d, the pixel being `width` wide. */
const coverage = (d: number, width: number): number => Math.min(1, Math.max(0, 0.5 - d / width))

/** Soft blotches over the ground: a few waves of random direction. */
function waves(random: SeededRandom): (x: number, y: number) => number {
  const parts = Array.from({ length: 2 }, () => {
    const angle = random.between(0, 2 * Math.PI)
    const frequency = random.between(1.5, 6)
    return [frequency * Math.cos(angle), frequency * Math.sin(angle), random.between(0, 6.3)] as const
  })
  return (x, y) => parts.reduce((sum, [fx, fy, phase]) => sum + Math.sin(fx * x + fy * y + phase), 0) / 2
}

/** Renders a scene as 32x32 RGB uint8 (HWC) into `pixels` from `offset` on. */
export function render(scene: Scene, random: SeededRandom, pixels: Uint8Array, offset: number): void {
  const sheets = atlas()
  const sheetA = sheets[scene.first] as Float32Array
  const sheetB = sheets[scene.second] as Float32Array
  const a = new Float64Array(LAYERS)
  const b = new Float64Array(LAYERS)
  const wave = waves(random)
  const [from, to] = scene.ground
  const cos = Math.cos(scene.angle) / scene.scale
  const sin = Math.sin(scene.angle) / scene.scale
  const width = 2 / SIZE / scene.scale
  const groundX = Math.cos(scene.groundAngle)
  const groundY = Math.sin(scene.groundAngle)
  // Marks belong to their own drawing: they fade before its silhouette is gone.
  const inkA = Math.min(1, Math.max(0, (1 - scene.morph - 0.15) / 0.6))
  const inkB = Math.min(1, Math.max(0, (scene.morph - 0.15) / 0.6))
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      const px = ((column + 0.5) / SIZE) * 2 - 1
      const py = ((row + 0.5) / SIZE) * 2 - 1
      const sx = px - scene.shiftX
      const sy = py - scene.shiftY
      const x = (cos * sx + sin * sy) * (scene.mirrored ? -1 : 1) * scene.stretch
      const y = (cos * sy - sin * sx) / scene.stretch
      sample(sheetA, x, y, a)
      sample(sheetB, x, y, b)
      const body = (a[0] as number) * (1 - scene.morph) + (b[0] as number) * scene.morph
      const g = 0.5 + 0.5 * Math.max(-1, Math.min(1, groundX * px + groundY * py))
      // A soft shadow under the figure lifts it off the ground.
      const shade = scene.texture * wave(px, py) - 0.16 * scene.presence * Math.exp(-8 * Math.max(0, body))
      const inside = coverage(body, width) * scene.presence
      // Light falls from the upper left; the outline is a little darker.
      const light = 1 - 0.14 * (sx + sy) - 0.3 * Math.exp(-16 * Math.max(0, -body))
      const dark = Math.min(1, coverage(a[1] as number, width) * inkA + coverage(b[1] as number, width) * inkB)
      const bright = Math.min(1, coverage(a[2] as number, width) * inkA + coverage(b[2] as number, width) * inkB)
      const accent = Math.min(1, coverage(a[3] as number, width) * inkA + coverage(b[3] as number, width) * inkB)
      for (let channel = 0; channel < 3; channel++) {
        let colour = scene.body[channel] as number
        colour += ((scene.accent[channel] as number) - colour) * accent
        colour += ((scene.light[channel] as number) - colour) * bright
        colour += ((scene.dark[channel] as number) - colour) * dark
        const behind = (from[channel] as number) * (1 - g) + (to[channel] as number) * g + shade
        const value = behind + (colour * light - behind) * inside + scene.noise * random.grain()
        pixels[offset++] = Math.round(255 * Math.min(1, Math.max(0, value)))
      }
    }
  }
}
