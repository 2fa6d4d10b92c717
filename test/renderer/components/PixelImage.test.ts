/** One image on a canvas: drawn from its own pixels, never from those of the cell's last image. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import PixelImage from '../../../src/renderer/components/PixelImage.vue'
import { nameOf, settled, show, the, until } from '../../support/mounted/page'
import { answer, asked } from '../../support/mounted/program'

/** Red pixels of image i are 10 i. */
function givePixels() {
  answer('data.pixels', ({ indices }) => ({
    height: 2,
    width: 3,
    channels: 1,
    pixels: Uint8Array.from(indices.flatMap((index) => Array<number>(6).fill(10 * index))),
    labels: new Uint8Array(indices.length),
  }))
}

describe('PixelImage', () => {
  const drawn: number[] = []
  beforeEach(() => {
    drawn.length = 0
    givePixels()
    const context = { putImageData: (image: ImageData) => drawn.push(image.data[0]!) }
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as unknown as RenderingContext as never)
  })
  const canvas = () => the<HTMLCanvasElement>('img')
  const open = () => show(PixelImage, { imageSet: 'demo', index: 3, size: 40, alt: 'Image 3' })

  it('draws the image in its own size, and shows it in the size asked for', async () => {
    open()
    await until(() => expect(drawn).toEqual([30]))
    expect([canvas().width, canvas().height]).toEqual([3, 2])
    expect([canvas().style.width, canvas().style.height]).toEqual(['40px', '40px'])
    expect(nameOf(canvas())).toBe('Image 3')
  })

  it('asks once for all that are drawn at the same time', async () => {
    open()
    show(PixelImage, { imageSet: 'demo', index: 4, size: 40, alt: 'Image 4' })
    await until(() => expect(drawn).toEqual([30, 40]))
    expect(asked('data.pixels')).toEqual([{ imageSet: 'demo', indices: [3, 4] }])
  })

  it('is drawn again as the image it was given meanwhile, and not as the one before', async () => {
    const wrapper = open()
    await wrapper.setProps({ index: 5, alt: 'Image 5' })
    await until(() => expect(drawn).toEqual([50]))
    await settled()
    expect(drawn).toEqual([50])
  })

  it('says that an image could not be read, until another can be', async () => {
    answer('data.pixels', () => {
      throw new Error('gone')
    })
    const wrapper = open()
    await until(() => expect(nameOf(canvas())).toBe('Image 3 (could not be read)'))
    givePixels()
    await wrapper.setProps({ index: 4, alt: 'Image 4' })
    await until(() => expect(drawn).toEqual([40]))
    expect(nameOf(canvas())).toBe('Image 4')
  })
})
