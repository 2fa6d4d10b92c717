/** How wide a text is in the letters RingLabels writes, CSS pixels. */
const context = document.createElement('canvas').getContext('2d')
const GUESS = 8

export function labelTextWidth(text: string): number {
  if (!context) return GUESS * text.length
  context.font = "500 14px 'Inter Variable', system-ui, sans-serif"
  return context.measureText(text).width
}
