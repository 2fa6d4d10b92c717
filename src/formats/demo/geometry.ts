/**
 * Signed distances to simple plane figures (negative inside), in a frame where a drawing fills about -1 to 1, y
 * pointing down. Distances may be interpolated, which is how one drawing becomes another.
 */

export type Distance = (x: number, y: number) => number

export const circle =
  (cx: number, cy: number, r: number): Distance =>
  (x, y) =>
    Math.hypot(x - cx, y - cy) - r

/** Approximate away from the outline, exact on it: enough for edges a pixel wide. */
export const ellipse =
  (cx: number, cy: number, rx: number, ry: number): Distance =>
  (x, y) =>
    (Math.hypot((x - cx) / rx, (y - cy) / ry) - 1) * Math.min(rx, ry)

/** A box of half sizes (hw, hh), its corners rounded by `round`. */
export const box =
  (cx: number, cy: number, hw: number, hh: number, round = 0): Distance =>
  (x, y) => {
    const dx = Math.abs(x - cx) - hw + round
    const dy = Math.abs(y - cy) - hh + round
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - round
  }

/** A stroke from a to b of half width r, with round ends. */
export const stroke =
  (ax: number, ay: number, bx: number, by: number, r: number): Distance =>
  (x, y) => {
    const t = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    const k = Math.min(1, Math.max(0, t))
    return Math.hypot(x - ax - k * (bx - ax), y - ay - k * (by - ay)) - r
  }

/** A closed polygon: nearest edge, with the sign of the crossing number. */
export const polygon =
  (...points: [number, number][]): Distance =>
  (x, y) => {
    let nearest = Infinity
    let inside = false
    for (const [i, [ax, ay]] of points.entries()) {
      const [bx, by] = points[(i + 1) % points.length] ?? [ax, ay]
      nearest = Math.min(nearest, stroke(ax, ay, bx, by, 0)(x, y))
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside
    }
    return inside ? -nearest : nearest
  }

/** A star of n points. */
export const star = (n: number, outer: number, inner: number): Distance =>
  polygon(
    ...Array.from({ length: 2 * n }, (_, i): [number, number] => {
      const angle = (Math.PI * i) / n - Math.PI / 2
      const r = i % 2 === 0 ? outer : inner
      return [r * Math.cos(angle), r * Math.sin(angle)]
    }),
  )

export const union =
  (...parts: Distance[]): Distance =>
  (x, y) =>
    parts.reduce((least, part) => Math.min(least, part(x, y)), Infinity)

export const intersect =
  (...parts: Distance[]): Distance =>
  (x, y) =>
    parts.reduce((most, part) => Math.max(most, part(x, y)), -Infinity)

export const without =
  (part: Distance, removed: Distance): Distance =>
  (x, y) =>
    Math.max(part(x, y), -removed(x, y))

/** The band of half width r around an outline. */
export const ring =
  (part: Distance, r: number): Distance =>
  (x, y) =>
    Math.abs(part(x, y)) - r

export const halfPlaneBelow =
  (level: number): Distance =>
  (_, y) =>
    level - y
