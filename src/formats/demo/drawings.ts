/**
 * The ten classes of the demo set: drawings with a silhouette, marks in up to three inks (dark, light, accent), and the
 * hues they usually come in. The hues overlap, so that colour hints at a class and never settles it.
 */
import {
  box,
  circle,
  ellipse,
  halfPlaneBelow,
  intersect,
  polygon,
  ring,
  star,
  stroke,
  union,
  without,
  type Distance,
} from './geometry'

export interface Drawing {
  name: string
  body: Distance
  dark: Distance | null
  light: Distance | null
  accent: Distance | null
  /** Hues of the body, degrees. */
  hues: readonly number[]
  /** Hue of the accent ink. */
  accentHue: number
  saturation: number
  lightness: number
  /** Classes it is easily taken for, by name. */
  like: readonly string[]
}

const petals = Array.from({ length: 6 }, (_, i) => {
  const angle = (Math.PI * i) / 3 - Math.PI / 2
  return circle(0.47 * Math.cos(angle), 0.47 * Math.sin(angle), 0.3)
})

/** In class order. */
export const DRAWINGS: readonly Drawing[] = [
  {
    name: 'heart',
    body: union(
      circle(-0.37, -0.26, 0.42),
      circle(0.37, -0.26, 0.42),
      polygon([-0.74, -0.06], [0, 0.8], [0.74, -0.06], [0, -0.35]),
    ),
    dark: null,
    light: ellipse(-0.42, -0.36, 0.16, 0.12),
    accent: null,
    hues: [350, 335, 10],
    accentHue: 330,
    saturation: 0.75,
    lightness: 0.52,
    like: ['flower', 'cat'],
  },
  {
    name: 'star',
    body: star(5, 0.9, 0.4),
    dark: null,
    light: circle(-0.12, -0.14, 0.13),
    accent: null,
    hues: [48, 40, 30],
    accentHue: 45,
    saturation: 0.85,
    lightness: 0.56,
    like: ['flower', 'tree'],
  },
  {
    name: 'moon',
    body: without(circle(-0.05, 0, 0.8), circle(0.38, -0.14, 0.66)),
    dark: union(circle(-0.52, 0.22, 0.09), circle(-0.3, 0.52, 0.07), circle(-0.58, -0.2, 0.06)),
    light: null,
    accent: null,
    hues: [50, 210, 230],
    accentHue: 220,
    saturation: 0.4,
    lightness: 0.74,
    like: ['fish', 'heart'],
  },
  {
    name: 'mushroom',
    body: union(
      intersect(ellipse(0, 0.02, 0.82, 0.78), (_, y) => y - 0.08),
      box(0, 0.4, 0.24, 0.42, 0.12),
    ),
    dark: null,
    light: union(
      circle(-0.38, -0.2, 0.14),
      circle(0.08, -0.42, 0.16),
      circle(0.46, -0.14, 0.12),
      intersect(box(0, 0.44, 0.2, 0.36, 0.1), halfPlaneBelow(0.12)),
    ),
    accent: null,
    hues: [5, 20, 32],
    accentHue: 15,
    saturation: 0.65,
    lightness: 0.46,
    like: ['tree', 'mug'],
  },
  {
    name: 'house',
    body: union(
      box(0, 0.32, 0.56, 0.46),
      polygon([-0.82, -0.08], [0, -0.82], [0.82, -0.08]),
      box(0.44, -0.52, 0.1, 0.26),
    ),
    dark: union(box(0.22, 0.52, 0.15, 0.26), ring(box(-0.24, 0.22, 0.17, 0.15), 0.035)),
    light: box(-0.24, 0.22, 0.15, 0.13),
    accent: polygon([-0.74, -0.1], [0, -0.76], [0.74, -0.1]),
    hues: [35, 205, 15],
    accentHue: 8,
    saturation: 0.45,
    lightness: 0.62,
    like: ['tree', 'mug'],
  },
  {
    name: 'tree',
    body: union(
      polygon([0, -0.92], [0.5, -0.2], [-0.5, -0.2]),
      polygon([0, -0.56], [0.72, 0.46], [-0.72, 0.46]),
      box(0, 0.66, 0.13, 0.24),
    ),
    dark: union(box(0, 0.68, 0.11, 0.2), stroke(-0.42, -0.12, 0.42, -0.12, 0.035)),
    light: null,
    accent: union(circle(-0.2, 0.22, 0.09), circle(0.24, 0.12, 0.09), circle(0.02, -0.4, 0.08)),
    hues: [130, 150, 100],
    accentHue: 20,
    saturation: 0.5,
    lightness: 0.4,
    like: ['house', 'mushroom', 'star'],
  },
  {
    name: 'fish',
    body: union(
      ellipse(-0.16, 0, 0.66, 0.42),
      polygon([0.26, 0], [0.88, -0.46], [0.74, 0], [0.88, 0.46]),
      polygon([-0.3, -0.34], [0.02, -0.66], [0.16, -0.3]),
    ),
    dark: union(circle(-0.5, -0.08, 0.07), stroke(-0.26, -0.2, -0.22, 0.22, 0.03)),
    light: circle(-0.5, -0.08, 0.13),
    accent: union(stroke(0.0, -0.26, 0.04, 0.26, 0.06), stroke(0.24, -0.16, 0.26, 0.16, 0.05)),
    hues: [25, 190, 215],
    accentHue: 50,
    saturation: 0.7,
    lightness: 0.52,
    like: ['moon', 'heart'],
  },
  {
    name: 'cat',
    body: union(
      ellipse(0, 0.16, 0.68, 0.58),
      polygon([-0.66, 0.1], [-0.62, -0.78], [-0.08, -0.34]),
      polygon([0.66, 0.1], [0.62, -0.78], [0.08, -0.34]),
    ),
    dark: union(
      ellipse(-0.26, 0.06, 0.08, 0.12),
      ellipse(0.26, 0.06, 0.08, 0.12),
      stroke(0, 0.44, -0.16, 0.36, 0.03),
      stroke(0, 0.44, 0.16, 0.36, 0.03),
    ),
    light: union(ellipse(-0.26, 0.06, 0.15, 0.16), ellipse(0.26, 0.06, 0.15, 0.16)),
    accent: union(
      polygon([-0.09, 0.26], [0.09, 0.26], [0, 0.38]),
      polygon([-0.54, -0.2], [-0.52, -0.56], [-0.26, -0.32]),
      polygon([0.54, -0.2], [0.52, -0.56], [0.26, -0.32]),
    ),
    hues: [28, 35, 220],
    accentHue: 345,
    saturation: 0.35,
    lightness: 0.5,
    like: ['heart', 'house'],
  },
  {
    name: 'mug',
    body: union(box(-0.16, 0.08, 0.52, 0.66, 0.1), ring(circle(0.44, 0.06, 0.32), 0.09)),
    dark: ellipse(-0.16, -0.5, 0.42, 0.09),
    light: null,
    accent: box(-0.16, 0.16, 0.51, 0.14),
    hues: [210, 0, 170],
    accentHue: 45,
    saturation: 0.55,
    lightness: 0.56,
    like: ['house', 'mushroom'],
  },
  {
    name: 'flower',
    body: union(...petals, circle(0, 0, 0.35)),
    dark: null,
    light: null,
    accent: circle(0, 0, 0.24),
    hues: [300, 330, 270],
    accentHue: 48,
    saturation: 0.65,
    lightness: 0.62,
    like: ['star', 'heart'],
  },
]

export const DEMO_CLASSES: readonly string[] = DRAWINGS.map(({ name }) => name)

/** affinity[a*n + b]: how readily a is taken for b beyond what the picture shows; rows sum to 1, the diagonal is 0. */
export const AFFINITY: Float64Array = (() => {
  const n = DRAWINGS.length
  const table = new Float64Array(n * n)
  DRAWINGS.forEach((drawing, a) => {
    const weights = DRAWINGS.map((other, b): number => (a === b ? 0 : drawing.like.includes(other.name) ? 4 : 0.5))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    weights.forEach((weight, b) => (table[a * n + b] = weight / sum))
  })
  return table
})()
