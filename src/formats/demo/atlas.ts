/**
 * The drawings' distances sampled once on a grid, so that ten thousand pictures cost look-ups instead of geometry.
 * Layers per cell: body, dark, light, accent.
 */
import { DRAWINGS } from './drawings'

const HALF = 1.5
const CELLS = 128
export const LAYERS = 4
/** Far outside: an ink that a drawing does not use. */
const NOWHERE = 2

/** One drawing's grid, (CELLS, CELLS, LAYERS). */
export type Sheet = Float32Array

function sheetOf(index: number): Sheet {
  const drawing = DRAWINGS[index]
  const layers = [drawing?.body, drawing?.dark, drawing?.light, drawing?.accent]
  const sheet = new Float32Array(CELLS * CELLS * LAYERS)
  for (let row = 0, at = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const x = ((column + 0.5) / CELLS) * 2 * HALF - HALF
      const y = ((row + 0.5) / CELLS) * 2 * HALF - HALF
      for (const layer of layers) sheet[at++] = layer ? layer(x, y) : NOWHERE
    }
  }
  return sheet
}

let sheets: Sheet[] | null = null

/** All sheets, made at the first use. */
export function atlas(): Sheet[] {
  sheets ??= DRAWINGS.map((_, index) => sheetOf(index))
  return sheets
}

/** Bilinear sample of all layers at (x, y) into `out`. */
export function sample(sheet: Sheet, x: number, y: number, out: Float64Array): void {
  const u = Math.min(CELLS - 1.001, Math.max(0, ((x + HALF) / (2 * HALF)) * CELLS - 0.5))
  const v = Math.min(CELLS - 1.001, Math.max(0, ((y + HALF) / (2 * HALF)) * CELLS - 0.5))
  const column = Math.floor(u)
  const row = Math.floor(v)
  const fu = u - column
  const fv = v - row
  const a = (row * CELLS + column) * LAYERS
  const b = a + CELLS * LAYERS
  for (let layer = 0; layer < LAYERS; layer++) {
    // Inside the grid by the clamps above.
    const top = (sheet[a + layer] as number) * (1 - fu) + (sheet[a + LAYERS + layer] as number) * fu
    const bottom = (sheet[b + layer] as number) * (1 - fu) + (sheet[b + LAYERS + layer] as number) * fu
    out[layer] = top * (1 - fv) + bottom * fv
  }
}
