/**
 * SVG to PNG without a browser, the same on every machine: text is set in the Inter that comes with the program, never
 * in what fonts the machine happens to have (where it has none, a library that asks it draws boxes for letters).
 */
import { createRequire } from 'node:module'

const packages = createRequire(import.meta.url)
const SCALE = 2
const WEIGHTS = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf']

/** Native code reads the files itself: outside the archive of a packaged program. */
const fontFile = (name: string): string =>
  packages.resolve(`@expo-google-fonts/inter/${name}`).replace(/\bapp\.asar\b/, 'app.asar.unpacked')

/** A PNG file at twice the picture's size. */
export async function rasterise(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js')
  const font = {
    loadSystemFonts: false,
    fontFiles: WEIGHTS.map(fontFile),
    defaultFontFamily: 'Inter',
    sansSerifFamily: 'Inter',
  }
  return new Uint8Array(new Resvg(svg, { fitTo: { mode: 'zoom', value: SCALE }, font }).render().asPng())
}
