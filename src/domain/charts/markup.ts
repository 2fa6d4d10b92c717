/** Markup as strings, safely: everything that is not already markup is escaped. */

/** A piece of finished markup; made by `el` and `text` only. */
export class Markup {
  constructor(readonly html: string) {}
}

export type Child = Markup | string | number | null | undefined | false | Child[]
type Attributes = Record<string, string | number | null | undefined | false>

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

const VOID = new Set(['meta', 'br', 'hr', 'col', 'line', 'circle', 'rect', 'path', 'polyline'])

function render(child: Child): string {
  if (child === null || child === undefined || child === false) return ''
  if (Array.isArray(child)) return child.map(render).join('')
  return child instanceof Markup ? child.html : escape(String(child))
}

/** `el('p', { class: 'note' }, 'text')`; attributes that are null, undefined or false are left out. */
export function el(name: string, attributes: Attributes, ...children: Child[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([key, value]) => ` ${key}="${escape(typeof value === 'number' ? short(value) : String(value))}"`)
    .join('')
  if (VOID.has(name) && children.length === 0) return new Markup(`<${name}${written}/>`)
  return new Markup(`<${name}${written}>${render(children)}</${name}>`)
}

/** Coordinates to a tenth of a pixel and a bit. */
export const short = (value: number): string => String(Math.round(value * 100) / 100)
