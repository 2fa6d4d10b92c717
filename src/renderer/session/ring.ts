/**
 * Where the labels lie: on a circle around the image, slot 0 at the top, clockwise, evenly. The circle is as small as
 * labels and image allow, so that it is the same in every window that holds it. A window too small for it gets narrower
 * labels first, then a smaller image.
 */
export interface Box {
  width: number
  height: number
}

export interface Ring {
  /** Of the circle the labels' centres lie on, CSS pixels. */
  radius: number
  label: Box
  /** Edge of the image as it is drawn. */
  image: number
  /** Centre of each slot from the centre of the image, x to the right, y down. */
  slots: { x: number; y: number }[]
}

/** Between labels, and between labels and image. */
const GAP = 8
const IMAGE_GAP = 16
/** Kept free at the edges: the progress line above, one line of words below. */
const EDGE = 8
const STRIP = 36
const LABEL_HEIGHT = 40
const NARROWEST = 64
const WIDEST = 176
/** Key, gap and padding beside the name. */
const BESIDE = 50

/** `names`: widths of the labels' names in slot order, CSS pixels. */
export function ring(window: Box, imagePixels: number, names: readonly number[]): Ring {
  const directions = names.map((_, slot) => {
    const angle = (slot / names.length) * 2 * Math.PI - Math.PI / 2
    return { x: Math.cos(angle), y: Math.sin(angle) }
  })
  const wanted = Math.min(WIDEST, Math.max(96, BESIDE + Math.ceil(Math.max(...names))))
  let label = { width: wanted, height: LABEL_HEIGHT }
  const room = () => roomFor(window, label)
  const needed = () => Math.max(clearOfEachOther(directions, label), clearOfImage(directions, label, imagePixels))
  while (label.width > NARROWEST && needed() > room()) label = { ...label, width: label.width - 4 }
  // As wide as wanted where narrower labels do not help: then it is the image that is too large.
  if (
    needed() > room() &&
    clearOfEachOther(directions, { ...label, width: wanted }) <= roomFor(window, { ...label, width: wanted })
  )
    label.width = wanted
  const radius = Math.min(needed(), room())
  let image = imagePixels
  while (image > 32 && clearOfImage(directions, label, image) > radius) image--
  return { radius, label, image, slots: directions.map(({ x, y }) => ({ x: x * radius, y: y * radius })) }
}

function roomFor(window: Box, label: Box): number {
  const across = (window.width - label.width) / 2 - EDGE
  return Math.max(0, Math.min(across, (window.height - label.height) / 2 - STRIP))
}

type Direction = { x: number; y: number }

/**
 * Two boxes are apart when they are so along one axis: the radius at which that holds for one distance on the unit
 * circle.
 */
function apart({ x, y }: Direction, width: number, height: number): number {
  const along = (distance: number, unit: number) => (Math.abs(unit) < 1e-9 ? Infinity : distance / Math.abs(unit))
  return Math.min(along(width, x), along(height, y))
}

function clearOfEachOther(directions: readonly Direction[], label: Box): number {
  if (directions.length < 2) return 0
  const each = directions.map((here, at) => {
    const next = directions[(at + 1) % directions.length] ?? here
    return apart({ x: next.x - here.x, y: next.y - here.y }, label.width + GAP, label.height + GAP)
  })
  return Math.max(...each)
}

function clearOfImage(directions: readonly Direction[], label: Box, image: number): number {
  const half = (edge: number) => (image + edge) / 2 + IMAGE_GAP
  return Math.max(...directions.map((direction) => apart(direction, half(label.width), half(label.height))))
}
