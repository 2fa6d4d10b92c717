/**
 * A 2D drawing context that writes SVG, so that a chart drawn by Chart.js can be saved as vectors. It stands in front
 * of a real context, which still answers measureText. Covers what Chart.js 4 calls: paths, rectangles, arcs, text,
 * clips, dashes, transforms; and pictures from canvases, which are embedded. Gradients are not among them.
 */

const STATE = [
  'fillStyle',
  'strokeStyle',
  'lineWidth',
  'lineCap',
  'lineJoin',
  'globalAlpha',
  'font',
  'textAlign',
  'textBaseline',
  'imageSmoothingEnabled',
] as const

const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const round = (value: number) => Number(value.toFixed(2))

export interface SvgContext {
  context: CanvasRenderingContext2D
  /** The finished document, with a ground of the given colour. */
  toSvg(background: string, title: string): string
}

export function svgContext(real: CanvasRenderingContext2D, width: number, height: number): SvgContext {
  const parts: string[] = []
  let definitions = ''
  let clips = 0
  let path = ''
  let clip = ''
  let dash: number[] = []
  let matrix = new DOMMatrix()
  const saved: { clip: string; dash: number[]; matrix: DOMMatrix }[] = []

  const at = (x: number, y: number) => {
    const point = matrix.transformPoint({ x, y })
    return `${round(point.x)} ${round(point.y)}`
  }
  const clipped = (element: string) => parts.push(clip ? `<g clip-path="url(#${clip})">${element}</g>` : element)
  /** Chart.js paints in plain colours here; a gradient or pattern would have no colour to write. */
  const colour = (style: CanvasRenderingContext2D['fillStyle']) => (typeof style === 'string' ? style : 'none')
  const opacity = () => (real.globalAlpha < 1 ? ` opacity="${round(real.globalAlpha)}"` : '')
  const stroking = () =>
    `fill="none" stroke="${colour(real.strokeStyle)}" stroke-width="${round(real.lineWidth)}" stroke-linejoin="${real.lineJoin}"` +
    ` stroke-linecap="${real.lineCap}"${dash.length ? ` stroke-dasharray="${dash.join(' ')}"` : ''}${opacity()}`
  const rectangle = (x: number, y: number, w: number, h: number) =>
    `M${at(x, y)}L${at(x + w, y)}L${at(x + w, y + h)}L${at(x, y + h)}Z`

  /** Arcs as segments of at most 5 degrees: exact enough for points and round corners. */
  function arc(x: number, y: number, radius: number, start: number, end: number, counterClockwise = false) {
    let sweep = end - start
    if (counterClockwise && sweep > 0) sweep -= 2 * Math.PI
    if (!counterClockwise && sweep < 0) sweep += 2 * Math.PI
    const pieces = Math.max(1, Math.ceil(Math.abs(sweep) / (Math.PI / 36)))
    for (let piece = 0; piece <= pieces; piece++) {
      const angle = start + (sweep * piece) / pieces
      path += `${path === '' || path.endsWith('Z') ? 'M' : 'L'}${at(x + radius * Math.cos(angle), y + radius * Math.sin(angle))}`
    }
  }

  function text(content: string, x: number, y: number) {
    const anchor = { left: 'start', start: 'start', center: 'middle', right: 'end', end: 'end' }[real.textAlign]
    const baseline = {
      top: 'text-before-edge',
      hanging: 'hanging',
      middle: 'central',
      alphabetic: 'alphabetic',
      ideographic: 'ideographic',
      bottom: 'text-after-edge',
    }[real.textBaseline]
    const { a, b, c, d, e, f } = matrix
    clipped(
      `<text transform="matrix(${[a, b, c, d, e, f].map(round).join(' ')})" x="${round(x)}" y="${round(y)}" style="font:${escape(real.font)}"` +
        ` fill="${colour(real.fillStyle)}" text-anchor="${anchor}" dominant-baseline="${baseline}"${opacity()}>${escape(content)}</text>`,
    )
  }

  const drawing: Partial<CanvasRenderingContext2D> = {
    save() {
      real.save()
      saved.push({ clip, dash, matrix: DOMMatrix.fromMatrix(matrix) })
    },
    restore() {
      real.restore()
      const before = saved.pop()
      if (before) ({ clip, dash, matrix } = before)
    },
    beginPath: () => void (path = ''),
    closePath: () => void (path += 'Z'),
    moveTo: (x: number, y: number) => void (path += `M${at(x, y)}`),
    lineTo: (x: number, y: number) => void (path += `${path === '' ? 'M' : 'L'}${at(x, y)}`),
    bezierCurveTo: (x1: number, y1: number, x2: number, y2: number, x: number, y: number) =>
      void (path += `C${at(x1, y1)} ${at(x2, y2)} ${at(x, y)}`),
    quadraticCurveTo: (x1: number, y1: number, x: number, y: number) => void (path += `Q${at(x1, y1)} ${at(x, y)}`),
    rect: (x: number, y: number, w: number, h: number) => void (path += rectangle(x, y, w, h)),
    arc,
    fill: () => void clipped(`<path d="${path}" fill="${colour(real.fillStyle)}"${opacity()}/>`),
    stroke: () => void clipped(`<path d="${path}" ${stroking()}/>`),
    fillRect: (x: number, y: number, w: number, h: number) =>
      void clipped(`<path d="${rectangle(x, y, w, h)}" fill="${colour(real.fillStyle)}"${opacity()}/>`),
    strokeRect: (x: number, y: number, w: number, h: number) =>
      void clipped(`<path d="${rectangle(x, y, w, h)}" ${stroking()}/>`),
    clearRect: () => undefined,
    drawImage(picture: CanvasImageSource, ...[x = 0, y = 0, w = 0, h = 0]: number[]) {
      if (!(picture instanceof HTMLCanvasElement)) return
      const crisp = real.imageSmoothingEnabled ? '' : ' style="image-rendering:pixelated"'
      const place = matrix.transformPoint({ x, y })
      clipped(
        `<image x="${round(place.x)}" y="${round(place.y)}" width="${round(w * matrix.a)}" height="${round(h * matrix.d)}"${crisp} href="${picture.toDataURL()}"/>`,
      )
    },
    clip() {
      const outer = clip
      clip = `clip${++clips}`
      definitions += `<clipPath id="${clip}"${outer ? ` clip-path="url(#${outer})"` : ''}><path d="${path}"/></clipPath>`
    },
    fillText: text,
    strokeText: () => undefined,
    setLineDash: (segments: number[]) => void (dash = [...segments]),
    getLineDash: () => dash,
    translate: (x: number, y: number) => void (matrix = matrix.translate(x, y)),
    rotate: (angle: number) => void (matrix = matrix.rotate((angle * 180) / Math.PI)),
    scale: (x: number, y: number) => void (matrix = matrix.scale(x, y)),
    setTransform: () => void (matrix = new DOMMatrix()),
    resetTransform: () => void (matrix = new DOMMatrix()),
  }

  const context = new Proxy(real, {
    get(target, key) {
      if (key in drawing) return drawing[key as keyof typeof drawing]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value as (...values: unknown[]) => unknown).bind(target) : value
    },
    set(target, key, value) {
      // The real context keeps styles, so that it normalises colours and measures with the right font.
      if ((STATE as readonly string[]).includes(String(key))) return Reflect.set(target, key, value, target)
      return true
    },
  })

  return {
    context,
    toSvg: (background, title) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `<title>${escape(title)}</title><defs>${definitions}</defs><rect width="100%" height="100%" fill="${background}"/>${parts.join('')}</svg>`,
  }
}
