/**
 * Draws images on the canvas, in animation frames only. Frames are asked for from an answer until the next image is
 * drawn: a browser that is already producing frames has the next one sooner than one that has to be woken.
 */
import { toImageData } from '../lib/pixels'
import type { Surface } from './flow'

/** An answer after which nothing is painted (the last one) does not keep frames coming. */
const MOST_IDLE_FRAMES = 120

export function createSurface(canvas: () => HTMLCanvasElement | null): Surface<ImageData> {
  let waiting: { picture: ImageData; resolve: (time: number) => void } | null = null
  let running = false
  let idle = 0

  function frame(time: number) {
    const target = canvas()
    if (!waiting || !target) {
      running = waiting !== null || idle++ < MOST_IDLE_FRAMES
      return running ? void requestAnimationFrame(frame) : undefined
    }
    const { picture, resolve } = waiting
    if (target.width !== picture.width) target.width = picture.width
    if (target.height !== picture.height) target.height = picture.height
    target.getContext('2d', { alpha: false })?.putImageData(picture, 0, 0)
    waiting = null
    running = false
    resolve(time)
  }
  function prepare() {
    if (running) return
    running = true
    idle = 0
    requestAnimationFrame(frame)
  }

  return {
    decode: (image) => toImageData(image, 0),
    prepare,
    paint: (picture) =>
      new Promise((resolve) => {
        waiting = { picture, resolve }
        prepare()
      }),
  }
}
