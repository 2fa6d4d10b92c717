/** Images by their index as people type them: "17, 20-25 40". */

export interface Indices {
  /** Rising, each once. */
  images: number[]
  /** What is wrong with the text; null where nothing is. */
  error: string | null
}

/** More than this is no list somebody typed but a whole set. */
const MOST = 100_000

/** `count`: images of the set; indices go from 0 to count - 1. */
export function parseIndices(text: string, count: number): Indices {
  const images = new Set<number>()
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const found = /^(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(part)
    if (!found) return { images: [], error: `“${part}” is neither an index nor a range like 20-25.` }
    const from = Number(found[1])
    const to = Number(found[2] ?? found[1])
    if (to < from) return { images: [], error: `“${part}” ends before it begins.` }
    if (to >= count) return { images: [], error: `Image ${to} does not exist: the set has ${count}, counted from 0.` }
    if (images.size + to - from >= MOST) return { images: [], error: `More than ${MOST} images.` }
    for (let image = from; image <= to; image++) images.add(image)
  }
  return { images: [...images].sort((a, b) => a - b), error: null }
}

/** The same images as text, runs of three and more as ranges. */
export function showIndices(images: readonly number[]): string {
  const sorted = [...new Set(images)].sort((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < sorted.length;) {
    let end = at
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++
    if (end - at >= 2) parts.push(`${sorted[at]}-${sorted[end]}`)
    else for (let each = at; each <= end; each++) parts.push(String(sorted[each]))
    at = end + 1
  }
  return parts.join(', ')
}
