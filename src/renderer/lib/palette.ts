/** The tokens as colours a canvas understands, resolved for the theme on the screen (or any, for export). */

const NAMES = [
  'ground',
  'raised',
  'line',
  'line-strong',
  'ink',
  'ink-2',
  'ink-3',
  'people',
  'network',
  'soft',
  'hard',
  'attack',
  'people-text',
  'network-text',
  'soft-text',
  'hard-text',
] as const
type Name = (typeof NAMES)[number]
export type Palette = Record<Name, string>

export const FONT = "'Inter Variable', system-ui, sans-serif"

/** Custom properties keep light-dark() as written; a real `color` on a probe element is resolved by the browser. */
export function readPalette(): Palette {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const palette = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`
      return [name, style.color]
    }),
  ) as Palette
  probe.remove()
  return palette
}

/** "rgb(1, 2, 3)" with an opacity. */
export function withAlpha(colour: string, alpha: number): string {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number)
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`
}
