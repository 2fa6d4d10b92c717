/**
 * Markdown as virtual nodes: no HTML is ever made of it, so none can be smuggled in. Pictures are left out (the content
 * security policy would not load them); addresses other than http, https and mailto stay text.
 */
import MarkdownIt, { type Token } from 'markdown-it'
import { h, type VNode } from 'vue'

const parser = new MarkdownIt({ html: false, linkify: true, typographer: false }).disable('image')
parser.validateLink = (address) => /^(?:https?:\/\/|mailto:)/i.test(address.trim())

type Child = VNode | string

/** `top` is the level of a `#` heading on the page it stands on. */
export function markdownNodes(source: string, top = 2): Child[] {
  return nodes(parser.parse(source, {}), top)
}

function nodes(tokens: readonly Token[], top: number): Child[] {
  const root: Child[] = []
  const open: { token: Token; children: Child[] }[] = []
  for (const token of tokens) {
    const here = open.at(-1)?.children ?? root
    if (token.nesting === 1) open.push({ token, children: [] })
    else if (token.nesting === -1) {
      const closed = open.pop()
      if (closed) (open.at(-1)?.children ?? root).push(...element(closed.token, closed.children, top))
    } else here.push(...leaf(token, top))
  }
  return root
}

function element(token: Token, children: Child[], top: number): Child[] {
  // Paragraphs of a tight list are hidden: only what is in them shows.
  if (token.hidden) return children
  const attributes = Object.fromEntries(token.attrs ?? [])
  if (token.tag === 'a') Object.assign(attributes, { target: '_blank', rel: 'noopener noreferrer' })
  const level = /^h(?<level>[1-6])$/.exec(token.tag)?.groups?.['level']
  return [h(level ? `h${Math.min(6, Number(level) + top - 1)}` : token.tag, attributes, children)]
}

function leaf(token: Token, top: number): Child[] {
  switch (token.type) {
    case 'inline':
      return nodes(token.children ?? [], top)
    case 'text':
    case 'text_special':
      return [token.content]
    case 'softbreak':
      return ['\n']
    case 'hardbreak':
    case 'hr':
      return [h(token.tag)]
    case 'code_inline':
      return [h('code', token.content)]
    case 'fence':
    case 'code_block':
      return [h('pre', { tabindex: 0 }, h('code', token.content))]
    default:
      return token.content ? [token.content] : []
  }
}
