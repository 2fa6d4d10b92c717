/** Every text token reaches 4.5:1 and every mark 3:1 on every ground of its theme (WCAG 2.2, 1.4.3 and 1.4.11). */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(resolve(import.meta.dirname, '../../src/renderer/styles/tokens.css'), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
)

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}
function token(name: string, theme: 'light' | 'dark'): string {
  const found = tokens.get(name)
  if (!found) throw new Error(`tokens.css has no --${name}`)
  return found[theme]
}

const texts = [
  'ink',
  'ink-2',
  'ink-3',
  'people-text',
  'network-text',
  'soft-text',
  'hard-text',
  'attack-text',
  'danger',
]
const marks = ['people', 'network', 'soft', 'hard', 'attack', 'line-strong', 'focus']

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  it.each(texts)('%s can be read', (name) => {
    for (const ground of ['ground', 'rail', 'raised', 'hover', 'selected'])
      expect(contrast(token(name, theme), token(ground, theme)), `on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })
  it.each(marks)('%s can be seen', (name) => {
    for (const ground of ['ground', 'rail', 'raised'])
      expect(contrast(token(name, theme), token(ground, theme)), `on ${ground}`).toBeGreaterThanOrEqual(3)
  })
  it('errors and buttons can be read', () => {
    expect(contrast(token('danger', theme), token('danger-wash', theme))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(token('ink-2', theme), token('danger-wash', theme))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(token('on-ink', theme), token('ink', theme))).toBeGreaterThanOrEqual(4.5)
  })
})
