/** Sections and figures of the document, and the legend that most charts share. */
import { el, type Child, type Markup } from '../charts/markup'

export const section = (title: string, ...children: Child[]): Markup =>
  el('section', {}, el('h2', {}, title), ...children)

export const figure = (title: string, chart: Markup | null, caption?: string): Child =>
  chart && el('figure', {}, el('h3', {}, title), chart, caption !== undefined && el('figcaption', {}, caption))

export const HARD_SOFT = [
  { kind: 'hard', text: 'hard labels' },
  { kind: 'soft', text: 'human soft labels' },
] as const
