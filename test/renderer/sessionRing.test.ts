/** Slots on the ring: evenly on one circle, clockwise from the top, apart from each other and from the image. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ring } from '../../src/renderer/session/ring'
import { CIFAR10_CLASSES } from '../../src/domain/labels/sets'

const CIFAR10 = CIFAR10_CLASSES.map((name) => 7.8 * name.length)

const SMALL = { width: 1024, height: 640 }
const LARGE = { width: 1440, height: 900 }

interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}
const overlap = (a: Rectangle, b: Rectangle) =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 - 1e-6 && Math.abs(a.y - b.y) < (a.height + b.height) / 2 - 1e-6
const rectangles = ({ slots, label, image }: ReturnType<typeof ring>): Rectangle[] => [
  { x: 0, y: 0, width: image, height: image },
  ...slots.map((slot) => ({ ...slot, ...label })),
]
function overlaps(made: ReturnType<typeof ring>) {
  const all = rectangles(made)
  return all.flatMap((a, at) => all.slice(at + 1).filter((b) => overlap(a, b)))
}

describe('the ring', () => {
  it('has slot 0 at the top and goes clockwise', () => {
    const { slots, radius } = ring(LARGE, 160, [8, 8, 8, 8])
    const rounded = slots.map(({ x, y }) => [Math.round(x), Math.round(y)].map((part) => part + 0))
    const r = Math.round(radius)
    expect(rounded).toEqual([
      [0, -r],
      [r, 0],
      [0, r],
      [-r, 0],
    ])
  })

  it('is the same in a small window as in a large one, for the paper’s study', () => {
    const small = ring(SMALL, 160, CIFAR10)
    expect(small).toEqual(ring(LARGE, 160, CIFAR10))
    expect(small.image).toBe(160)
  })

  it('holds every image the protocol allows, smaller where it must be', () => {
    for (const window of [SMALL, LARGE])
      for (const image of [32, 160, 256, 320, 512]) {
        const made = ring(window, image, CIFAR10)
        expect(overlaps(made), `${image} in ${window.width}`).toEqual([])
        expect(made.image).toBeGreaterThanOrEqual(Math.min(image, 256))
      }
    expect(ring(LARGE, 320, CIFAR10).image).toBe(320)
  })

  it('fits a phone', () => {
    const made = ring({ width: 390, height: 800 }, 160, CIFAR10)
    expect(overlaps(made)).toEqual([])
    expect(made.image).toBe(160)
  })

  it('keeps labels at equal distances, inside the window, and apart, for 2 to 10 classes with any names', () => {
    const names = fc.array(fc.double({ min: 4, max: 300, noNaN: true }), { minLength: 2, maxLength: 10 })
    const window = fc.record({
      width: fc.integer({ min: 1024, max: 3840 }),
      height: fc.integer({ min: 640, max: 2160 }),
    })
    fc.assert(
      fc.property(names, window, fc.integer({ min: 32, max: 512 }), (classes, size, image) => {
        const made = ring(size, image, classes)
        const step = (2 * Math.PI) / classes.length
        made.slots.forEach(({ x, y }, slot) => {
          expect(Math.hypot(x, y)).toBeCloseTo(made.radius, 6)
          expect(Math.cos(Math.atan2(x, -y) - slot * step)).toBeCloseTo(1, 6)
          expect(Math.abs(x) + made.label.width / 2).toBeLessThanOrEqual(size.width / 2)
          expect(Math.abs(y) + made.label.height / 2).toBeLessThanOrEqual(size.height / 2)
        })
        expect(overlaps(made)).toEqual([])
        expect(made.image).toBeLessThanOrEqual(image)
      }),
    )
  })
})
